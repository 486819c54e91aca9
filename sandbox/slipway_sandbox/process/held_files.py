"""Files held by a process for as long as it lives.

A held file cannot be mistaken: the kernel lets go of it when its process ends, in whatever way, and no other
process with the same number holds it later.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

POLL_SECONDS = 0.01


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """True as soon as the condition is; False when it is not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def hold(path: Path, seconds: float = 1.0) -> int | None:
    """Holds the file and returns its descriptor, or None when another process still holds it after so many seconds.

    The hold ends when every copy of the descriptor is closed: a child with an inherited copy holds the file as well.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if wait_until(lambda: _try_lock(descriptor, fcntl.LOCK_EX), seconds):
        return descriptor
    os.close(descriptor)
    return None


def write_pid(descriptor: int, pid: int) -> None:
    """Writes the holder's process number into a held file."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{pid}\n".encode(), 0)


def is_held(path: Path) -> bool:
    """Whether a living process holds the file."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def is_there(path: Path, descriptor: int) -> bool:
    """Whether the held file is still the one at this path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def holder(path: Path) -> int | None:
    """Process number of the file's living holder; None without one, or before it has written its number."""
    if not is_held(path):
        return None
    with contextlib.suppress(ValueError, FileNotFoundError):
        return int(path.read_text())
    return None


@contextlib.contextmanager
def one_at_a_time(directory: Path) -> Iterator[int]:
    """Waits until no other command works on the directory; others wait until the yielded descriptor is closed."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
