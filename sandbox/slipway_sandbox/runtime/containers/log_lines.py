"""Reads the output of one container and keeps it until the controller puts it into CloudWatch Logs."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime

from docker.errors import DockerException

from slipway_sandbox.runtime.containers.specs import LogTarget

WAIT_SECONDS = 5.0  # for the rest of the output of a container that has ended
KEPT_LINES = 10_000  # of one container between two looks of the controller; older ones are dropped beyond that

log = logging.getLogger(__name__)


class LogLines:
    """Lines of one container, read in a thread of its own."""

    def __init__(self, target: LogTarget, chunks: Iterator[bytes]) -> None:
        self.target = target
        self._lines: deque[tuple[int, str]] = deque(maxlen=KEPT_LINES)
        self._thread = threading.Thread(target=self._read, args=(chunks,), daemon=True)
        self._thread.start()

    def take(self) -> list[dict[str, int | str]]:
        """Lines since the last call, as CloudWatch Logs events."""
        taken = [self._lines.popleft() for _ in range(len(self._lines))]
        return [{"timestamp": millis, "message": text} for millis, text in taken]

    def wait(self) -> None:
        """Until all of an ended container's output is here."""
        self._thread.join(WAIT_SECONDS)

    def _read(self, chunks: Iterator[bytes]) -> None:
        partial = ""
        try:
            for chunk in chunks:
                for piece in chunk.decode(errors="replace").splitlines(keepends=True):
                    stamp, _, text = piece.partition(" ")
                    partial += text
                    if piece.endswith("\n"):
                        if line := partial.rstrip("\r\n"):  # CloudWatch Logs takes no empty message
                            self._lines.append((_millis(stamp), line))
                        partial = ""
        except (DockerException, OSError) as error:
            log.warning("the output of a container cannot be read any more: %s", error)


def _millis(stamp: str) -> int:
    """Docker's time, with nanoseconds, to milliseconds since the epoch."""
    return int(datetime.fromisoformat(f"{stamp[:26].rstrip('Z')}+00:00").timestamp() * 1000)
