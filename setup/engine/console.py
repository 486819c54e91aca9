"""Progress and errors of the installer. Progress goes to stderr, because stdout carries only the result."""

import fcntl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EngineError(Exception):
    """One sentence for the user: the problem and the fix."""


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Print the present step, and afterwards its duration."""
    say(f"{doing} ...")
    began = time.monotonic()
    yield
    say(f"{doing}: done in {time.monotonic() - began:.1f} s")


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Holds the lock file; waits, and says so, while another installation holds it. The lock ends with the process."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another installation is under way (lock {lock}); waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
