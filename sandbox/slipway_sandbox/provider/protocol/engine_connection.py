"""The engine of a provider's connection: its program's folder, and its progress display."""

import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

T = TypeVar("T")
Say = Callable[[str], None]
"""Shows one line beside the resource during its operation."""

LISTENING = "0A"
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
MAIN = re.compile(r"""^["']?main["']?:\s*["']?([^"'\n#]+)""", re.MULTILINE)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engine:
    """The engine behind one connection."""

    address: str = ""
    """Empty for a caller without an engine, such as a test."""

    @cached_property
    def folder(self) -> Path | None:
        """The folder of the program, where relative paths start; None when it cannot be told."""
        return program_directory(self.address) if self.address else None

    @property
    def environment(self) -> dict[str, str]:
        """Environment of the engine."""
        return environment(self.address) if self.address else {}


@contextmanager
def progress(address: str, urn: str) -> Iterator[Say]:
    """A function for the progress of the resource `urn` in the engine at `address`; without an address it only logs."""
    if not address:
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
    """The folder in which the engine at `address` starts its providers; None on other systems than Linux.

    It is the project's folder, or the one of its `main`. The engine does not start an attached provider, and its handshake
    leaves both folders out for it. On Linux, /proc knows the listener at the address and its working directory.
    Source: https://github.com/pulumi/pulumi/blob/master/pkg/engine/project.go
    """
    here = _of_engine(address, lambda process: (process / "cwd").readlink())
    if here is None:
        return None
    projects = (folder / name for folder in (here, *here.parents) for name in PROJECT_FILES)
    project = next((file for file in projects if file.is_file()), None)
    return _main_folder(project) if project else here


def environment(address: str) -> dict[str, str]:
    """Environment of the engine at `address`; a provider started by it would inherit these variables."""
    entries = _of_engine(address, lambda process: (process / "environ").read_bytes()) or b""
    return dict(os.fsdecode(entry).split("=", 1) for entry in entries.split(b"\0") if b"=" in entry)


def _of_engine(address: str, read: Callable[[Path], T]) -> T | None:
    """What /proc has of the engine.

    A process that the engine is about to start has its sockets for a moment, too: it may be the one found, and end.
    """
    for process in _listeners(int(address.rpartition(":")[2])):
        with suppress(OSError):
            return read(process)
    return None


def _main_folder(project: Path) -> Path:
    """The folder of the project's `main`, a folder itself or a file."""
    content = project.read_text(errors="replace")
    if project.suffix == ".json":
        main = str(json.loads(content).get("main", ""))
    else:
        main = match[1].strip() if (match := MAIN.search(content)) else ""
    path = Path(os.path.normpath(project.parent / main))
    return path if path.is_dir() else path.parent


def _listeners(port: int) -> Iterator[Path]:
    """The folders in /proc of the processes that listen on a port, by their number."""
    sockets = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.is_file() else ():
            fields = line.split()  # number, local address, remote address, state, ..., inode as the tenth
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda process: int(process.name)) if sockets else ():
        with suppress(OSError):  # it has just ended, or it is another user's
            if any(str(entry.readlink()) in sockets for entry in (process / "fd").iterdir()):
                yield process
