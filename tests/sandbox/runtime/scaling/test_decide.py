"""What Application Auto Scaling decides, case by case: a service of 4 tasks between 1 and 10 unless the case says otherwise.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slipway_sandbox.runtime.scaling.breach import Breach
from slipway_sandbox.runtime.scaling.decide import Change, NotScaled, PolicySeen, Request, Scaled, ServiceSeen, decide
from slipway_sandbox.runtime.scaling.step_scaling import Adjustment, Step, StepScaling
from slipway_sandbox.runtime.scaling.target_tracking import TargetTracking

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HELD = None


def tracking(name: str, *, scales_in: bool = True) -> PolicySeen:
    return PolicySeen(name, TargetTracking(50, 60, 300, scales_in))


def step(name: str, amount: int, adjustment: Adjustment = "ChangeInCapacity") -> PolicySeen:
    return PolicySeen(name, StepScaling(adjustment, (Step(amount),), cooldown_seconds=300))


CPU, MEMORY, OUT_ONLY = tracking("cpu"), tracking("memory"), tracking("requests", scales_in=False)
ADD_2, ADD_3, REMOVE_1 = step("add 2", 2), step("add 3", 3), step("remove 1", -1)
TO_7, TO_0 = step("to 7", 7, "ExactCapacity"), step("to 0", 0, "ExactCapacity")


def high(policy: PolicySeen, value: float = 100) -> Request:
    return Request(policy, Breach(f"{policy.name} is high", (value,), 50, is_below=False))


def low(policy: PolicySeen, value: float = 25) -> Request:
    return Request(policy, Breach(f"{policy.name} is low", (value,), 45, is_below=True))


def scaled(policy: PolicySeen, before: int, after: int, seconds_ago: float) -> PolicySeen:
    return replace(policy, last=Scaled(before, after, NOW - timedelta(seconds=seconds_ago)))


@dataclass(frozen=True)
class Case:
    requests: list[Request]
    expected: int | str | None
    """New number of tasks, or why not; None where something holds it in silence."""
    policies: tuple[PolicySeen, ...] = ()
    """Policies of the service beside those of the requests."""
    seen: dict[str, Any] = field(default_factory=dict)


MANY: dict[str, Any] = {"running": 10, "desired": 10}
SCALE_OUT = {
    "one policy is enough to scale out": Case([high(CPU)], 8, policies=(MEMORY,)),
    "of two that scale out the larger number counts": Case([high(CPU), high(MEMORY, 75)], 8),
    "of two steps as well": Case([high(ADD_2), high(ADD_3)], 7),
    "out goes before in": Case([high(CPU, 60), low(REMOVE_1)], 5),
    "never above the maximum": Case([high(CPU, 500)], 10),
    "at the maximum nothing happens": Case([high(CPU)], "AlreadyAtMaxCapacity", seen=MANY),
    "at the maximum a wish for more still stops a scale-in": Case(
        [high(CPU), low(REMOVE_1)], "AlreadyAtMaxCapacity", seen=MANY
    ),
    "below the minimum it starts with the minimum": Case(
        [high(ADD_2)], 3, seen={"minimum": 3, "desired": 0, "running": 0}
    ),
    "above the maximum it adjusts nothing": Case([high(ADD_2)], "AlreadyAtMaxCapacity", seen={"maximum": 3}),
    "tasks that start are not counted twice": Case([high(ADD_2)], "AlreadyAtDesiredCapacity", seen={"desired": 6}),
    "but more of them are added to": Case([high(ADD_3)], 7, seen={"desired": 6}),
    "an exact number that is reached changes nothing": Case(
        [high(TO_7)], "AlreadyAtDesiredCapacity", seen={"desired": 7}
    ),
    "from zero a step starts a task": Case([high(ADD_2)], 2, seen={"minimum": 0, "desired": 0, "running": 0}),
    "from zero target tracking starts none": Case(
        [high(CPU)], "AlreadyAtDesiredCapacity", seen={"minimum": 0, "desired": 0, "running": 0}
    ),
    "a deployment does not stop it": Case([high(CPU)], 8, seen={"is_deploying": True}),
    "suspended": Case([high(CPU)], HELD, seen={"out_suspended": True}),
    "with scale-in suspended": Case([high(CPU)], 8, seen={"in_suspended": True}),
}
OUT_COOLDOWN = {
    "what was added is part of what is asked for": Case([high(scaled(ADD_3, 2, 4, 100))], 5),
    "no more than last time adds nothing": Case([high(scaled(ADD_2, 2, 4, 100))], "AlreadyAtDesiredCapacity"),
    "less than last time takes nothing away": Case([high(scaled(ADD_2, 1, 4, 100))], "AlreadyAtDesiredCapacity"),
    "in its last second": Case([high(scaled(ADD_2, 2, 4, 299.9))], "AlreadyAtDesiredCapacity"),
    "over": Case([high(scaled(ADD_2, 2, 4, 300))], 6),
    "target tracking adds what exceeds it": Case([high(scaled(CPU, 3, 4, 30))], 7),
    "target tracking has a cooldown of its own": Case([high(scaled(CPU, 2, 4, 60))], 8),
    "another policy's does not count": Case([high(CPU)], 8, policies=(scaled(ADD_2, 2, 4, 100),)),
    "an exact number is as exact": Case([high(scaled(TO_7, 2, 4, 100))], 7),
    "a scale-in's does not stop it": Case([high(scaled(CPU, 8, 4, 10))], 8),
}
SCALE_IN = {
    "a step scales in alone": Case([low(REMOVE_1)], 3, policies=(CPU,)),
    "the only tracking policy scales in": Case([low(CPU)], 2),
    "all tracking policies agree, and the larger number counts": Case([low(CPU), low(MEMORY, 35)], 3),
    "one that is not low, or has no data, holds": Case([low(CPU)], HELD, policies=(MEMORY,)),
    "one that scales out only has no vote": Case([low(CPU)], 2, policies=(OUT_ONLY,)),
    "one that scales out only never scales in": Case([low(OUT_ONLY)], HELD),
    "one that is low by less than a task holds": Case([low(CPU), low(MEMORY, 44)], "AlreadyAtDesiredCapacity"),
    "a step and a tracking policy: the larger number": Case([low(CPU), low(TO_0)], 2),
    "never below the minimum": Case([low(CPU)], 3, seen={"minimum": 3}),
    "at the minimum nothing happens": Case([low(CPU)], "AlreadyAtMinCapacity", seen={"minimum": 4}),
    "below the minimum it adjusts nothing": Case([low(REMOVE_1)], "AlreadyAtMinCapacity", seen={"minimum": 5}),
    "above the maximum it starts with the maximum": Case(
        [low(REMOVE_1)], 3, seen={"maximum": 3, "desired": 5, "running": 5}
    ),
    "to zero": Case([low(TO_0)], 0, seen={"minimum": 0}),
    "to zero though no task runs yet": Case([low(TO_0)], 0, seen={"minimum": 0, "running": 0}),
    "tasks that stop are not counted twice": Case([low(REMOVE_1)], "AlreadyAtDesiredCapacity", seen={"desired": 3}),
    "not during a deployment": Case([low(CPU)], "TargetServicePutResourceAsUnscalable", seen={"is_deploying": True}),
    "suspended": Case([low(CPU)], HELD, seen={"in_suspended": True}),
    "with scale-out suspended": Case([low(CPU)], 2, seen={"out_suspended": True}),
}
IN_COOLDOWN = {
    "its own holds": Case([low(scaled(REMOVE_1, 5, 4, 100))], HELD),
    "over": Case([low(scaled(REMOVE_1, 5, 4, 300))], 3),
    "target tracking's own holds": Case([low(scaled(CPU, 8, 4, 299))], HELD),
    "a tracking policy in its cooldown is not ready": Case([low(CPU), low(scaled(MEMORY, 8, 4, 100))], HELD),
    "a scale-out's does not stop it": Case([low(scaled(CPU, 2, 4, 10))], 2),
}
ALL = {
    f"{table}: {name}": case
    for table, cases in {
        "scale-out": SCALE_OUT,
        "cooldown of a scale-out": OUT_COOLDOWN,
        "scale-in": SCALE_IN,
        "cooldown of a scale-in": IN_COOLDOWN,
    }.items()
    for name, case in cases.items()
}


def seen(case: Case) -> ServiceSeen:
    policies = (*(request.policy for request in case.requests), *case.policies)
    values: dict[str, Any] = {"minimum": 1, "maximum": 10, "desired": 4, "running": 4}
    return ServiceSeen(policies=policies, **(values | case.seen))


@pytest.mark.parametrize("case", ALL.values(), ids=ALL)
def test_what_is_decided(case: Case) -> None:
    decision = decide(seen(case), case.requests, NOW)
    if isinstance(decision, Change):
        assert decision.desired == case.expected
    else:
        assert (decision and decision.code) == case.expected


def test_without_an_alarm_nothing_is_decided() -> None:
    assert decide(seen(Case([], HELD, policies=(CPU,))), [], NOW) is None


def test_a_policy_whose_steps_hold_no_value_does_nothing() -> None:
    policy = PolicySeen("step", StepScaling("ChangeInCapacity", (Step(1, 10, 20),), cooldown_seconds=300))
    assert decide(seen(Case([high(policy, 55)], HELD)), [high(policy, 55)], NOW) is None


def test_a_change_says_which_alarm_and_from_what_number_its_cooldown_counts() -> None:
    case = Case([high(scaled(ADD_3, 2, 4, 100))], 5)
    assert decide(seen(case), case.requests, NOW) == Change(case.requests[0], desired=5, before=2)


def test_a_reason_not_to_scale_has_the_number_that_it_is_about() -> None:
    case = Case([high(CPU)], "AlreadyAtMaxCapacity", seen=MANY)
    assert decide(seen(case), case.requests, NOW) == NotScaled(
        case.requests[0], "AlreadyAtMaxCapacity", "MaxCapacity", 10
    )
