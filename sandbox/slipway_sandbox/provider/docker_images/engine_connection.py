"""The engine of a provider's connection: its program's folder, and its progress display."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Say = Callable[[str], None]
"""Shows one line beside the resource during its operation."""

LISTENING = "0A"
log = logging.getLogger(__name__)


@contextmanager
def progress(address: str | None, urn: str) -> Iterator[Say]:
    """A function for the progress of the resource `urn` in the engine at `address`; without an address it only logs."""
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
    """The folder of Pulumi.yaml of the engine at `address`; None on other systems than Linux.

    The engine starts a provider in this folder, but it does not start an attached one, and the protocol does not name the
    folder. On Linux, /proc knows the listener at the address and its working directory.
    """
    process = _process(int(address.rpartition(":")[2]))
    if process is None:
        return None
    here = (process / "cwd").readlink()
    return next((folder for folder in (here, *here.parents) if _has_project(folder)), here)


def environment(address: str) -> dict[str, str]:
    """Environment of the engine at `address`; a provider started by it would inherit these variables."""
    process = _process(int(address.rpartition(":")[2]))
    entries = (process / "environ").read_bytes().split(b"\0") if process else []
    return dict(os.fsdecode(entry).split("=", 1) for entry in entries if b"=" in entry)


def _has_project(folder: Path) -> bool:
    return (folder / "Pulumi.yaml").is_file() or (folder / "Pulumi.yml").is_file()


def _process(port: int) -> Path | None:
    """The folder in /proc of the listener on a port."""
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
        except OSError:  # it has just ended, or it is another user's
            continue
    return None
