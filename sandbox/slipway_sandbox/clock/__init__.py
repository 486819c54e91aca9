"""The clock of the sandbox's AWS: this machine's, or one that runs faster.

Metrics, alarms, scaling and schedules read it. Containers, signatures and messages live by the machine's.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_sandbox.errors import SandboxError

VARIABLE = "SLIPWAY_SANDBOX_SPEED"
FASTEST = 60.0  # the runtime looks twice a second, and alarms want a look each minute


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
        """A clock that goes on from here, perhaps at another speed."""
        if speed == self.speed:
            return self
        real = time.time()
        return Clock(speed, real, self.at(real))


_read: Callable[[], datetime] = Clock().now
_speed = 1.0


def now() -> datetime:
    """The time in the sandbox's AWS, in UTC."""
    return _read()


def speed() -> float:
    """How many times as fast as the machine's clock it runs."""
    return _speed


def attach(read: Callable[[], datetime], speed: float = 1.0) -> None:
    """Has this clock read from now on; it runs so many times as fast as the machine's."""
    global _read, _speed
    _read, _speed = read, speed


def detach() -> None:
    """Has the machine's clock read again."""
    attach(Clock().now)


def speed_of(text: str, who: str) -> float:
    """A speed as a user gives it. Raises SandboxError.

    >>> speed_of("60", "--speed")
    60.0
    """
    with contextlib.suppress(ValueError):
        if 1 <= (speed := float(text)) <= FASTEST:
            return speed
    raise SandboxError(
        f"{who} must be a number from 1 to {FASTEST:.0f}, got {text!r}; 60 makes a second of each minute"
    )
