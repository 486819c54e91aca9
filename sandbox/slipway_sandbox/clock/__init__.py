"""The clock of the sandbox's AWS: this machine's, or one that runs faster.

Metrics, alarms, scaling and schedules read it. Containers, signatures and messages live by the machine's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """A clock that left `real` at `shown`, both in seconds since 1970, and runs `speed` times as fast as the machine's.

    >>> minute_a_second = Clock(60.0, real=1000.0, shown=5000.0)
    >>> minute_a_second.at(1002.0)
    5120.0
    """

    speed: float = 1.0
    real: float = 0.0
    shown: float = 0.0

    def at(self, real: float) -> float:
        """What it shows when the machine's clock shows `real`."""
        return self.shown + (real - self.real) * self.speed

    def now(self) -> datetime:
        """What it shows now."""
        return datetime.fromtimestamp(self.at(time.time()), UTC)

    def going_on(self, speed: float) -> "Clock":
        """A clock that goes on from here at another speed."""
        real = time.time()
        return Clock(speed, real, self.at(real))


_read: Callable[[], datetime] = Clock().now


def now() -> datetime:
    """The time in the sandbox's AWS, in UTC."""
    return _read()


def attach(read: Callable[[], datetime]) -> None:
    """Has this clock read from now on."""
    global _read  # noqa: PLW0603 - one cloud a process, as moto's
    _read = read


def detach() -> None:
    """Has the machine's clock read again."""
    attach(Clock().now)
