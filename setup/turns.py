"""One command at a time on a sandbox's stack: the next one says who is at work, and waits."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup.machine import cache


@contextmanager
def turn(command: str, sandbox: Path) -> Iterator[None]:
    """Hold the sandbox of a directory for a command such as `make up`; the kernel lets go of it when the process ends.

    The lock is a file in the user's cache, so that nothing is made in the directory before the set-up has succeeded.
    """
    name = hashlib.sha256(str(sandbox.absolute()).encode()).hexdigest()[:12]
    descriptor = os.open(cache() / f"turn-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
