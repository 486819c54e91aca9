"""Reports what AWS measures by itself, each minute of the sandbox's clock."""

import logging
from collections.abc import Sequence
from typing import Protocol

MINUTE_SECONDS = 60
MOST_MINUTES = 5  # reported late by a busy machine; a machine that slept for longer has measured nothing

log = logging.getLogger(__name__)


class Source(Protocol):
    """Something measured."""

    def report(self, minutes: Sequence[int]) -> None:
        """Report for minutes that are over, given by their starts in seconds since 1970, in order.

        What is counted belongs to the last one. What has a level had it in all of them.
        """


class Publisher:
    """Asks each source once a minute. One source's trouble is not the others'."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._minute: int | None = None

    def tick(self, now: float) -> None:
        """Report the minutes that are over at a time, in seconds since 1970. Call it often."""
        minute = int(now // MINUTE_SECONDS)
        before, self._minute = self._minute, minute
        if before is None or before >= minute:
            return
        minutes = [each * MINUTE_SECONDS for each in range(max(before, minute - MOST_MINUTES), minute)]
        for source in self._sources:
            try:
                source.report(minutes)
            except Exception:
                log.exception("metrics of %s", type(source).__name__)
