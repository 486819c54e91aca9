"""A schedule's task starts with exactly the rights of its role; with one less nothing starts, and the queue has the call."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.schedules.invocations import Schedules
from slipway_sandbox.runtime.schedules.target import Targets
from tests.support.sandbox.schedules_cloud import ACCOUNT, CLUSTER, FAMILY, GROUP, RIGHTS, Clock, Cloud, trust

OWN = trust(**{"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GROUP})


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud()


def begin(cloud: Cloud) -> Denials:
    """The schedule's one time comes; what was denied."""
    denials, clock = Denials(), Clock()
    schedules = Schedules(Targets(denials), clock)
    cloud.schedule("at(2099-11-30T08:10:00)")
    clock.move(minutes=11)
    schedules.tick()
    return denials


def letters(cloud: Cloud, url: str) -> list[dict[str, Any]]:
    answer = cloud.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    return list(answer.get("Messages", []))


def test_with_its_rights_a_task_starts_with_the_tags_of_its_definition(cloud: Cloud) -> None:
    url = cloud.fill(RIGHTS, OWN)
    assert begin(cloud).report() == {"denied": [], "not_judged": {}}
    [task] = cloud.tasks()
    shown = (task["taskDefinitionArn"], task["group"], task["startedBy"], task["tags"], task["launchType"])
    tags = [{"key": "team", "value": "shop"}]
    assert shown == (f"{FAMILY}:1", "family:report", "chronos-schedule/report", tags, "FARGATE")
    assert letters(cloud, url) == []


@pytest.mark.parametrize("missing", ["ecs:RunTask", "iam:PassRole", "ecs:TagResource"])
def test_without_one_of_them_nothing_starts_and_the_queue_gets_the_call(cloud: Cloud, missing: str) -> None:
    url = cloud.fill({action: rest for action, rest in RIGHTS.items() if action != missing}, OWN)
    denials = begin(cloud)
    assert cloud.tasks() == []
    assert [denial["action"] for denial in denials.report()["denied"]] == [missing]
    [letter] = letters(cloud, url)
    call = json.loads(letter["Body"])
    assert (call["cluster"], call["taskDefinition"], call["count"]) == (CLUSTER, f"{FAMILY}:1", 1)
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "AccessDeniedException"
    assert missing in attributes["ERROR_MESSAGE"]
    assert cloud.counted("AWS/Scheduler", "InvocationDroppedCount", ScheduleGroup="jobs") == 1.0


def test_without_the_right_to_send_the_call_is_lost_and_counted_so(cloud: Cloud) -> None:
    url = cloud.fill({"sqs:GetQueueUrl": RIGHTS["sqs:SendMessage"]}, OWN)
    begin(cloud)
    assert (cloud.tasks(), letters(cloud, url)) == ([], [])
    assert cloud.counted("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", ScheduleGroup="jobs") == 1.0


@pytest.mark.parametrize(
    "trusted",
    [trust(**{"aws:SourceArn": f"{GROUP}-2"}), trust(**{"aws:SourceAccount": "210987654321"})],
    ids=["another group", "another account"],
)
def test_a_role_that_does_not_trust_the_group_starts_nothing(cloud: Cloud, trusted: dict[str, Any]) -> None:
    url = cloud.fill(RIGHTS, trusted)
    begin(cloud)
    assert (cloud.tasks(), letters(cloud, url)) == ([], [])


def test_a_task_in_another_cluster_is_not_started(cloud: Cloud) -> None:
    cloud.client("ecs").create_cluster(clusterName="other")
    cloud.fill(
        RIGHTS
        | {"ecs:RunTask": {**RIGHTS["ecs:RunTask"], "Condition": {"ArnEquals": {"ecs:cluster": f"{CLUSTER}-2"}}}},
        OWN,
    )
    assert [denial["action"] for denial in begin(cloud).report()["denied"]] == ["ecs:RunTask"]
    assert cloud.tasks() == []


def test_a_task_definition_that_is_gone_is_an_error_of_the_target(cloud: Cloud) -> None:
    url = cloud.fill(RIGHTS, OWN)
    cloud.client("ecs").deregister_task_definition(taskDefinition="report:1")
    cloud.client("ecs").delete_task_definitions(taskDefinitions=["report:1"])
    begin(cloud)
    assert cloud.tasks() == []
    [letter] = letters(cloud, url)
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "ClientException"
