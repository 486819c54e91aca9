"""Blue/green, canary and linear deployments: what the scheduler decides, and the steps that a configuration asks for."""

from typing import Any

import pytest

from slipway_sandbox.corrections.ecs.traffic import Plan, plan
from slipway_sandbox.runtime.ecs.decide import (
    Complete,
    DeploymentSeen,
    Fail,
    Phase,
    ServiceSeen,
    Shift,
    Start,
    Stop,
    TaskSeen,
    Watch,
    decide,
)

OLD = DeploymentSeen("old", "COMPLETED")
NEW = DeploymentSeen("new", "IN_PROGRESS", traffic=0)
SCALED = "Scaling activity initiated by (deployment new)"


def up(name: str, deployment: str = "new") -> TaskSeen:
    return TaskSeen(name, deployment, Phase.RUNNING, healthy=True)


BLUE = (up("a", "old"), up("b", "old"))
BOTH = (*BLUE, up("c"), up("d"))


def seen(*tasks: TaskSeen, primary: DeploymentSeen = NEW, older: Any = (OLD,), **more: Any) -> ServiceSeen:
    values: dict[str, Any] = {"steps": (100.0,), "bake_seconds": 60.0, "breaker": True, "roll_back_to": "old"} | more
    return ServiceSeen(desired=2, deployments=(primary, *older), tasks=tasks, **values)


def new(traffic: float, rested: float, **more: Any) -> DeploymentSeen:
    return DeploymentSeen("new", "IN_PROGRESS", traffic=traffic, rested_seconds=rested, **more)


CASES = {
    "the new side starts whole, whatever the maximum": (seen(*BLUE, maximum_percent=100), [Start("new", 2)]),
    "requests stay until the whole new side is healthy": (
        seen(*BLUE, up("c"), TaskSeen("d", "new", Phase.RUNNING)),
        [],
    ),
    "a healthy new side gets the requests": (seen(*BOTH), [Shift("new", 100)]),
    "the old side stays while the new one is looked at": (seen(*BOTH, primary=new(100, 59)), []),
    "the old side goes after that": (
        seen(*BOTH, primary=new(100, 60)),
        [Stop("a", SCALED), Stop("b", SCALED)],
    ),
    "the deployment is complete when the old side has gone": (
        seen(up("c"), up("d"), primary=new(100, 60), older=()),
        [Complete("new")],
    ),
    "a canary waits before it gets the rest": (seen(*BOTH, primary=new(10, 5), steps=(10, 100), step_seconds=6), []),
    "a canary that held gets the rest": (
        seen(*BOTH, primary=new(10, 6), steps=(10, 100), step_seconds=6),
        [Shift("new", 100)],
    ),
    "a new side that fails while it is looked at is rolled back": (
        seen(*BOTH, primary=new(100, 5, failures=3)),
        [Fail("new", "old")],
    ),
    "an alarm ends it": (seen(*BOTH, primary=new(10, 1), alarm="on"), [Fail("new", "old", "on")]),
    "a rolling deployment with alarms is looked at once its tasks are steady": (
        seen(up("c"), up("d"), primary=new(100, 0), older=(), steps=(), watch_seconds=180),
        [Watch("new")],
    ),
    "it is not complete before": (
        seen(up("c"), up("d"), primary=new(100, 0, steady_seconds=179), older=(), steps=(), watch_seconds=180),
        [],
    ),
    "it is complete after that": (
        seen(up("c"), up("d"), primary=new(100, 0, steady_seconds=180), older=(), steps=(), watch_seconds=180),
        [Complete("new")],
    ),
    "a side that failed goes at once": (
        seen(*BOTH, primary=OLD, older=(DeploymentSeen("new", "FAILED"),)),
        [Stop(name, "Scaling activity initiated by (deployment old)") for name in ("c", "d")],
    ),
    "a deployment that another one overtook goes at once": (
        seen(*BOTH, primary=DeploymentSeen("newer", "IN_PROGRESS", traffic=0), older=(new(100, 5), OLD)),
        [Stop(name, "Scaling activity initiated by (deployment newer)") for name in ("c", "d")],
    ),
}


@pytest.mark.parametrize(("service", "actions"), CASES.values(), ids=CASES)
def test_what_is_decided(service: ServiceSeen, actions: list[Any]) -> None:
    assert decide(service) == actions


@pytest.mark.parametrize(
    ("configuration", "asked"),
    [
        (None, Plan()),
        ({"strategy": "ROLLING", "bakeTimeInMinutes": 5}, Plan()),
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2}, Plan((100.0,), 0.0, 120.0)),
        (
            {
                "strategy": "CANARY",
                "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 1},
            },
            Plan((5.0, 100.0), 60.0, 0.0),
        ),
        (
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 40.0, "stepBakeTimeInMinutes": 0}},
            Plan((40.0, 80.0, 100.0), 0.0, 0.0),
        ),
    ],
)
def test_the_steps_that_a_configuration_asks_for(configuration: Any, asked: Plan) -> None:
    assert plan(configuration) == asked
