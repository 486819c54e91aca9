"""A service by the provider's data source: ECS's events give each deployment the state that the data source leaves out."""

from typing import Any, NamedTuple

import pytest
from pulumi_aws import ecs

from slipway.deployment._judgement import Judgement, Outcome, judge
from slipway.deployment._service_answer import MOST_EVENTS, service_answer
from tests.support.components.ecs_history import ASKED, BEFORE

OTHER = ASKED.replace("shop:7", "shop:9")
BEGUN, LATER, EARLIER = "2026-01-01T10:00:00Z", "2026-01-01T10:05:00Z", "2026-01-01T09:00:00Z"
COMPLETED_7 = "(service shop) (deployment ecs-svc/7) deployment completed."
COMPLETED_6 = "(service shop) (deployment ecs-svc/6) deployment completed."
FAILED_7 = "(service shop) (deployment ecs-svc/7) deployment failed: tasks failed to start."
BACK_TO_6 = "(service shop) rolling back to deployment ecs-svc/6."
BACK_TO_7 = "(service shop) rolling back to deployment ecs-svc/7."
STEADY = "(service shop) has reached a steady state."
STARTED = "(service shop) has started 1 tasks: (task 0a1b)."


def found(
    *deployments: tuple[str, str, str, int], events: list[str] | None = None, told_at: str = LATER
) -> ecs.GetServiceResult:
    """The data source's answer: deployments as status, id, task definition and running tasks; events, the newest first."""
    listed: list[Any] = [
        ecs.outputs.GetServiceDeploymentResult(
            created_at=BEGUN,
            desired_count=2,
            id=f"ecs-svc/{name}",
            pending_count=0,
            running_count=running,
            status=status,
            task_definition=definition,
            updated_at=LATER,
        )
        for status, name, definition, running in deployments
    ]
    told = [ecs.outputs.GetServiceEventResult(created_at=told_at, id="0", message=it) for it in events or []]
    return ecs.GetServiceResult(  # type: ignore[no-untyped-call]
        arn="arn:aws:ecs:eu-west-1:123456789012:service/main/shop",
        cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/main",
        status="ACTIVE",
        deployments=listed,
        events=told,
        load_balancers=[],
        deployment_configurations=[],
    )


class Look(NamedTuple):
    """One answer of the data source and its judgement."""

    answer: ecs.GetServiceResult
    judgement: Judgement


NEW, OLD = ("PRIMARY", "7", ASKED, 0), ("ACTIVE", "6", BEFORE, 2)
STILL = Judgement(Outcome.UNDER_WAY, "shop:7: 0 of 2 tasks run")
ROLLED_BACK = Judgement(Outcome.FAILED, "the deployment of shop:7 was rolled back to shop:6")
RUNS = Judgement(Outcome.COMPLETED, "shop:7 runs")
LOOKS: dict[str, Look] = {
    "it has begun": Look(found(NEW, OLD, events=[STARTED, STEADY, COMPLETED_6]), STILL),
    "it is the first one": Look(found(NEW, events=[STARTED]), STILL),
    "it runs for a moment, and no event says that it is over": Look(
        found(("PRIMARY", "7", ASKED, 2), events=[STARTED]), Judgement(Outcome.UNDER_WAY, "shop:7: 2 of 2 tasks run")
    ),
    "it completed": Look(found(NEW, events=[COMPLETED_7, STEADY, STARTED]), RUNS),
    "it completed, and the one before is still listed": Look(found(NEW, OLD, events=[COMPLETED_7, STEADY]), RUNS),
    "it failed with nothing to roll back to": Look(
        found(NEW, events=[FAILED_7, STARTED]),
        Judgement(Outcome.FAILED, "the deployment of shop:7 failed, with none before it to roll back to"),
    ),
    "ECS goes back": Look(
        found(("PRIMARY", "6", BEFORE, 2), ("ACTIVE", "7", ASKED, 0), events=[BACK_TO_6, FAILED_7, COMPLETED_6]),
        ROLLED_BACK,
    ),
    "ECS went back": Look(
        found(("PRIMARY", "6", BEFORE, 2), events=[STEADY, COMPLETED_6, BACK_TO_6, FAILED_7, COMPLETED_6]),
        ROLLED_BACK,
    ),
    "ECS went back, and that failed, too": Look(
        found(("PRIMARY", "6", BEFORE, 0), events=[FAILED_7.replace("/7", "/6"), STARTED, BACK_TO_6, COMPLETED_6]),
        ROLLED_BACK,
    ),
    "somebody else deployed": Look(
        found(("PRIMARY", "9", OTHER, 2), events=[STEADY, COMPLETED_7]),
        Judgement(Outcome.OTHERS, "somebody else deployed shop:9 in place of shop:7"),
    ),
    "somebody else's deployment failed, and ECS came back to ours": Look(
        found(("PRIMARY", "7", ASKED, 2), events=[COMPLETED_7, BACK_TO_7, COMPLETED_7]),
        Judgement(Outcome.COMPLETED, "shop:7 runs", came_back=True),
    ),
    "ECS is on its way back to ours": Look(
        found(("PRIMARY", "7", ASKED, 1), events=[BACK_TO_7, COMPLETED_7]),
        Judgement(Outcome.UNDER_WAY, "shop:7: 1 of 2 tasks run"),
    ),
    "another service's number begins alike": Look(
        found(("PRIMARY", "7", ASKED, 0), events=[COMPLETED_7.replace("ecs-svc/7", "ecs-svc/77")]), STILL
    ),
    "the only one, and steady since": Look(found(NEW, events=[STEADY]), RUNS),
    "the only one, and steady before it only": Look(found(NEW, events=[STEADY], told_at=EARLIER), STILL),
    "the only one, and its events are no longer kept": Look(found(NEW, events=[STARTED] * MOST_EVENTS), RUNS),
}


@pytest.mark.parametrize(("answer", "judgement"), LOOKS.values(), ids=LOOKS)
def test_events_tell_where_a_deployment_stands(answer: ecs.GetServiceResult, judgement: Judgement) -> None:
    assert judge(service_answer(answer), ASKED) == judgement


def test_a_deployment_of_no_tasks_is_over_without_an_event() -> None:
    answer = found(NEW)
    answer.deployments[0]["desired_count"] = 0
    assert judge(service_answer(answer), ASKED).outcome is Outcome.COMPLETED


def test_the_answer_has_the_words_of_describe_services() -> None:
    answer = service_answer(found(NEW, OLD, events=[BACK_TO_6]))
    assert answer["serviceArn"] == "arn:aws:ecs:eu-west-1:123456789012:service/main/shop"
    assert answer["strategy"] == "ROLLING", "ECS's default"
    assert answer["events"] == [{"message": BACK_TO_6, "createdAt": LATER}]
    assert answer["deployments"][1] == {
        "id": "ecs-svc/6",
        "status": "ACTIVE",
        "taskDefinition": BEFORE,
        "desiredCount": 2,
        "runningCount": 2,
        "createdAt": BEGUN,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": BACK_TO_6,
    }
