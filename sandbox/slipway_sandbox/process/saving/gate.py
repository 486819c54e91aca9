"""Lets calls into the cloud, or holds them back during a copy: a copy never shows half a call."""

import contextlib
import threading
from collections.abc import Iterator


class Gate:
    """Many may be inside at once; while it is closed nobody is, and who comes waits. A thread may enter again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False
        self._mine = threading.local()

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """For readers and writers of moto's backends. Take other locks inside only."""
        depth = self._depth()
        if not depth:
            self._enter()
        self._mine.depth = depth + 1
        try:
            yield
        finally:
            self._mine.depth = depth
            if not depth:
                self._leave()

    @contextlib.contextmanager
    def stepped_out(self) -> Iterator[None]:
        """For a wait inside, such as a long poll's. A thread that is not inside just waits."""
        depth = self._depth()
        if not depth:
            yield
            return
        self._mine.depth = 0
        self._leave()
        try:
            yield
        finally:
            self._enter()
            self._mine.depth = depth

    @contextlib.contextmanager
    def closed(self, seconds: float) -> Iterator[bool]:
        """Yields True when nobody is inside, False (and open again) when somebody still is after so many seconds."""
        with self._changed:
            self._closed = True
            alone = self._changed.wait_for(lambda: not self._inside, seconds)
            if not alone:
                self._open()
        try:
            yield alone
        finally:
            with self._changed:
                self._open()

    def _depth(self) -> int:
        return getattr(self._mine, "depth", 0)

    def _open(self) -> None:
        self._closed = False
        self._changed.notify_all()

    def _enter(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1

    def _leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()
