"""What the ECS scheduler decides, case by case: services of 2 tasks unless the case says otherwise."""

from typing import Any

import pytest

from slipway_sandbox.runtime.ecs.decide import (
    Complete,
    DeploymentSeen,
    Fail,
    Forget,
    Phase,
    ServiceSeen,
    Start,
    Stop,
    TaskSeen,
    backoff_seconds,
    breaker_threshold,
    decide,
)

RUNNING, STARTING, STOPPING = Phase.RUNNING, Phase.STARTING, Phase.STOPPING
NEW, OLD = DeploymentSeen("new", "IN_PROGRESS"), DeploymentSeen("old", "COMPLETED")
SCALED = "Scaling activity initiated by (deployment new)"


def up(name: str, deployment: str = "new") -> TaskSeen:
    return TaskSeen(name, deployment, RUNNING, healthy=True)


def coming(name: str, deployment: str = "new") -> TaskSeen:
    return TaskSeen(name, deployment, STARTING)


def going(name: str, deployment: str = "new") -> TaskSeen:
    return TaskSeen(name, deployment, STOPPING)


def sick(name: str, deployment: str = "new") -> TaskSeen:
    return TaskSeen(name, deployment, RUNNING, unhealthy="it is ill")


def service(*tasks: TaskSeen, primary: DeploymentSeen = NEW, older: Any = (), **more: Any) -> ServiceSeen:
    values: dict[str, Any] = {"desired": 2, "deployments": (primary, *older), "tasks": tasks}
    return ServiceSeen(**(values | more))


DONE = DeploymentSeen("new", "COMPLETED")
BROKEN = DeploymentSeen("new", "IN_PROGRESS", failures=3)
FAILED = DeploymentSeen("new", "FAILED", failures=3)
RESTORED = DeploymentSeen("old", "IN_PROGRESS")

