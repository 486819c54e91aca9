"""The capacity that a target tracking policy asks for. Reads no clock and no moto.

AWS says that it scales out in proportion to the metric and in "more gradually", and not how gradually. Here one scale-in
stops at most half of the running tasks, the published limit of the cluster auto scaling of ECS.
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
Source: https://aws.amazon.com/blogs/containers/faster-scaling-in-for-amazon-ecs-cluster-auto-scaling/
"""

import math
from dataclasses import dataclass
from statistics import fmean

from slipway_sandbox.runtime.scaling.breach import Breach

LARGEST_SCALE_IN = 2  # one running task of so many


@dataclass(frozen=True)
class TargetTracking:
    """A target tracking policy."""

    target: float
    """The metric's value to keep."""
    scale_out_cooldown_seconds: int
    scale_in_cooldown_seconds: int
    scales_in: bool = True

    def capacity(self, running: int, breach: Breach) -> int:
        """Number of tasks with which the metric would be at most the target, rounded up; of none, none.

        >>> policy = TargetTracking(target=50, scale_out_cooldown_seconds=60, scale_in_cooldown_seconds=300)
        >>> policy.capacity(4, Breach("high", values=(80.0, 90.0, 100.0), threshold=50, is_below=False))
        8
        """
        wanted = math.ceil(running * fmean(breach.values) / self.target)
        if breach.is_below:
            stopped = max(running // LARGEST_SCALE_IN, 1)
            return min(max(wanted, running - stopped, 0), running)
        return max(wanted, running)
