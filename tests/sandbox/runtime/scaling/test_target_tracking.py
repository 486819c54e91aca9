"""Target tracking: the number of tasks that brings the metric back to its target."""

from dataclasses import dataclass

import pytest

from slipway_sandbox.runtime.scaling.breach import Breach
from slipway_sandbox.runtime.scaling.target_tracking import TargetTracking

POLICY = TargetTracking(target=50, scale_out_cooldown_seconds=60, scale_in_cooldown_seconds=300)


@dataclass(frozen=True)
class Metric:
    """The average of the metric, and the tasks that it asks for."""

    value: float
    running: int
    tasks: int


HIGH = {
    "twice the target asks for twice the tasks": Metric(100, running=3, tasks=6),
    "a share of a task is a whole one": Metric(51, running=3, tasks=4),
    "ten thousand messages for one task": Metric(10_000, running=1, tasks=200),
    "of no task, none": Metric(10_000, running=0, tasks=0),
    "a metric that fell meanwhile stops nothing": Metric(20, running=3, tasks=3),
}
LOW = {
    "half of the target asks for half of the tasks": Metric(25, running=6, tasks=3),
    "a share of a task is kept": Metric(30, running=4, tasks=3),
    "less than a share of a task changes nothing": Metric(44, running=4, tasks=4),
    "nothing to do stops half of the tasks": Metric(0, running=10, tasks=5),
    "of three, one": Metric(0, running=3, tasks=2),
    "and the last one": Metric(0, running=1, tasks=0),
    "of no task, none": Metric(0, running=0, tasks=0),
    "a metric that rose meanwhile starts nothing": Metric(100, running=4, tasks=4),
}


@pytest.mark.parametrize("metric", HIGH.values(), ids=HIGH)
def test_it_scales_out_in_proportion(metric: Metric) -> None:
    assert POLICY.capacity(metric.running, Breach("high", (metric.value,), 50, is_below=False)) == metric.tasks


@pytest.mark.parametrize("metric", LOW.values(), ids=LOW)
def test_it_scales_in_gradually(metric: Metric) -> None:
    assert POLICY.capacity(metric.running, Breach("low", (metric.value,), 45, is_below=True)) == metric.tasks


def test_the_data_points_of_the_alarm_are_averaged() -> None:
    assert POLICY.capacity(2, Breach("high", (60.0, 100.0, 140.0), 50, is_below=False)) == 4
