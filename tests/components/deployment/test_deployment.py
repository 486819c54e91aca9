"""Where a deployment stands, by what ECS answers at one look."""

from typing import Any, NamedTuple

import pytest
from botocore.exceptions import NoCredentialsError

from slipway.deployment._evidence import optional_answer
from slipway.deployment._judgement import Judgement, Outcome, failed_task, judge
from tests.support.components.ecs_history import ASKED, BEFORE, deployment, record, refusal, service, stopped

ROLLING_BACK = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/6."
BACK = "the deployment of shop:7 was rolled back to shop:6"
OF_ASKED = deployment("PRIMARY", ASKED, "IN_PROGRESS", running=1)
OF_BEFORE = deployment("PRIMARY", BEFORE, "IN_PROGRESS", running=2)
BESIDE = deployment("ACTIVE", ASKED, "IN_PROGRESS", running=1)


class Look(NamedTuple):
    """One answer of ECS and its judgement."""

    answer: dict[str, Any]
    """Answer of DescribeServices."""
    latest: dict[str, Any] | None
    """Newest deployment of the history."""
    judgement: Judgement


LOOKS: dict[str, Look] = {
    "its own deployment failed, and no reason is given yet": Look(
        service(OF_BEFORE, deployment("ACTIVE", ASKED, "FAILED")),
        None,
        Judgement(Outcome.FAILED, BACK),
    ),
    "it is shown no more, and the one before says why": Look(
        service(OF_BEFORE | {"rolloutStateReason": ROLLING_BACK}),
        None,
        Judgement(Outcome.FAILED, BACK),
    ),
    "another one is primary, and nothing says why": Look(
        service(OF_BEFORE),
        None,
        Judgement(Outcome.ANOTHER, "shop:7 was rolled back or replaced, the service runs shop:6"),
    ),
    "somebody asked to stop it": Look(
        service(OF_ASKED),
        record("STOP_REQUESTED"),
        Judgement(Outcome.FAILED, "the deployment of shop:7 was stopped"),
    ),
    "it is done by its history, and not yet by the service": Look(
        service(OF_ASKED),
        record("SUCCESSFUL"),
        Judgement(Outcome.UNDER_WAY, "shop:7: 1 of 2 tasks run"),
    ),
    "its tasks run beside those that are primary still": Look(
        service(OF_BEFORE, BESIDE),
        record("IN_PROGRESS"),
        Judgement(Outcome.UNDER_WAY, "shop:7: 1 of 2 tasks run"),
    ),
    "it is not shown yet": Look(
        service(OF_BEFORE),
        record("PENDING"),
        Judgement(Outcome.UNDER_WAY, "shop:7: 2 of 2 tasks run"),
    ),
    "its stage is told, and the share of its requests is not": Look(
        service(OF_ASKED),
        record("IN_PROGRESS", lifecycleStage="BAKE_TIME"),
        Judgement(Outcome.UNDER_WAY, "shop:7: 1 of 2 tasks run"),
    ),
    "ECS does not count failed tasks": Look(
        service({key: value for key, value in OF_ASKED.items() if key != "failedTasks"}),
        None,
        Judgement(Outcome.UNDER_WAY, "shop:7: 1 of 2 tasks run"),
    ),
}


@pytest.mark.parametrize(("answer", "latest", "judgement"), LOOKS.values(), ids=LOOKS)
def test_where_a_deployment_stands(answer: dict[str, Any], latest: dict[str, Any] | None, judgement: Judgement) -> None:
    assert judge(answer, ASKED, latest) == judgement


@pytest.mark.parametrize(
    "other",
    [
        {"stopCode": "UserInitiated", "stoppedReason": "by hand"},
        {"stoppedReason": "Scaling activity initiated by (deployment ecs-svc/7)"},
        {"lastStatus": "DEPROVISIONING"},
        {"taskDefinitionArn": BEFORE},
        {"stoppedAt": "2026-01-01T09:00:00"},
    ],
    ids=["stopped by hand", "one too many", "not stopped yet", "of another revision", "earlier"],
)
def test_the_task_that_failed_last_is_not(other: dict[str, str]) -> None:
    failed = stopped("Essential container in task exited", 3)
    assert failed_task([failed | {"stoppedAt": "2026-01-01T11:00:00"} | other, failed], ASKED) is failed


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NoCredentialsError(), "the log: Unable to locate credentials"),
        (
            refusal("GetLogEvents", "AccessDeniedException"),
            "the log: An error occurred (AccessDeniedException) when calling the GetLogEvents operation: no",
        ),
    ],
)
def test_what_the_verdict_did_not_see_is_noted_with_the_reason(error: Exception, reason: str) -> None:
    unseen: list[str] = []
    none: list[str] = []

    def ask() -> list[str]:
        raise error

    assert optional_answer(unseen, "the log", ask, none) is none
    assert unseen == [reason]


GROUP, OTHER_GROUP = (f"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/{key}" for key in "12")


@pytest.mark.parametrize(
    ("present", "declared", "outcome"),
    [
        ([GROUP], [GROUP], Outcome.COMPLETED),
        ([GROUP], [OTHER_GROUP, GROUP], Outcome.COMPLETED),
        ([GROUP, OTHER_GROUP], [OTHER_GROUP], Outcome.COMPLETED),
        ([GROUP], [], Outcome.COMPLETED),
        ([OTHER_GROUP], [GROUP], Outcome.ELSEWHERE),
        ([], [GROUP], Outcome.ELSEWHERE),
    ],
)
def test_tasks_have_to_be_behind_a_declared_target_group(
    present: list[str], declared: list[str], outcome: Outcome
) -> None:
    balancers = [{"targetGroupArn": arn} for arn in present]
    answer = service(deployment("PRIMARY", ASKED, "COMPLETED", running=2)) | {"loadBalancers": balancers}
    assert judge(answer, ASKED, target_group_arns=declared).outcome is outcome
