"""Schedules in the sandbox: when targets are invoked, how often a start is tried, and what becomes of the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.scheduler.models import Schedule

from slipway_sandbox import corrections
from slipway_sandbox.runtime.schedules.invocations import Schedules
from slipway_sandbox.runtime.schedules.outcome import Failure
from slipway_sandbox.runtime.schedules.timing import timing_of
from tests.support.sandbox.schedules_cloud import BEGIN, CLUSTER, DEAD, GROUP, Clock, Cloud

THROTTLED = Failure("ThrottlingException", "Rate exceeded", is_permanent=False, request='{"count": 1}')
DENIED = Failure("AccessDeniedException", "not authorized", is_permanent=True)


@dataclass
class Recorder:
    """A target that keeps when it was invoked, and fails as told."""

    clock: Clock
    failure: Failure | None = None
    invoked: list[datetime] = field(default_factory=list)
    letters: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def invoke(self, schedule: Schedule, scheduled: datetime) -> Failure | None:
        self.invoked.append(self.clock())
        return self.failure

    def set_aside(self, schedule: Schedule, body: str, attributes: Mapping[str, str]) -> str | None:
        self.letters.append((body, attributes))
        return None


@dataclass
class World:
    cloud: Cloud
    clock: Clock
    target: Recorder
    schedules: Schedules

    def pass_by(self, minutes: float, step_seconds: float = 30) -> list[str]:
        """Let time pass, with a look every few seconds; the clock times of all invocations so far."""
        end = self.clock() + timedelta(minutes=minutes)
        self.schedules.tick()
        while self.clock() < end:
            self.clock.move(seconds=step_seconds)
            self.schedules.tick()
        return [f"{moment:%H:%M:%S}" for moment in self.target.invoked]


@pytest.fixture
def world() -> Iterator[World]:
    corrections.install()
    with mock_aws():
        clock = Clock()
        target = Recorder(clock)
        yield World(Cloud(), clock, target, Schedules(target, clock))


def test_a_cron_schedule_is_invoked_at_its_times_and_once_at_each(world: World) -> None:
    world.cloud.schedule("cron(10,40 8 * * ? *)")
    assert world.pass_by(60) == ["08:10:00", "08:40:00"]


def test_a_rate_without_a_start_is_invoked_at_once_and_then_after_each_interval(world: World) -> None:
    world.cloud.schedule("rate(20 minutes)")
    assert world.pass_by(45) == ["08:00:00", "08:20:00", "08:40:00"]


def test_a_rate_with_a_start_counts_from_it(world: World) -> None:
    world.cloud.schedule("rate(20 minutes)", StartDate=BEGIN + timedelta(minutes=5))
    assert world.pass_by(30) == ["08:05:00", "08:25:00"]


def test_an_at_is_invoked_once_in_its_zone(world: World) -> None:
    world.cloud.schedule("at(2099-11-30T09:15:00)", ScheduleExpressionTimezone="Europe/Berlin")
    assert world.pass_by(120) == ["08:15:00"]


def test_an_at_that_has_passed_is_quiet(world: World) -> None:
    world.cloud.schedule("at(2099-11-30T07:00:00)")
    assert world.pass_by(60) == []


def test_nothing_is_invoked_before_the_start_and_after_the_end(world: World) -> None:
    bounds = {"StartDate": BEGIN + timedelta(minutes=15), "EndDate": BEGIN + timedelta(minutes=35)}
    world.cloud.schedule("cron(0/10 * * * ? *)", **bounds)
    assert world.pass_by(60) == ["08:20:00", "08:30:00"]


def test_within_a_flexible_window_the_moment_is_the_same_however_often_one_looks(world: World) -> None:
    made = world.cloud.schedule("cron(10 8 * * ? *)", window={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15})
    scheduled = BEGIN + timedelta(minutes=10)
    moment = timing_of(made).invoked_at(scheduled)
    assert scheduled <= moment < scheduled + timedelta(minutes=15)
    assert world.pass_by(30, step_seconds=1) == [f"{moment:%H:%M:%S}"]


def test_a_disabled_schedule_is_not_invoked_and_makes_up_for_nothing_later(world: World) -> None:
    made = world.cloud.schedule("cron(0/10 * * * ? *)", State="DISABLED")
    assert world.pass_by(25) == []
    made.state = "ENABLED"
    assert world.pass_by(10) == ["08:30:00"]


def test_a_time_while_the_sandbox_was_stopped_is_left_out(world: World) -> None:
    world.cloud.schedule("rate(10 minutes)")
    world.clock.move(minutes=25)
    again = Schedules(world.target, world.clock)
    again.tick()
    world.clock.move(minutes=5)
    again.tick()
    assert [f"{moment:%H:%M}" for moment in world.target.invoked] == ["08:30"]


def test_a_changed_expression_counts_from_the_change_on(world: World) -> None:
    made = world.cloud.schedule("cron(30 8 * * ? *)")
    world.pass_by(15)
    made.schedule_expression, made.last_modified_date = "cron(5,20 8 * * ? *)", world.clock().timestamp()
    assert world.pass_by(30) == ["08:20:00"]


@pytest.mark.parametrize(("action", "left"), [("DELETE", []), ("NONE", ["report"])])
@pytest.mark.parametrize("expression", ["at(2099-11-30T08:10:00)", "cron(10 8 30 11 ? 2099)"])
def test_a_schedule_goes_after_its_last_invocation_where_it_says_so(
    world: World, expression: str, action: str, left: list[str]
) -> None:
    world.cloud.schedule(expression, ActionAfterCompletion=action)
    world.pass_by(5)
    assert world.cloud.names() == ["report"]
    assert world.pass_by(10) == ["08:10:00"]
    assert world.cloud.names() == left


def test_a_start_is_tried_again_until_the_attempts_are_used_up(world: World) -> None:
    world.target.failure = THROTTLED
    world.cloud.schedule("at(2099-11-30T08:10:00)", target=policy(attempts=3, age_seconds=3600))
    assert world.pass_by(15, step_seconds=1) == ["08:10:00", "08:10:01", "08:10:03", "08:10:07"]
    [(body, attributes)] = world.target.letters
    assert body == '{"count": 1}'
    assert dict(attributes) == {
        "ERROR_CODE": "ThrottlingException",
        "ERROR_MESSAGE": "Rate exceeded",
        "EXECUTION_ID": attributes["EXECUTION_ID"],
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "3",
        "SCHEDULED_TIME": "2099-11-30T08:10:00Z",
        "SCHEDULE_ARN": GROUP.replace("schedule-group", "schedule") + "/report",
        "TARGET_ARN": CLUSTER,
    }


def test_a_start_is_tried_again_until_it_is_too_old(world: World) -> None:
    world.target.failure = THROTTLED
    world.cloud.schedule("at(2099-11-30T08:10:00)", target=policy(attempts=185, age_seconds=60))
    assert len(world.pass_by(15, step_seconds=1)) == 6  # after 0, 1, 3, 7, 15 and 31 seconds
    assert world.target.letters[0][1]["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_refused_start_is_not_tried_again_and_counted_for_its_group(world: World) -> None:
    world.target.failure = DENIED
    world.cloud.schedule("at(2099-11-30T08:10:00)")
    assert world.pass_by(15) == ["08:10:00"]
    [(_, attributes)] = world.target.letters
    assert (attributes["RETRY_ATTEMPTS"], "EXHAUSTED_RETRY_CONDITION" in attributes) == ("0", False)
    names = ("InvocationAttemptCount", "TargetErrorCount", "InvocationDroppedCount", "InvocationsSentToDeadLetterCount")
    counts = [world.cloud.counted("AWS/Scheduler", name, ScheduleGroup="jobs") for name in names]
    assert counts == [1.0, 1.0, 1.0, 1.0]


def test_a_start_that_succeeds_at_last_is_dropped_nowhere(world: World) -> None:
    world.target.failure = THROTTLED
    world.cloud.schedule("at(2099-11-30T08:10:00)")
    world.pass_by(10, step_seconds=1)
    world.target.failure = None
    assert world.pass_by(5, step_seconds=1) == ["08:10:00", "08:10:01"]
    assert world.cloud.counted("AWS/Scheduler", "InvocationDroppedCount", ScheduleGroup="jobs") == 0.0
    assert world.target.letters == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"expression": "cron(nonsense)"}, "schedule report never runs: cron(nonsense) in UTC: "),
        (
            {"expression": "rate(1 hour)", "target": {"Arn": DEAD, "EcsParameters": None}},
            "schedule report is not invoked: ",
        ),
    ],
    ids=["no expression", "another target"],
)
def test_a_schedule_that_the_sandbox_cannot_run_is_named_once_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture, given: dict[str, Any], says: str
) -> None:
    world.cloud.schedule(**given)
    assert world.pass_by(130) == []
    assert [record.getMessage()[: len(says)] for record in caplog.records] == [says]


def policy(attempts: int, age_seconds: int) -> dict[str, Any]:
    return {"RetryPolicy": {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": age_seconds}}
