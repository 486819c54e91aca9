"""Reads the output of one container and keeps it until the controller puts it into CloudWatch Logs."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from docker.errors import DockerException

from slipway_sandbox.docker_daemon import BROKEN_OFF
from slipway_sandbox.runtime.containers.specs import LogTarget

WAIT_SECONDS = 5.0  # for the rest of the output of a container that has ended
KEPT_LINES = 10_000  # of one container between two looks of the controller; older ones are dropped beyond that
PAUSE_SECONDS = 0.5  # between two tries at a daemon that does not answer

log = logging.getLogger(__name__)


class Source(Protocol):
    """The daemon, as far as outputs need it."""

    def lines(self, container: str, since: float = 0.0) -> Iterator[bytes]: ...

    def runs(self, container: str) -> bool: ...


class LogLines:
    """Lines of one container, read in a thread of its own."""

    def __init__(self, target: LogTarget, source: Source, container: str) -> None:
        self.target = target
        self._source, self._container = source, container
        self._last = ""
        """Docker's time of the last line; these texts sort by time."""
        self._ended = threading.Event()
        self._lines: deque[tuple[int, str]] = deque(maxlen=KEPT_LINES)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def take(self) -> list[dict[str, int | str]]:
        """Lines since the last call, as CloudWatch Logs events."""
        taken = [self._lines.popleft() for _ in range(len(self._lines))]
        return [{"timestamp": millis, "message": text} for millis, text in taken]

    def wait(self) -> None:
        """Until all of an ended container's output is here."""
        self._ended.set()
        self._thread.join(WAIT_SECONDS)

    def _read(self) -> None:
        """Follows the output, and goes on behind its last line when the daemon comes back."""
        while True:
            try:
                since = _millis(self._last) / 1000 if self._last else 0.0
                self._follow(self._source.lines(self._container, since))
                if not self._source.runs(self._container):
                    return
            except (DockerException, *BROKEN_OFF) as error:
                log.warning("the output of a container cannot be read now: %s", error)
            if self._ended.wait(PAUSE_SECONDS):
                return

    def _follow(self, chunks: Iterator[bytes]) -> None:
        partial, seen = "", self._last
        for chunk in chunks:
            for piece in chunk.decode(errors="replace").splitlines(keepends=True):
                stamp, _, text = piece.partition(" ")
                if stamp <= seen:
                    continue
                partial += text
                if piece.endswith("\n"):
                    if line := partial.rstrip("\r\n"):  # CloudWatch Logs takes no empty message
                        self._lines.append((_millis(stamp), line))
                    partial, self._last = "", stamp


def _millis(stamp: str) -> int:
    """Docker's time, with nanoseconds, to milliseconds since the epoch."""
    return int(datetime.fromisoformat(f"{stamp[:26].rstrip('Z')}+00:00").timestamp() * 1000)
