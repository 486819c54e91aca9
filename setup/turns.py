"""One command at a time on a sandbox's stack: the next one says who is at work, and waits."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup.machine import MachineError

FILE = "make.lock"


@contextmanager
def turn(command: str, directory: Path) -> Iterator[None]:
    """Hold the directory of a sandbox for a command such as `make up`; the kernel lets go of it when the process ends.

    Raises MachineError where the directory cannot be written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MachineError(
            f"the sandbox's directory {directory} cannot be written ({error.strerror}); "
            "set SLIPWAY_SANDBOX_DIR to a directory of yours"
        ) from error
    try:
        _wait(descriptor)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{command} (process {os.getpid()}, since {time.strftime('%H:%M:%S')})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace") or "another command"
        print(f"{holder} is at work on this sandbox; waiting until it ends", flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
