"""Limit of handlers at once: the full number while they succeed, fewer while most fail.

While a database is down, ten handlers would use up the deliveries of ten messages at a time and fill the dead-letter queue
with good messages. The rule is additive increase, multiplicative decrease.
Source: https://www.rfc-editor.org/rfc/rfc5681#section-3.1
"""

import threading


class Limit:
    """A number between 1 and `most`, judged anew after each round of as many results as it allows at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._now = most
        self._done = 0
        self._failed = 0
        self._lock = threading.Lock()

    @property
    def now(self) -> int:
        """Handlers that may run at once."""
        return self._now

    def record(self, *, failed: bool) -> int:
        """Record one result and return the new limit. A round halves it when more than half failed, else adds one."""
        with self._lock:
            self._done += 1
            self._failed += failed
            if self._done >= self._now:
                mostly_failed = self._failed * 2 > self._done
                self._now = max(1, self._now // 2) if mostly_failed else min(self._most, self._now + 1)
                self._done = self._failed = 0
            return self._now
