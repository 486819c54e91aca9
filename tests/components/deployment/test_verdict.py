"""The wait for a deployment: what it asks of AWS, when it ends, and what it says meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.components.ecs_history import (
    AGAIN,
    ASKED,
    BEFORE,
    FIRST_FAILED,
    ROLLED_BACK,
    World,
    deployment,
    rolling,
    service,
    stopped,
)
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, TASK, WORKER

UNDER_WAY = service(deployment("PRIMARY", ASKED, "IN_PROGRESS", running=1))
COMPLETED = service(deployment("PRIMARY", ASKED, "COMPLETED", running=2))
OLD = service(deployment("PRIMARY", BEFORE, "COMPLETED", running=2))


def test_a_completed_deployment_is_not_waited_for() -> None:
    assert World(COMPLETED).wait() == []


def test_a_deployment_under_way_is_waited_for_and_told_of() -> None:
    aws = World(UNDER_WAY, UNDER_WAY, COMPLETED)
    assert aws.wait() == [3, 3]
    assert aws.said == ["shop:7: 1 of 2 tasks run (0 of at most 60 s)", "shop:7: 1 of 2 tasks run (3 of at most 60 s)"]


def test_the_deployment_before_may_be_shown_for_a_while_after_the_update() -> None:
    assert World(OLD, OLD, OLD, UNDER_WAY, COMPLETED).wait() == [3, 3, 3, 3]


def test_another_deployment_that_stays_is_the_verdict() -> None:
    aws = World(OLD)
    assert aws.verdict()[0] == "service 'shop': shop:7 was rolled back or replaced, the service runs shop:6"
    assert len(aws.said) == 5, "fifteen seconds"


def test_somebody_elses_deployment_is_named_with_its_image_and_is_no_rollback() -> None:
    aws = World(rolling(OLD), images={BEFORE: "registry/shop:hotfix"})
    assert aws.verdict() == [
        "service 'shop': somebody else deployed shop:6 in place of shop:7, with the image registry/shop:hotfix",
        AGAIN,
    ]
    assert len(aws.said) == 5, "fifteen seconds: ECS may still show the deployment before"


def test_the_target_group_before_may_be_shown_for_a_while_and_is_the_verdict_if_it_stays() -> None:
    behind_new = COMPLETED | {"loadBalancers": [{"targetGroupArn": "arn:tg"}]}
    behind_old = COMPLETED | {"loadBalancers": [{"targetGroupArn": "arn:old"}]}
    assert World(behind_old, behind_old, UNDER_WAY, behind_new).wait(target_group_arns=["arn:tg"]) == [3, 3, 3]
    aws = World(behind_old)
    assert aws.verdict(target_group_arns=["arn:tg"]) == [
        "service 'shop': shop:7 runs behind another target group than the declared one; run `pulumi up --refresh` to move it"
    ]
    assert len(aws.said) == 5, "fifteen seconds"


def test_a_deployment_that_gave_way_to_another_is_decided_at_once() -> None:
    aws = World(UNDER_WAY, OLD)
    assert aws.verdict()[0] == "service 'shop': shop:7 was rolled back or replaced, the service runs shop:6"
    assert len(aws.said) == 1


def test_a_rollback_is_told_at_once_with_the_log_of_the_task_that_failed() -> None:
    aws = World(UNDER_WAY, ROLLED_BACK, tasks=[stopped("Essential container in task exited", 3)])
    assert aws.verdict()[:6] == [
        "service 'shop': the deployment of shop:7 was rolled back to shop:6",
        "  deployment ecs-svc/7: ECS deployment circuit breaker: tasks failed to start.",
        "  task 0a1b: Essential container in task exited",
        "  container shop: exit code 3",
        "  last lines of shop-log:",
        "    no database",
    ]
    request = {"logGroupName": "shop-log", "logStreamName": "shop/shop/0a1b", "limit": 20, "startFromHead": False}
    assert aws.asked == [("get_log_events", request)]


def test_a_task_that_never_logged_is_no_trouble() -> None:
    aws = World(FIRST_FAILED, tasks=[stopped("CannotPullContainerError: not found")])
    assert not any("last lines" in line for line in aws.verdict(log_group="gone"))


def test_an_unhealthy_target_is_told_of() -> None:
    assert "  target 10.0.0.1:80: Health checks failed" in World(UNDER_WAY, ROLLED_BACK).verdict(
        target_group_arns=["arn:tg"]
    )


def test_the_wait_is_bounded() -> None:
    aws = World(UNDER_WAY)
    first = "service 'shop': the deployment was not complete after 60 s, shop:7: 1 of 2 tasks run"
    assert aws.verdict()[0] == first
    assert len(aws.said) == 20


@pytest.mark.parametrize("gone", [None, COMPLETED | {"status": "INACTIVE"}])
def test_a_service_that_is_gone_is_told_with_the_fix(gone: dict[str, Any] | None) -> None:
    sentence = (
        "service 'shop': shop:7 is not deployed: the service is gone; run `pulumi up --refresh` to create it again"
    )
    assert World(gone).verdict() == [sentence]


def test_a_stash_of_the_task_definition_waits_for_the_service() -> None:
    built = build(lambda: COMPONENTS["FargateService"]("shop", BEHIND_BALANCER))
    stash = built.one("pulumi:index:Stash", "shop-verdict")
    assert stash.inputs == {"input": built.one("service:Service", "shop").inputs["taskDefinition"]}
    assert {"Service shop", "TargetGroup shop"} <= stash.depends_on


@pytest.mark.parametrize(("kind", "args"), [("FargateService", TASK), ("QueueWorker", WORKER)])
def test_without_verdict_the_provider_waits_and_an_interrupted_update_rolls_back(
    kind: str, args: dict[str, Any]
) -> None:
    make: Callable[..., Any] = COMPONENTS[kind]
    built = build(lambda: make("shop", args | {"without_verdict": True}))
    inputs = built.one("service:Service", "shop").inputs
    assert built.of_type(":Stash") == []
    assert (inputs["waitForSteadyState"], inputs["sigintRollback"]) == (True, True)
