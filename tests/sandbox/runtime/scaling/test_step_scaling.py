"""Step scaling: each row is a row, or a sentence, of AWS's documentation.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from dataclasses import dataclass

import pytest

from slipway_sandbox.runtime.scaling.breach import Breach
from slipway_sandbox.runtime.scaling.step_scaling import Adjustment, Step, StepScaling

PERCENT: Adjustment = "PercentChangeInCapacity"
OUT = (Step(0, 0, 10), Step(10, 10, 20), Step(30, 20))
IN = (Step(0, -10, 0), Step(-10, -20, -10), Step(-30, upper=-20))


def breach(*values: float, is_below: bool = False, threshold: float = 50) -> Breach:
    return Breach("cpu", values, threshold, is_below)


@dataclass(frozen=True)
class Metric:
    """The documented example: a threshold of 50 percent, and the tasks after the value."""

    value: float
    running: int
    tasks: int


METRICS = {
    "above 50 and below 60 it is unchanged": Metric(59.9, running=10, tasks=10),
    "at 60 it adds 10 percent of 10": Metric(60, running=10, tasks=11),
    "at 70 it adds 30 percent of 11, rounded down": Metric(70, running=11, tasks=14),
    "below 50 and above 40 it is unchanged": Metric(40.1, running=14, tasks=14),
    "at 40 it removes 10 percent of 14, rounded to 1": Metric(40, running=14, tasks=13),
    "at 30 it removes 30 percent of 13, rounded to 3": Metric(30, running=13, tasks=10),
}


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_the_documented_example_of_steps(metric: Metric) -> None:
    is_below = metric.value < 50
    policy = StepScaling(PERCENT, IN if is_below else OUT, cooldown_seconds=300)
    assert policy.capacity(metric.running, breach(metric.value, is_below=is_below)) == metric.tasks


@dataclass(frozen=True)
class Change:
    """An adjustment of one step, and the tasks that it makes of those that run."""

    adjustment: Adjustment
    amount: int
    running: int
    tasks: int
    least: int = 1


CHANGES = {
    "a change adds to the running tasks": Change("ChangeInCapacity", 5, running=3, tasks=8),
    "a change removes from them": Change("ChangeInCapacity", -2, running=3, tasks=1),
    "an exact number replaces them": Change("ExactCapacity", 5, running=3, tasks=5),
    "10 percent of 10 is 1": Change(PERCENT, 10, running=10, tasks=11),
    "12.7 is rounded down": Change(PERCENT, 127, running=10, tasks=22),
    "0.67 is rounded to 1": Change(PERCENT, 67, running=1, tasks=2),
    "-0.58 is rounded to -1": Change(PERCENT, -58, running=1, tasks=0),
    "-6.67 is rounded up": Change(PERCENT, -667, running=1, tasks=-5),
    "25 percent of 4 is 1, and at least 2": Change(PERCENT, 25, running=4, tasks=6, least=2),
    "at least 2 holds for less, too": Change(PERCENT, -25, running=4, tasks=2, least=2),
    "a least magnitude does not change a step of nothing": Change(PERCENT, 0, running=4, tasks=4, least=2),
    "a least magnitude is for percents only": Change("ChangeInCapacity", 1, running=4, tasks=5, least=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_adjustment_of_each_type(change: Change) -> None:
    policy = StepScaling(change.adjustment, (Step(change.amount, 0),), 300, least_magnitude=change.least)
    assert policy.capacity(change.running, breach(99)) == change.tasks


@dataclass(frozen=True)
class Edge:
    """A step with bounds, and whether it holds a value."""

    step: Step
    breach: Breach
    holds: bool


EDGES = {
    "above the threshold the lower bound counts": Edge(Step(1, 10, 20), breach(60), holds=True),
    "above the threshold the upper bound does not count": Edge(Step(1, 10, 20), breach(70), holds=False),
    "below the threshold the upper bound counts": Edge(Step(1, -20, -10), breach(40, is_below=True), holds=True),
    "below the threshold the lower bound does not count": Edge(
        Step(1, -20, -10), breach(30, is_below=True), holds=False
    ),
    "at the threshold an alarm for high values takes the step above": Edge(Step(1, lower=0), breach(50), holds=True),
    "at the threshold an alarm for low values takes the step below": Edge(
        Step(1, upper=0), breach(50, is_below=True), holds=True
    ),
    "a value on the alarm's other side is held by no step": Edge(Step(1, lower=0), breach(49), holds=False),
}


@pytest.mark.parametrize("edge", EDGES.values(), ids=EDGES)
def test_the_edges_of_a_step(edge: Edge) -> None:
    policy = StepScaling("ChangeInCapacity", (edge.step,), cooldown_seconds=300)
    assert policy.capacity(4, edge.breach) == (5 if edge.holds else None)


@pytest.mark.parametrize(("aggregation", "tasks"), [("Minimum", 1), ("Average", 2), ("Maximum", 3)])
def test_the_data_points_are_aggregated_as_the_policy_says(aggregation: str, tasks: int) -> None:
    steps = (Step(1, 0, 10), Step(2, 10, 30), Step(3, 30))
    policy = StepScaling("ExactCapacity", steps, cooldown_seconds=300, aggregation=aggregation)
    assert policy.capacity(1, breach(51, 60, 90)) == tasks
