"""Whole deployments as ECS would tell of them, from the first look to the verdict, word for word."""

from typing import NamedTuple

import pytest

from slipway.deployment._wait import NotAnsweredError
from tests.support.components.ecs_history import (
    AGAIN,
    ASKED,
    BACK,
    BEFORE,
    BREAKER,
    DONE,
    EXITED,
    FAILED,
    HEADLINE,
    ROLLED_BACK,
    STARTS,
    World,
    deployment,
    record,
    service,
    stopped,
    unstated,
)

SPOT = "(service shop) was unable to place a task. Reason: Capacity is unavailable at this time."
GOES_ON = "  ECS continues the deployment; the next `pulumi up` waits again and gives the verdict"
CAME_BACK = "(service shop) rolling back to deployment ecs-svc/5."
LOGGED = ["  last lines of shop-log:", "    no database"]


class Failure(NamedTuple):
    """A history that fails, and the verdict on it."""

    world: World
    """Answers of AWS over time."""
    verdict: list[str]
    """Lines of the verdict."""


FAILURES: dict[str, Failure] = {
    "a container check that fails": Failure(
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
    "Spot that took every task back": Failure(
        World(STARTS, ROLLED_BACK, tasks=[stopped("Your Spot Task was interrupted.") | {"stopCode": "SpotInterruption"}], log=[]),
        [
            HEADLINE,
            FAILED,
            "  task 0a1b: Your Spot Task was interrupted.",
            "  look at: run more tasks on demand: a smaller spot_percent",
            AGAIN,
        ],
    ),
    "no Spot capacity, with nothing to roll back to": Failure(
        World(service(deployment("PRIMARY", ASKED, "FAILED", BREAKER), events=[SPOT]), history=[record("STOPPED", statusReason=BREAKER)]),
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            f"  event: {SPOT}",
            "  look at: try again, in more zones, or with a smaller spot_percent",
            AGAIN,
        ],
    ),
    "a first deployment that ECS's history has not given up yet": Failure(
        World(service(deployment("PRIMARY", ASKED, "FAILED", BREAKER)), history=[record("IN_PROGRESS")]),
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a role that ECS cannot take": Failure(
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
    "an alarm that goes off while the old tasks still stand by": Failure(
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
    "a rollback to the same task definition, of which the service looks well": Failure(
        World(
            DONE | {"deployments": [deployment("PRIMARY", ASKED, "COMPLETED", CAME_BACK, running=2) | {"id": "ecs-svc/5"}]},
            tasks=[stopped(EXITED, 1) | {"startedBy": "ecs-svc/6", "taskArn": "task/other"}, stopped(EXITED, 3)],
            history=[record("ROLLBACK_SUCCESSFUL", statusReason=BREAKER), record("SUCCESSFUL", 5, ASKED)],
        ),
        [
            "service 'shop': the deployment of shop:7 was rolled back to the deployment before, with the same "
            "task definition",
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            *LOGGED,
            "  look at: it ended by itself: its last lines say why",
            AGAIN,
        ],
    ),
    "a deployment that somebody stopped": Failure(
        World(STARTS, STARTS, BACK, history=[record("STOPPED", statusReason="Stopped by user.")]),
        [
            "service 'shop': the deployment of shop:7 was stopped",
            "  deployment ecs-svc/7: Stopped by user.",
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a way back that failed as well": Failure(
        World(STARTS, history=[record("ROLLBACK_FAILED", statusReason=BREAKER)]),
        [
            "service 'shop': the deployment of shop:7 failed, and so did its rollback",
            FAILED,
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a newer deployment by others, long after ours": Failure(
        World(BACK, history=[record("SUCCESSFUL", 8, BEFORE), record("SUCCESSFUL")]),
        [
            "service 'shop': shop:7 was rolled back or replaced, the service runs shop:6",
            "  deployment (no longer listed): ECS gives no reason",
            "  look at: the service's events",
            AGAIN,
        ],
    ),
    "a service that never gets there": Failure(
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
    "an AWS that stops to answer": Failure(
        World(STARTS, NotAnsweredError("Rate exceeded")),
        [
            "service 'shop': the deployment was not complete after 60 s, AWS does not answer (Rate exceeded); last seen, "
            "shop:7: 0 of 2 tasks run",
            "  deployment ecs-svc/7: ECS gives no reason",
            "  look at: the service's events",
            GOES_ON,
        ],
    ),
    "an AWS that never answered": Failure(
        World(NotAnsweredError("Read timeout")),
        [
            "service 'shop': the deployment was not complete after 60 s, AWS does not answer (Read timeout); last seen, "
            "shop:7: not seen yet",
        ],
    ),
    "a service deleted behind our back": Failure(
        World(STARTS, None),
        ["service 'shop': shop:7 is not deployed: the service is gone; run `pulumi up --refresh` to create it again"],
    ),
    "a service that is being drained": Failure(
        World(STARTS, DONE | {"status": "DRAINING"}),
        [
            "service 'shop': shop:7 is not deployed: the service is being deleted; "
            "run `pulumi up --refresh` to create it again"
        ],
    ),
    "evidence that nobody may read": Failure(
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


@pytest.mark.parametrize(("world", "verdict"), FAILURES.values(), ids=FAILURES)
def test_a_history_ends_in_these_words(world: World, verdict: list[str]) -> None:
    assert world.verdict() == verdict
    assert len(verdict) <= 12