CASES = {
    "a new service starts all its tasks": (service(), [Start("new", 2)]),
    "tasks that come are waited for": (service(coming("a"), coming("b")), []),
    "running but not yet healthy is not completed": (service(up("a"), TaskSeen("b", "new", RUNNING)), []),
    "all healthy completes the deployment": (service(up("a"), up("b")), [Complete("new")]),
    "a steady state needs nothing": (service(up("a"), up("b"), primary=DONE), []),
    "a service of no tasks is complete at once": (service(desired=0), [Complete("new")]),
    "a lost task is replaced": (service(up("a"), primary=DONE), [Start("new", 1)]),
    "a task that is stopping is replaced before it is gone": (service(up("a"), going("b")), [Start("new", 1)]),
    "more wanted starts the difference": (service(up("a"), up("b"), primary=DONE, desired=5), [Start("new", 3)]),
    "fewer wanted stops the youngest": (
        service(up("a"), up("b"), up("c"), primary=DONE, desired=1),
        [Stop("c", SCALED), Stop("b", SCALED)],
    ),
    "fewer wanted stops those that do not serve first": (
        service(coming("a"), up("b"), primary=DONE, desired=1),
        [Stop("a", SCALED)],
    ),
    "an unhealthy task is replaced and counts as failed": (
        service(up("a"), sick("b"), primary=DONE),
        [Stop("b", "it is ill", failed=True), Start("new", 1)],
    ),
    "a rollout starts new tasks before it stops old ones": (
        service(up("a", "old"), up("b", "old"), older=(OLD,)),
        [Start("new", 2)],
    ),
    "a rollout stops nothing while the new tasks come": (
        service(up("a", "old"), up("b", "old"), coming("c"), coming("d"), older=(OLD,)),
        [],
    ),
    "one healthy new task lets one old task go": (
        service(up("a", "old"), up("b", "old"), up("c"), coming("d"), older=(OLD,)),
        [Stop("a", SCALED)],
    ),
    "all new tasks healthy lets all old ones go": (
        service(up("a", "old"), up("b", "old"), up("c"), up("d"), older=(OLD,)),
        [Stop("a", SCALED), Stop("b", SCALED)],
    ),
    "a rollout is not complete before the old tasks are gone": (
        service(going("a", "old"), up("c"), up("d"), older=(OLD,)),
        [],
    ),
    "a rollout with the old tasks gone is complete": (
        service(up("c"), up("d"), older=(OLD,)),
        [Complete("new"), Forget("old")],
    ),
    "maximum 100 and minimum 50 stops one before it starts one": (
        service(up("a", "old"), up("b", "old"), older=(OLD,), minimum_percent=50, maximum_percent=100),
        [Stop("a", SCALED)],
    ),
    "maximum 100 starts one in the room that is free": (
        service(going("a", "old"), up("b", "old"), older=(OLD,), minimum_percent=50, maximum_percent=100),
        [Start("new", 1)],
    ),
    "maximum 150 of 2 starts one at a time": (
        service(up("a", "old"), up("b", "old"), older=(OLD,), maximum_percent=150),
        [Start("new", 1)],
    ),
    "a crash loop backs off": (
        service(primary=DeploymentSeen("new", "IN_PROGRESS", failures=2, backing_off=True)),
        [],
    ),
    "without a circuit breaker a crash loop goes on": (service(primary=BROKEN), [Start("new", 2)]),
    "the circuit breaker opens at its threshold": (service(primary=BROKEN, breaker=True), [Fail("new")]),
    "the circuit breaker stays shut below its threshold": (
        service(primary=DeploymentSeen("new", "IN_PROGRESS", failures=2), breaker=True),
        [Start("new", 2)],
    ),
    "the circuit breaker rolls back to the last completed deployment": (
        service(up("a", "old"), up("b", "old"), primary=BROKEN, older=(OLD,), breaker=True, roll_back_to="old"),
        [Fail("new", "old")],
    ),
    "the circuit breaker leaves a completed deployment alone": (
        service(up("a"), primary=DeploymentSeen("new", "COMPLETED", failures=9), breaker=True),
        [Start("new", 1)],
    ),
    "a failed deployment starts nothing and its predecessor serves on": (
        service(up("a", "old"), up("b", "old"), primary=FAILED, older=(OLD,), breaker=True),
        [],
    ),
    "a failed deployment keeps its predecessor even when that lost its tasks": (
        service(primary=FAILED, older=(OLD,), breaker=True),
        [],
    ),
    "a rollback stops what came up of the failed deployment": (
        service(up("a", "old"), up("b", "old"), up("c"), coming("d"), primary=RESTORED, older=(FAILED,)),
        [
            Stop("c", "Scaling activity initiated by (deployment old)"),
            Stop("d", "Scaling activity initiated by (deployment old)"),
        ],
    ),
    "a rollback is complete when the failed deployment is empty": (
        service(up("a", "old"), up("b", "old"), primary=RESTORED, older=(FAILED,)),
        [Complete("old"), Forget("new")],
    ),
    "a rollback starts again what the old deployment had lost": (
        service(primary=RESTORED, older=(FAILED,)),
        [Start("old", 2), Forget("new")],
    ),
    "a deleted service stops everything and starts nothing": (
        service(up("a"), coming("b"), going("c"), desired=0, draining=True),
        [Stop("a", "Service deleted"), Stop("b", "Service deleted")],
    ),
}


@pytest.mark.parametrize(("seen", "actions"), CASES.values(), ids=CASES.keys())
def test_decide(seen: ServiceSeen, actions: list[Any]) -> None:
    assert decide(seen) == actions


@pytest.mark.parametrize(("desired", "failures"), [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (900, 200)])
def test_the_breaker_opens_at_half_the_desired_count_within_3_and_200(desired: int, failures: int) -> None:
    assert breaker_threshold(desired) == failures


def test_pauses_double_up_to_a_minute() -> None:
    assert [backoff_seconds(failures) for failures in range(9)] == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff_seconds(10_000) == 60
