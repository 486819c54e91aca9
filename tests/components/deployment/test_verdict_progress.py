"""The progress of deployments that complete, and of those with a traffic shift."""

from typing import Any, NamedTuple

import pytest

from slipway.deployment._wait import DeploymentFailedError, NotAnsweredError
from tests.support.components.ecs_history import (
    ASKED,
    BACK,
    BEFORE,
    DONE,
    HEADLINE,
    STARTS,
    World,
    deployment,
    record,
    service,
    unstated,
)

SHIFTED = record("IN_PROGRESS", lifecycleStage="BAKE_TIME", revision={"requestedProductionTrafficWeight": 100.0})


class Success(NamedTuple):
    """A history that completes, and the lines of progress."""

    world: World
    """Answers of AWS over time."""
    progress: list[str]
    """Lines of progress."""


SUCCESSES: dict[str, Success] = {
    "tasks one by one": Success(
        World(STARTS, DONE, history=[record("IN_PROGRESS")]),
        ["shop:7: 0 of 2 tasks run (0 of at most 60 s)"],
    ),
    "a service of no tasks": Success(
        World(service(deployment("PRIMARY", ASKED, "COMPLETED") | {"desiredCount": 0})),
        [],
    ),
    "a scale-in after the deployment": Success(
        World(service(deployment("PRIMARY", ASKED, "COMPLETED", running=1)), history=[record("SUCCESSFUL")]),
        [],
    ),
    "an AWS that is throttled for a while": Success(
        World(STARTS, NotAnsweredError("Rate exceeded"), DONE),
        [
            "shop:7: 0 of 2 tasks run (0 of at most 60 s)",
            "AWS does not answer (Rate exceeded); last seen, shop:7: 0 of 2 tasks run (3 of at most 60 s)",
        ],
    ),
}


@pytest.mark.parametrize(("world", "progress"), SUCCESSES.values(), ids=SUCCESSES)
def test_a_history_that_ends_well_tells_how_far_it_is(world: World, progress: list[str]) -> None:
    world.wait()
    assert world.said == progress


def test_blue_green_tells_which_share_of_the_requests_the_new_tasks_have() -> None:
    world = World(
        unstated(deployment("PRIMARY", ASKED, "", running=2), deployment("ACTIVE", BEFORE, "", running=2)),
        history=[SHIFTED],
    )
    with pytest.raises(DeploymentFailedError):
        world.wait(timeout_seconds=6)
    assert world.said[0] == "shop:7: 2 of 2 tasks run, bake time with 100 % of the requests (0 of at most 6 s)"


def test_blue_green_is_complete_when_its_history_says_so() -> None:
    assert World(unstated(deployment("PRIMARY", ASKED, "", running=2)), history=[record("SUCCESSFUL")]).wait() == []


def test_blue_green_is_not_complete_because_the_deployment_before_was() -> None:
    primary = deployment("PRIMARY", ASKED, "", running=1) | {"id": "ecs-svc/8"}
    world = World(unstated(primary), history=[record("SUCCESSFUL", 7)])
    assert world.verdict(timeout_seconds=3)[0].endswith("not complete after 3 s, shop:7: 1 of 2 tasks run")


def test_the_newest_of_the_history_counts_whatever_its_place() -> None:
    history = [record("SUCCESSFUL", 5, BEFORE), record("ROLLBACK_SUCCESSFUL", 7), record("SUCCESSFUL", 6, BEFORE)]
    assert World(BACK, history=history).verdict()[0] == HEADLINE


def test_the_wait_counts_the_time_that_aws_takes_to_answer() -> None:
    world = World(STARTS, seconds_per_look=40)
    assert len(world.verdict()) <= 12
    assert world.said == [
        "shop:7: 0 of 2 tasks run (0 of at most 60 s)",
        "shop:7: 0 of 2 tasks run (43 of at most 60 s)",
    ]


def test_a_history_that_nobody_may_read_is_done_without() -> None:
    assert World(STARTS, DONE, refused=("ListServiceDeployments",)).wait() == [3]


def watched_alarms(status: str, *, enable: bool = True) -> dict[str, Any]:
    """A deployment under way with an alarm."""
    asked = {"alarms": {"alarmNames": ["shop-errors"], "enable": enable, "rollback": enable}}
    alarms = {"status": status, "alarmNames": ["shop-errors"]}
    return record("IN_PROGRESS", deploymentConfiguration=asked, alarms=alarms)


@pytest.mark.parametrize(
    ("newest", "doubt"),
    [
        (
            watched_alarms("DISABLED"),
            "deployed without the guard of its alarms, as one was in ALARM before: shop-errors",
        ),
        (watched_alarms("DISABLED", enable=False), ""),
        (watched_alarms("MONITORING"), ""),
        (record("IN_PROGRESS"), ""),
    ],
)
def test_a_deployment_that_ran_without_its_alarms_is_told(newest: dict[str, Any], doubt: str) -> None:
    world = World(STARTS, DONE, history=[newest])
    world.wait()
    assert world.doubt == doubt
