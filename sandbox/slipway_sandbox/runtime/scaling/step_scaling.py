"""The capacity that a step scaling policy asks for. Reads no clock and no moto.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from slipway_sandbox.runtime.scaling.breach import Breach

Adjustment = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]
AGGREGATIONS: dict[str, Callable[[Sequence[float]], float]] = {"Average": fmean, "Minimum": min, "Maximum": max}


@dataclass(frozen=True)
class Step:
    """An adjustment, for metric values whose distance from the alarm's threshold lies between two bounds."""

    amount: int
    """Tasks, or percent of the running tasks."""
    lower: float = -math.inf
    upper: float = math.inf

    def holds(self, distance: float, *, is_below: bool) -> bool:
        """Whether the distance is in the interval: of its two bounds the one nearer to the threshold counts as in it."""
        return self.lower < distance <= self.upper if is_below else self.lower <= distance < self.upper


@dataclass(frozen=True)
class StepScaling:
    """A step scaling policy."""

    adjustment: Adjustment
    steps: tuple[Step, ...]
    cooldown_seconds: int
    least_magnitude: int = 1
    """Least number of tasks of a change by percent."""
    aggregation: str = "Average"

    def capacity(self, running: int, breach: Breach) -> int | None:
        """Number of tasks for a breach; None where no step holds it.

        >>> policy = StepScaling("PercentChangeInCapacity", (Step(10, 0, 20), Step(30, 20)), cooldown_seconds=300)
        >>> policy.capacity(11, Breach("cpu", values=(72.0,), threshold=50, is_below=False))
        14
        """
        distance = AGGREGATIONS[self.aggregation](breach.values) - breach.threshold
        is_below = distance < 0 or (distance == 0 and breach.is_below)
        step = next((step for step in self.steps if step.holds(distance, is_below=is_below)), None)
        if step is None:
            return None
        if self.adjustment == "ExactCapacity":
            return step.amount
        if self.adjustment == "ChangeInCapacity":
            return running + step.amount
        return running + self._tasks(running * step.amount / 100, step.amount)

    def _tasks(self, share: float, percent: int) -> int:
        """Whole tasks of a share: nearer to zero, but at least one and at least the least magnitude."""
        if percent == 0:
            return 0
        least = self.least_magnitude if share == 0 else max(self.least_magnitude, 1)
        return int(math.copysign(max(abs(math.trunc(share)), least), percent))
