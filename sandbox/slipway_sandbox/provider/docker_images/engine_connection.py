"""The engine behind a provider's connection: where its program lives, and its progress display."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Say = Callable[[str], None]
"""Shows one line beside the resource while it is worked on."""

LISTENING = "0A"
log = logging.getLogger(__name__)


@contextmanager
def progress(address: str | None, urn: str) -> Iterator[Say]:
    """A function that shows progress of the resource `urn` in the engine at `address`; None shows it nowhere."""
    if address is None:
        yield lambda line: log.debug("%s %s", urn, line)
        return
    with grpc.insecure_channel(address) as channel:
        stub = engine_pb2_grpc.EngineStub(channel)

        def say(line: str) -> None:
            try:
                stub.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True))
            except grpc.RpcError as error:  # the display is gone; the work itself is not
                log.warning("%s: cannot show %r: %s", urn, line, error)

        yield say


def program_directory(address: str) -> Path | None:
    """The folder of Pulumi.yaml of the program whose engine listens at `address`, or None where that cannot be told.

    A provider that the engine starts is started there. One that it attaches to is not, and the protocol does not say,
    so Linux is asked which process listens at that address and where it is.
    """
    process = _process(int(address.rpartition(":")[2]))
    if process is None:
        return None
    here = (process / "cwd").readlink()
    return next((folder for folder in (here, *here.parents) if _has_project(folder)), here)


def environment(address: str) -> dict[str, str]:
    """Variables that the engine at `address` was started with, which a provider that it starts would have as well."""
    process = _process(int(address.rpartition(":")[2]))
    entries = (process / "environ").read_bytes().split(b"\0") if process else []
    return dict(os.fsdecode(entry).split("=", 1) for entry in entries if b"=" in entry)


def _has_project(folder: Path) -> bool:
    return (folder / "Pulumi.yaml").is_file() or (folder / "Pulumi.yml").is_file()


def _process(port: int) -> Path | None:
    """Where Linux describes the process that listens on a port."""
    sockets = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.is_file() else ():
            fields = line.split()  # number, local address, remote address, state, ..., inode as the tenth
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for process in list(Path("/proc").glob("[0-9]*")) if sockets else ():
        try:
            if any(str(entry.readlink()) in sockets for entry in (process / "fd").iterdir()):
                return process
        except OSError:  # it ended while we looked, or it is another user's
            continue
    return None
