"""Whole deployments as ECS would tell of them, from the first look to the verdict, word for word."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from slipway.dynamic.verdict import DeploymentFailedError
from tests.support.components.ecs_history import (
    AGAIN,
    ASKED,
    BEFORE,
    BREAKER,
    EXITED,
    FAILED,
    HEADLINE,
    ROLLED_BACK,
    World,
    deployment,
    record,
    refusal,
    service,
    stopped,
)

STARTS = service(deployment("PRIMARY", ASKED, "IN_PROGRESS"), deployment("ACTIVE", BEFORE, "COMPLETED", running=2))
DONE = service(deployment("PRIMARY", ASKED, "COMPLETED", running=2))
BACK = service(deployment("PRIMARY", BEFORE, "COMPLETED", running=2))
SHIFTED = record("IN_PROGRESS", lifecycleStage="BAKE_TIME", revision={"requestedProductionTrafficWeight": 100.0})
SPOT = "(service shop) was unable to place a task. Reason: Capacity is unavailable at this time."
GOES_ON = "  ECS goes on with it; the next `pulumi up` waits again, and tells what became of it"
LOGGED = ["  last lines of shop-log:", "    no database"]


def unstated(*deployments: dict[str, Any]) -> dict[str, Any]:
    """A service of blue/green, of which DescribeServices does not say how far it is."""
    return service(*({key: it[key] for key in it if not key.startswith("rollout")} for it in deployments))


FAILURES: dict[str, tuple[World, list[str]]] = {
    "a container check that fails": (
        World(STARTS, ROLLED_BACK, tasks=[stopped("Task failed container health checks", 137)], log=[]),
        [
            HEADLINE,
            FAILED,
            "  task 0a1b: Task failed container health checks",
            "  container shop: exit code 137",
            "  look at: run container_health_check's command in the image; it has to end with 0",
            AGAIN,
        ],
    ),
    "Spot that took every task back": (
        World(STARTS, ROLLED_BACK, tasks=[stopped("Your Spot Task was interrupted.") | {"stopCode": "SpotInterruption"}], log=[]),
        [
            HEADLINE,
            FAILED,
            "  task 0a1b: Your Spot Task was interrupted.",
            "  look at: run more tasks on demand: a smaller spot_percent",
            AGAIN,
        ],
    ),
    "no Spot capacity, with nothing to roll back to": (
        World(service(deployment("PRIMARY", ASKED, "FAILED", BREAKER), events=[SPOT]), history=[record("STOPPED", statusReason=BREAKER)]),
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            f"  event: {SPOT}",
            "  look at: try again, in more zones, or with a smaller spot_percent",
            AGAIN,
        ],
    ),
    "a first deployment that ECS's history has not given up yet": (
        World(service(deployment("PRIMARY", ASKED, "FAILED", BREAKER)), history=[record("IN_PROGRESS")]),
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a role that ECS cannot take": (
        World(
            service(
                deployment("PRIMARY", ASKED, "FAILED", BREAKER),
                events=["(service shop) failed to launch a task with (error ECS was unable to assume the role 'r')."],
            )
        ),
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            "  event: (service shop) failed to launch a task with (error ECS was unable to assume the role 'r').",
            "  look at: check the execution and task roles: ECS could not take one of them",
            AGAIN,
        ],
    ),
    "an alarm that goes off while the old tasks still stand by": (
        World(
            unstated(deployment("PRIMARY", BEFORE, "", running=2), deployment("ACTIVE", ASKED, "")),
            history=[
                record(
                    "ROLLBACK_IN_PROGRESS",
                    statusReason="Service deployment rolled back because of alarm(s) detected.",
                    alarms={"status": "TRIGGERED", "triggeredAlarmNames": ["shop-5xx"]},
                ),
                record("SUCCESSFUL", 6, BEFORE),
            ],
        ),
        [
            HEADLINE,
            "  deployment ecs-svc/7: Service deployment rolled back because of alarm(s) detected.",
            "  alarm shop-5xx went off",
            "  look at: what the alarm watches, from the start of the deployment on",
            AGAIN,
        ],
    ),
    "a rollback to the same task definition, of which the service looks well": (
        World(
            DONE | {"deployments": [deployment("PRIMARY", ASKED, "COMPLETED", running=2) | {"id": "ecs-svc/5"}]},
            tasks=[stopped(EXITED, 1) | {"startedBy": "ecs-svc/6", "taskArn": "task/other"}, stopped(EXITED, 3)],
            history=[record("ROLLBACK_SUCCESSFUL", statusReason=BREAKER), record("SUCCESSFUL", 5, ASKED)],
        ),
        [
            "service 'shop': the deployment of shop:7 was rolled back to what ran before, which is of the same task "
            "definition",
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            *LOGGED,
            "  look at: it ended by itself: its last lines say why",
            AGAIN,
        ],
    ),
    "a deployment that somebody stopped": (
        World(STARTS, STARTS, BACK, history=[record("STOPPED", statusReason="Stopped by user.")]),
        [
            "service 'shop': the deployment of shop:7 was stopped",
            "  deployment ecs-svc/7: Stopped by user.",
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a way back that failed as well": (
        World(STARTS, history=[record("ROLLBACK_FAILED", statusReason=BREAKER)]),
        [
            "service 'shop': the deployment of shop:7 failed, and so did the way back",
            FAILED,
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a newer deployment by others, long after ours": (
        World(BACK, history=[record("SUCCESSFUL", 8, BEFORE), record("SUCCESSFUL")]),
        [
            "service 'shop': shop:7 was rolled back or replaced, the service runs shop:6",
            "  deployment (no longer listed): ECS gives no reason",
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a service that never gets there": (
        World(STARTS, tasks=[stopped(EXITED, 3)], history=[record("IN_PROGRESS")]),
        [
            "service 'shop': the deployment was not complete after 60 s, shop:7: 0 of 2 tasks run",
            "  deployment ecs-svc/7: ECS gives no reason",
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            *LOGGED,
            "  look at: it ended by itself: its last lines say why",
            GOES_ON,
        ],
    ),
    "an AWS that stops to answer": (
        World(STARTS, refusal("DescribeServices", "ThrottlingException", "Rate exceeded")),
        [
            "service 'shop': the deployment was not complete after 60 s, AWS does not answer (An error occurred "
            "(ThrottlingException) when calling the DescribeServices operation: Rate exceeded); last seen, "
            "shop:7: 0 of 2 tasks run",
            "  deployment ecs-svc/7: ECS gives no reason",
            "  look at: the service's events",
            GOES_ON,
        ],
    ),
    "an AWS that never answered": (
        World(ReadTimeoutError(endpoint_url="ecs")),
        [
            "service 'shop': the deployment was not complete after 60 s, AWS does not answer (Read timeout on endpoint "
            'URL: "ecs"); last seen, shop:7: not seen yet',
        ],
    ),
    "a service deleted behind our back": (
        World(STARTS, None),
        ["service 'shop': shop:7 is not deployed: the service is gone; run `pulumi up --refresh` to create it again"],
    ),
    "a service that is being drained": (
        World(STARTS, DONE | {"status": "DRAINING"}),
        [
            "service 'shop': shop:7 is not deployed: the service is being deleted; "
            "run `pulumi up --refresh` to create it again"
        ],
    ),
    "evidence that nobody may read": (
        World(ROLLED_BACK, tasks=[stopped(EXITED, 3)], refused=("GetLogEvents", "DescribeTargetHealth")),
        [
            HEADLINE,
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            "  not seen: the log: An error occurred (AccessDeniedException) when calling the GetLogEvents operation: "
            "you may not",
            "  look at: it ended by itself: its log says why",
            AGAIN,
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("world", "said"), FAILURES.values(), ids=FAILURES)
def test_a_history_ends_in_these_words(world: World, said: list[str]) -> None:
    assert world.verdict() == said
    assert len(said) <= 12


SUCCESSES: dict[str, tuple[World, list[str]]] = {
    "tasks one by one": (
        World(STARTS, DONE, history=[record("IN_PROGRESS")], statuses=["IN_PROGRESS", "IN_PROGRESS", "SUCCESSFUL"]),
        ["shop:7: 0 of 2 tasks run (0 of at most 60 s)", "shop:7: 2 of 2 tasks run (3 of at most 60 s)"],
    ),
    "a service of no tasks": (
        World(service(deployment("PRIMARY", ASKED, "COMPLETED") | {"desiredCount": 0})),
        [],
    ),
    "a scale-in after the deployment": (
        World(service(deployment("PRIMARY", ASKED, "COMPLETED", running=1)), history=[record("SUCCESSFUL")]),
        [],
    ),
    "an AWS that is throttled for a while": (
        World(STARTS, refusal("DescribeServices", "ThrottlingException", "Rate exceeded"), DONE),
        [
            "shop:7: 0 of 2 tasks run (0 of at most 60 s)",
            "AWS does not answer (An error occurred (ThrottlingException) when calling the DescribeServices operation: "
            "Rate exceeded); last seen, shop:7: 0 of 2 tasks run (3 of at most 60 s)",
        ],
    ),
}


@pytest.mark.parametrize(("world", "said"), SUCCESSES.values(), ids=SUCCESSES)
def test_a_history_that_ends_well_tells_how_far_it_is(world: World, said: list[str]) -> None:
    world.wait()
    assert world.said == said


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


def test_a_permission_that_is_missing_is_not_waited_for() -> None:
    with pytest.raises(ClientError, match="ListServiceDeployments"):
        World(STARTS, refused=("ListServiceDeployments",)).wait()
