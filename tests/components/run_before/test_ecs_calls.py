"""Calls about what runs before a roll-out: which tasks are asked for, what a start sends, and which errors may pass."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from slipway.run_before._course import NotAnsweredError, Started
from slipway.run_before._ecs_calls import EcsCalls
from tests.support.components.run_before.tasks import BY_HAND, CLUSTER, FAMILY, WANTED, arn, task

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


class GoneError(Exception):
    """What boto3 raises for a log stream that is not there."""


class Aws:
    """A session of boto3: both clients are this object."""

    exceptions = SimpleNamespace(ResourceNotFoundException=GoneError)

    def __init__(self, *tasks: dict[str, Any]) -> None:
        self.shown = list(tasks)
        self.started: list[dict[str, Any]] = [{"taskArn": arn("9"), "createdAt": NOW}]
        self.failures: list[dict[str, str]] = []
        self.lines: list[list[str] | Exception] = [[]]
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None

    def client(self, service: str, config: object) -> "Aws":
        return self

    def get_paginator(self, operation: str) -> "Aws":
        assert operation == "list_tasks"
        return self

    def paginate(self, **by: Any) -> Iterator[dict[str, Any]]:
        """One task a page."""
        if self.error is not None:
            raise self.error
        self.asked.append(("list_tasks", by))
        is_stopped = by.get("desiredStatus") == "STOPPED"
        for it in self.shown:
            if (it["lastStatus"] == "STOPPED") == is_stopped and by.get("startedBy") in (None, it["startedBy"]):
                yield {"taskArns": [it["taskArn"]]}

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert len(tasks) <= 100, "DescribeTasks takes no more"
        return {"tasks": [it for it in self.shown if it["taskArn"] in tasks]}

    def run_task(self, **request: Any) -> dict[str, Any]:
        self.asked.append(("run_task", request))
        headers = {"date": "Mon, 30 Nov 2026 10:00:00 GMT"}
        tasks = [] if self.failures else self.started
        return {"tasks": tasks, "failures": self.failures, "ResponseMetadata": {"HTTPHeaders": headers}}

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        self.asked.append(("get_log_events", request))
        answer = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(answer, Exception):
            raise answer
        return {"events": [{"message": line} for line in answer]}

    def calls(self) -> EcsCalls:
        return EcsCalls(WANTED, self)


def found(aws: Aws, *arns: str) -> list[str]:
    """Ids of the tasks that a look finds."""
    return sorted(it["taskArn"].rpartition("/")[2] for it in asyncio.run(aws.calls().tasks(arns)))


def test_a_look_finds_what_ran_before_roll_outs_and_the_same_command_by_hand() -> None:
    aws = Aws(
        task("ours"),
        task("stopped", "STOPPED", 0),
        task("same-by-hand", **BY_HAND),
        task("other-by-hand", command=["./check"], **BY_HAND),
        task("stopped-by-hand", "STOPPED", 0, **BY_HAND),
        task("of-the-service", startedBy="ecs-svc/1"),
        task("stopped-of-the-service", "STOPPED", 0, startedBy="ecs-svc/1"),
    )
    assert found(aws) == ["ours", "same-by-hand", "stopped"]
    # StartedBy has to be the only filter; the last question is for what has stopped between the others.
    assert [by for _, by in aws.asked] == [
        {"cluster": CLUSTER, "startedBy": "slipway-run/api-1234567"},
        {"cluster": CLUSTER, "startedBy": "slipway-run-before/api-1234567"},
        {"cluster": CLUSTER, "family": "api-1234567", "desiredStatus": "STOPPED"},
    ]


def test_a_look_asks_for_a_hundred_tasks_at_a_time() -> None:
    stopped = [task(f"{number:03}", "STOPPED", 0) for number in range(250)]
    assert len(found(Aws(*stopped))) == 250


def test_a_start_sends_the_service_s_own_settings() -> None:
    aws = Aws()
    assert asyncio.run(aws.calls().start("token")) == Started(arn("9"))
    assert aws.asked == [
        (
            "run_task",
            {
                "cluster": CLUSTER,
                "taskDefinition": f"{FAMILY}5",
                "launchType": "FARGATE",
                "count": 1,
                "networkConfiguration": {"awsvpcConfiguration": WANTED.network},
                "overrides": {"containerOverrides": [{"name": "api", "command": ["python", "manage.py", "migrate"]}]},
                "startedBy": "slipway-run-before/api-1234567",
                "clientToken": "token",
                "enableECSManagedTags": True,
                "enableExecuteCommand": False,
                "propagateTags": "TASK_DEFINITION",
            },
        )
    ]


def test_a_start_of_long_ago_is_told_from_a_new_one_by_aws_s_clock() -> None:
    aws = Aws()
    aws.started = [{"taskArn": arn("1"), "createdAt": NOW - timedelta(hours=2)}]
    assert asyncio.run(aws.calls().start("token")) == Started(arn("1"), is_old=True)


def test_want_of_capacity_may_pass_and_another_failure_ends_the_update() -> None:
    aws = Aws()
    aws.failures = [{"reason": "Capacity is unavailable at this time."}]
    assert asyncio.run(aws.calls().start("token")) == Started(reason="Capacity is unavailable at this time.")
    aws.failures = [{"reason": "MISSING"}]
    with pytest.raises(pulumi.RunError, match=r"^FargateService 'api': ECS does not start run_before: MISSING$"):
        asyncio.run(aws.calls().start("token"))


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "ListTasks")


def test_errors_that_may_pass_are_told_from_those_that_stay() -> None:
    aws = Aws()
    for passing in (refused("ThrottlingException"), refused("ServerException"), ReadTimeoutError(endpoint_url="x")):
        aws.error = passing
        with pytest.raises(NotAnsweredError):
            found(aws)
    aws.error = refused("AccessDeniedException")
    with pytest.raises(pulumi.RunError) as caught:
        found(aws)
    assert str(caught.value) == (
        "FargateService 'api': run_before cannot run: An error occurred (AccessDeniedException) when calling the ListTasks "
        "operation: no; give credentials with ecs:RunTask, ecs:ListTasks, ecs:DescribeTasks, ecs:TagResource, "
        "logs:GetLogEvents, and iam:PassRole on the service's two roles, in the environment or by run_before.role_arn"
    )


def test_the_log_is_the_main_container_s_and_may_not_be_there_yet() -> None:
    aws = Aws()
    aws.lines = [GoneError(), ["no database"]]
    assert asyncio.run(aws.calls().last_lines(task("1", "STOPPED", 3))) == ([], "")
    assert asyncio.run(aws.calls().last_lines(task("1", "STOPPED", 3))) == (["no database"], "")
    request = {"logGroupName": "api-1234567", "logStreamName": "api/api/1", "limit": 20, "startFromHead": False}
    assert aws.asked == [("get_log_events", request)] * 2


def test_a_log_that_nobody_may_read_gives_the_reason() -> None:
    aws = Aws()
    aws.lines = [refused("AccessDeniedException")]
    lines, reason = asyncio.run(aws.calls().last_lines(task("1", "STOPPED", 3)))
    assert (lines, "AccessDeniedException" in reason) == ([], True)
