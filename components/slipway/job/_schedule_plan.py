"""The schedule of a job: its expression, its bounds, its retries and its words, checked. Reads no clock.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile

from slipway.common import ArgumentError, Arguments, check_schedule_expression, check_time_zone
from slipway.schedules import runs

TIME_ZONE = "UTC"
RETRY_ATTEMPTS = 185  # what Scheduler allows, and its default
EVENT_AGE_SECONDS = 3600  # a start that comes later is somebody's decision
EVENT_AGE_BOUNDS_SECONDS = (60, 86400)
LONGEST_WINDOW_MINUTES = 1440
MOST_OVERDUE_HOURS = 168  # an alarm looks back at most 7 days
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # the pauses of a schedule are the same from any time on
A_YEAR = timedelta(days=400)  # and a month of the next
YEAR_ZERO = datetime(1970, 1, 2, tzinfo=UTC)  # before the first year of cron


@dataclass(frozen=True)
class SchedulePlan:
    """A checked schedule with every default filled in."""

    expression: str
    time_zone: str
    start_date: str | None
    end_date: str | None
    window_minutes: int | None
    is_paused: bool
    retry_attempts: int
    event_age_seconds: int
    overdue_hours: int | None
    """Hours without a success until the job is overdue; None for a schedule whose pauses an alarm cannot watch."""

    @property
    def words(self) -> str:
        """The schedule and its rule for changes of the clocks, as a sentence."""
        kind = self.expression.partition("(")[0]
        if kind == "rate":
            begin = f"from {self.start_date}" if self.start_date else "from its creation, at once"
            return f"{self.expression} {begin}; a day is 24 hours, also when the clocks change"
        place = f"{self.expression} in {self.time_zone}"
        if self.time_zone == TIME_ZONE:
            return f"{place}, whose clocks never change"
        if kind == "at":
            return f"{place}, once"
        return f"{place}; a time that the clocks skip does not run, and one that comes twice runs once"


def schedule_plan(arguments: Arguments) -> SchedulePlan:
    """Check the schedule of a job. Raises ArgumentError."""
    expression, zone = arguments.text("schedule"), arguments.text("time_zone", TIME_ZONE)
    check_schedule_expression(arguments.who, "schedule", expression)
    check_time_zone(arguments.who, "time_zone", zone)
    is_once = expression.startswith("at(")
    for key in ("start_date", "end_date", "overdue_hours"):
        if is_once and arguments.has(key):
            raise arguments.error(key, f"goes with cron and rate, got {expression}; leave {key} out")
    if expression.startswith("rate(") and arguments.has("time_zone"):
        raise arguments.error("time_zone", f"goes with cron and at, got {expression}; leave it out")
    if not is_once and next(runs(expression, TIME_ZONE, YEAR_ZERO), None) is None:
        raise arguments.error("schedule", f"must have a time that comes, got {expression}; look at its day and month")
    start, end = date(arguments, "start_date"), date(arguments, "end_date")
    if start is not None and end is not None and start >= end:
        raise ArgumentError(f"{arguments.who}: end_date must be later than start_date, {start}, got {end}; move one")
    arguments.goes_with("overdue_hours", "alarm_topic_arn")
    overdue = arguments.optional_whole_number("overdue_hours", 1, MOST_OVERDUE_HOURS)
    return SchedulePlan(
        expression=expression,
        time_zone=zone,
        start_date=start,
        end_date=end,
        window_minutes=arguments.optional_whole_number("flexible_window_minutes", 1, LONGEST_WINDOW_MINUTES),
        is_paused=arguments.flag("paused"),
        retry_attempts=arguments.whole_number("maximum_retry_attempts", 0, RETRY_ATTEMPTS, RETRY_ATTEMPTS),
        event_age_seconds=arguments.whole_number(
            "maximum_event_age_seconds", *EVENT_AGE_BOUNDS_SECONDS, default=EVENT_AGE_SECONDS
        ),
        overdue_hours=overdue if overdue is not None else hours_until_overdue(expression),
    )


def date(arguments: Arguments, key: str) -> str | None:
    """A time in UTC as the AWS provider writes it. Raises ArgumentError."""
    value = arguments.optional_text(key)
    if value is None:
        return None
    if not DATE.fullmatch(value) or not is_time(value):
        rule = "must be a time in UTC that exists, as in 2026-12-01T00:00:00Z"
        raise arguments.error(key, f"{rule}, got {value!r}; write it so")
    return value


def is_time(value: str) -> bool:
    """Whether the calendar has this time."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def hours_until_overdue(expression: str) -> int | None:
    """One hour more than the longest pause between two runs, in whole hours; None beyond what an alarm watches."""
    if expression.startswith("at("):
        return None
    # At one minute of each hour: the pauses are no shorter, and there are few runs to look at.
    hourly = re.sub(r"^cron\(\S+", "cron(0", expression)
    times = takewhile(lambda moment: moment < ANY_TIME + A_YEAR, runs(hourly, TIME_ZONE, ANY_TIME))
    longest = max((later - sooner for sooner, later in pairwise(times)), default=A_YEAR)
    hours = -(-longest // timedelta(hours=1)) + 1
    return hours if hours <= MOST_OVERDUE_HOURS else None
