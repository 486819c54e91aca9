"""The state machine of a Job, with exactly its rights, on a clock: late runs, retries, overlaps, and starts that fail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws
from moto.core.exceptions import ServiceException

from slipway_sandbox import corrections
from slipway_sandbox.runtime.ecs import starting
from slipway_sandbox.runtime.executions import calls
from tests.support.components.job.job_machine import MACHINE, World
from tests.support.sandbox.schedules_cloud import ACCOUNT, REGION

EVERYTHING = {
    "timeout_seconds": 600,
    "skip_overlap": True,
    "retry_on_error": {"max_attempts": 2, "interval_seconds": 60, "exit_codes": [3]},
}


@pytest.fixture
def world() -> Iterator[World]:
    corrections.install()
    with mock_aws():
        yield World()


def test_a_run_that_ends_well_succeeds_with_the_rights_of_its_role_and_whatever_its_sidecar_does(world: World) -> None:
    world.deploy(EVERYTHING)
    arn = world.start()
    assert world.tasks() == [], "it waits until executions that started together see one another"
    world.later(5)
    [task] = world.tasks()
    assert (task.started_by, task.launch_type, task.tags) == (
        "AWS Step Functions",
        "FARGATE",
        [{"key": "team", "value": "shop"}],
    )
    world.end(0)
    assert world.shown(arn)[0] == "SUCCEEDED"
    assert (world.told(), world.letters(), world.denials.report()["denied"]) == ([], [], [])


def test_a_run_that_takes_too_long_is_stopped_and_the_execution_waits_for_its_end(world: World) -> None:
    world.deploy({"timeout_seconds": 600})
    arn = world.start()
    world.later(599)
    [task] = world.tasks()
    assert task.desired_status == "RUNNING"
    world.later(1)
    assert (task.desired_status, task.stopped_reason) == ("STOPPED", "The job took over 600 s")
    assert world.shown(arn)[0] == "RUNNING", "the container has its stop timeout"
    world.end(137)
    world.later(5)
    assert world.shown(arn) == ("FAILED", "Job.TimedOut", "the job took over 600 seconds and was stopped")
    assert (world.told(), world.letters(), len(world.tasks())) == (["error"], [], 1)


def test_a_late_run_beside_others_stops_its_own_task(world: World) -> None:
    world.deploy({"timeout_seconds": 600})
    world.start()
    world.later(300)
    world.start()
    world.later(300)
    assert [task.desired_status for task in world.tasks()] == ["STOPPED", "RUNNING"]


def test_an_exit_code_that_is_asked_for_is_tried_again_and_the_alarm_hears_of_the_last_run_only(world: World) -> None:
    world.deploy({"retry_on_error": {"max_attempts": 2, "interval_seconds": 60, "exit_codes": [3]}})
    arn = world.start()
    for count in (1, 2):
        world.end(3)
        world.later(59)
        assert len(world.tasks()) == count
        world.later(1)
        assert (len(world.tasks()), world.told()) == (count + 1, [])
    world.end(3)
    assert world.shown(arn) == ("FAILED", "Job.EndedWithError", "the main container ended with exit code 3")
    assert (world.told(), world.letters()) == (["error"], [])


def test_another_exit_code_is_not_tried_again(world: World) -> None:
    world.deploy({"retry_on_error": {"exit_codes": [3]}})
    arn = world.start()
    world.end(1)
    world.later(3600)
    assert (world.shown(arn)[1], len(world.tasks()), world.told()) == ("Job.EndedWithError", 1, ["error"])


def test_a_run_beside_another_one_is_skipped_and_told_so(world: World) -> None:
    world.deploy({"skip_overlap": True, "retry_on_error": {}})
    first = world.start()
    world.later(5)
    second = world.start()
    world.later(5)
    assert (world.shown(first)[0], world.shown(second)[0]) == ("RUNNING", "SUCCEEDED")
    assert (len(world.tasks()), world.told()) == (1, ["skipped"])
    world.end(1)
    third = world.start()
    world.later(30)
    assert (world.shown(third)[0], world.told()) == ("SUCCEEDED", ["skipped"]), "the first one waits for its retry"
    world.later(30)
    world.end(0)
    world.start()
    world.later(5)
    assert len(world.tasks()) == 3


def test_of_two_that_start_together_one_runs(world: World) -> None:
    world.deploy({"skip_overlap": True})
    states = world.client("stepfunctions")
    arns = [states.start_execution(stateMachineArn=MACHINE)["executionArn"] for _ in range(2)]
    world.later(0)
    world.later(5)
    assert [world.shown(arn)[0] for arn in arns] == ["RUNNING", "SUCCEEDED"]
    assert len(world.tasks()) == 1


def test_a_task_that_somebody_else_started_counts_as_a_run(world: World) -> None:
    world.deploy({"skip_overlap": True})
    call: starting.RunTask = {"cluster": "main", "taskDefinition": "report", "count": 1, "launchType": "FARGATE"}
    call["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    starting.run(call, ACCOUNT, REGION, "chronos-schedule/report")
    arn = world.start()
    world.later(5)
    assert (world.shown(arn)[0], len(world.tasks()), world.told()) == ("SUCCEEDED", 1, ["skipped"])


@pytest.mark.parametrize(
    "missing",
    [
        "ecs:RunTask",
        "iam:PassRole",
        "ecs:TagResource",
        "events:PutRule",
        "events:PutTargets",
        "ecs:ListTasks",
        "states:ListExecutions",
    ],
)
def test_without_one_of_the_rights_nothing_starts_and_the_queue_has_the_call(world: World, missing: str) -> None:
    world.deploy(EVERYTHING, without=missing)
    arn = world.start()
    for _ in range(6):
        world.later(5)
    assert (world.tasks(), world.told()) == ([], ["unstarted"])
    [letter] = world.letters()
    assert (letter["execution"], letter["input"]) == (arn, {})
    assert missing in letter["cause"]
    assert world.shown(arn)[:2] == ("FAILED", "Job.NotStarted")


def test_a_container_that_never_ran_is_no_start(world: World) -> None:
    world.deploy({"retry_on_error": {}})
    arn = world.start()
    world.end(None)
    world.later(3600)
    assert (world.shown(arn)[1], world.told(), len(world.letters())) == ("Job.NotStarted", ["unstarted"], 1)


def test_missing_capacity_is_tried_again_and_then_set_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCapacityError(ServiceException):
        code, message = "ServerException", "Capacity is unavailable at this time"

    begun: list[datetime] = []

    def no_capacity(*_: object) -> list[Any]:
        begun.append(world.clock())
        raise NoCapacityError

    world.deploy({"retry_on_error": {}, "maximum_retry_attempts": 3})
    monkeypatch.setattr(calls, "run", no_capacity)
    arn = world.start()
    for _ in range(20):
        world.later(1)
    assert [(moment - begun[0]).seconds for moment in begun] == [0, 1, 3, 7]
    assert world.shown(arn) == ("FAILED", "Job.NotStarted", "Capacity is unavailable at this time")
    assert (world.told(), [letter["error"] for letter in world.letters()]) == (["unstarted"], ["ECS.ServerException"])


def test_an_execution_that_is_stopped_stops_its_task(world: World) -> None:
    world.deploy({"timeout_seconds": 600})
    arn = world.start()
    world.client("stepfunctions").stop_execution(executionArn=arn)
    world.later(1)
    assert (world.shown(arn)[0], world.tasks()[0].desired_status) == ("ABORTED", "STOPPED")


def test_the_history_tells_what_happened(world: World) -> None:
    world.deploy({"retry_on_error": {}})
    arn = world.start()
    world.end(0)
    events = world.client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskFailed",
        "TaskStateExited",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "PassStateEntered",
        "PassStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "SucceedStateEntered",
        "SucceedStateExited",
        "ExecutionSucceeded",
    ], "the proxy was killed, and the main container's exit code decides"
    assert events[0]["timestamp"] == datetime(2099, 11, 30, 8, tzinfo=UTC)
