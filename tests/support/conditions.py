"""Waiting for a condition in place of a while."""

import time
from collections.abc import Callable

from tests.support.commands import HANG_SECONDS


def awaited(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true before patience runs out."""
    deadline = time.monotonic() + HANG_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
