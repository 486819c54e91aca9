"""Scheduled actions: when they are due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.applicationautoscaling.models import FakeScheduledAction

from slipway_sandbox.runtime.scaling.scheduled_actions import ScheduledActions
from tests.support.sandbox.schedules_cloud import BEGIN, Clock

FIVE = timedelta(minutes=5)


def action(schedule: str, **more: Any) -> FakeScheduledAction:
    """An action made at BEGIN, a Monday at eight o'clock UTC."""
    values: dict[str, Any] = {"timezone": None, "start_time": None, "end_time": None}
    made = FakeScheduledAction(
        service_namespace="ecs",
        schedule=schedule,
        scheduled_action_name="night",
        resource_id="service/main/work",
        scalable_dimension="ecs:service:DesiredCount",
        scalable_target_action="",
        account_id="123456789012",
        region="eu-west-1",
        **(values | more),
    )
    made.creation_time = BEGIN.timestamp()
    return made


@dataclass
class Watch:
    """A clock, and actions watched by it."""

    clock: Clock
    scheduled: ScheduledActions

    def pass_by(self, made: FakeScheduledAction, minutes: float) -> list[str]:
        """Let time pass with a look every half minute; the clock times at which the action was due."""
        due = []
        for _ in range(int(minutes * 2)):
            self.clock.move(seconds=30)
            due += [f"{self.clock():%H:%M:%S}" for _ in self.scheduled.due([made])]
        return due


@pytest.fixture
def watch() -> Watch:
    clock = Clock()
    return Watch(clock, ScheduledActions(clock))


def seconds(moment: datetime) -> float:
    return moment.timestamp()


TIMES = {
    "a cron expression": ("cron(10,40 8 * * ? *)", {}, ["08:10:00", "08:40:00"]),
    "stars in both fields of days": ("cron(10 8 * * * *)", {}, ["08:10:00"]),
    "seconds before the minutes": ("cron(30 10 8 * * ? *)", {}, ["08:10:00"]),
    "a time zone": ("cron(10 9 * * ? *)", {"timezone": "Europe/Berlin"}, ["08:10:00"]),
    "a rate counts from the creation": ("rate(20 minutes)", {}, ["08:20:00", "08:40:00"]),
    "a rate with a start runs at it and counts from it": (
        "rate(20 minutes)",
        {"start_time": seconds(BEGIN + FIVE)},
        ["08:05:00", "08:25:00", "08:45:00"],
    ),
    "a cron expression with a start runs at it, too": (
        "cron(10,40 8 * * ? *)",
        {"start_time": seconds(BEGIN + FIVE)},
        ["08:05:00", "08:10:00", "08:40:00"],
    ),
    "a start that has passed does not run": (
        "cron(40 8 * * ? *)",
        {"start_time": seconds(BEGIN - FIVE)},
        ["08:40:00"],
    ),
    "an end": ("rate(20 minutes)", {"end_time": seconds(BEGIN + timedelta(minutes=39))}, ["08:20:00"]),
    "at a time": ("at(2099-11-30T08:15:00)", {}, ["08:15:00"]),
    "at a time of a zone": ("at(2099-11-30T09:15:00)", {"timezone": "Europe/Berlin"}, ["08:15:00"]),
    "at a time that has passed": ("at(2099-11-30T07:15:00)", {}, []),
    "no expression": ("", {}, []),
    "an expression that does not exist": ("cron(never)", {}, []),
    "a zone that does not exist": ("cron(10 8 * * ? *)", {"timezone": "Europe/Slipway"}, []),
}


@pytest.mark.parametrize(("schedule", "more", "expected"), TIMES.values(), ids=TIMES)
def test_an_action_is_due_once_at_each_of_its_times(
    watch: Watch, schedule: str, more: dict[str, Any], expected: list[str]
) -> None:
    assert watch.pass_by(action(schedule, **more), minutes=45) == expected


def test_a_changed_action_begins_anew(watch: Watch) -> None:
    made = action("at(2099-11-30T08:15:00)")
    assert watch.pass_by(made, minutes=20) == ["08:15:00"]
    made.update("at(2099-11-30T08:25:00)", "UTC", "night", made.start_time, made.end_time, "")
    assert watch.pass_by(made, minutes=20) == ["08:25:00"]


def test_a_time_that_passed_before_the_action_was_there_does_not_run(watch: Watch) -> None:
    watch.clock.move(hours=1)
    assert watch.scheduled.due([]) == []
    assert watch.pass_by(action("at(2099-11-30T08:15:00)"), minutes=20) == []


def test_actions_are_due_in_the_order_of_their_times(watch: Watch) -> None:
    late, early = action("at(2099-11-30T08:15:00)"), action("at(2099-11-30T08:10:00)")
    late.arn = "late"
    watch.clock.move(minutes=20)
    assert watch.scheduled.due([late, early]) == [early, late]
