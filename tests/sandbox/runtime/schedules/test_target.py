"""A schedule's task starts with exactly the rights of its role; with one less nothing starts, and the queue has the call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.schedules.invocations import Schedules
from slipway_sandbox.runtime.schedules.target import Targets
from tests.support.sandbox.schedules_cloud import ACCOUNT, CLUSTER, FAMILY, GROUP, REGION, RIGHTS, Clock, Cloud, trust

OWN = trust(**{"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GROUP})


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud()


def begin(cloud: Cloud, target: Mapping[str, Any] = {}) -> Denials:
    """The schedule's one time comes; what was denied."""
    denials, clock = Denials(), Clock()
    schedules = Schedules(Targets(denials), clock)
    cloud.schedule("at(2099-11-30T08:10:00)", target=target)
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


MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:report"
OF_MACHINE = {
    "Arn": MACHINE,
    "EcsParameters": None,
    "Input": '{"scheduled": "<aws.scheduler.scheduled-time>"}',
}


@pytest.mark.parametrize(("right", "count"), [("states:StartExecution", 1), ("states:StopExecution", 0)])
def test_an_execution_starts_with_its_time_and_without_the_right_the_queue_has_the_call(
    cloud: Cloud, right: str, count: int
) -> None:
    url = cloud.fill({right: {"Resource": MACHINE}, "sqs:SendMessage": RIGHTS["sqs:SendMessage"]}, OWN)
    states = cloud.client("stepfunctions")
    role = f"arn:aws:iam::{ACCOUNT}:role/report"
    states.create_state_machine(name="report", definition="{}", roleArn=role)
    begin(cloud, OF_MACHINE)
    started = states.list_executions(stateMachineArn=MACHINE)["executions"]
    inputs = [json.loads(states.describe_execution(executionArn=it["executionArn"])["input"]) for it in started]
    assert inputs == [{"scheduled": "2099-11-30T08:10:00Z"}] * count
    assert [json.loads(it["Body"]) for it in letters(cloud, url)] == [
        {"stateMachineArn": MACHINE, "input": '{"scheduled": "2099-11-30T08:10:00Z"}'}
    ] * (1 - count)
