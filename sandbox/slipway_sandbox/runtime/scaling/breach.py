"""What an alarm tells a scaling policy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Breach:
    """An alarm that sets off a policy, as it was evaluated last."""

    alarm: str
    values: tuple[float, ...]
    """Data points of the evaluation, at least one."""
    threshold: float
    is_below: bool
    """Whether the alarm is for values below its threshold."""
    state: str = "ALARM"
