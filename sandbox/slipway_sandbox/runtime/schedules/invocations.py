"""Invokes the targets of all schedules at their times, tries again, and sets aside what nothing helped.

A time that passes while the sandbox is stopped is left out.
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from moto.scheduler.models import Schedule, ScheduleGroup, scheduler_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections import metrics
from slipway_sandbox.runtime.schedules.outcome import Failure
from slipway_sandbox.runtime.schedules.target import is_invoked
from slipway_sandbox.runtime.schedules.timing import Timing, timing_of

LONGEST_PAUSE_SECONDS = 60  # between two attempts; AWS says no more than "exponential backoff"
ATTEMPTS, AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"

log = logging.getLogger(__name__)


class Target(Protocol):
    """Where invocations go."""

    def invoke(self, schedule: Schedule, scheduled: datetime) -> Failure | None: ...

    def set_aside(self, schedule: Schedule, body: str, attributes: Mapping[str, str]) -> str | None: ...


@dataclass
class Invocation:
    """One time of a schedule, until its target took the call."""

    schedule: Schedule
    scheduled: datetime
    begun: datetime
    due: datetime
    retries: int = 0


@dataclass
class Watched:
    """A schedule, and its next time."""

    timing: Timing
    times: Iterator[datetime]
    next: datetime | None


class Schedules:
    """Every schedule of every account and region. `now` is the clock. Default: the sandbox's."""

    def __init__(self, target: Target, now: Callable[[], datetime] = clock.now) -> None:
        self._target, self._now = target, now
        self._since = now()
        self._watched: dict[str, Watched] = {}
        self._open: list[Invocation] = []
        self._told: set[str] = set()

    def tick(self) -> None:
        """Invoke what is due. Call it often."""
        now = self._now()
        alive = list(_schedules())
        for _, schedule in alive:
            self._book(schedule, now)
        arns = {schedule.arn for _, schedule in alive}
        self._watched = {arn: watched for arn, watched in self._watched.items() if arn in arns}
        pending, self._open = self._open, []
        for invocation in pending:
            if invocation.schedule.arn not in arns:
                continue  # deleted meanwhile
            if invocation.due > now or not self._attempt(invocation, now):
                self._open.append(invocation)
        for group, schedule in alive:
            self._complete(group, schedule)

    def _book(self, schedule: Schedule, now: datetime) -> None:
        """Add an invocation for each time that has come since the last look."""
        timing = timing_of(schedule)
        watched = self._watched.get(schedule.arn)
        if watched is None or watched.timing != timing:
            watched = self._watch(schedule, timing, is_new=watched is None)
        while watched.next is not None and watched.next <= now:
            scheduled, watched.next = watched.next, next(watched.times, None)
            if schedule.state == "ENABLED" and self._is_invoked(schedule):
                begun = timing.invoked_at(scheduled)
                self._open.append(Invocation(schedule, scheduled, begun, begun))

    def _watch(self, schedule: Schedule, timing: Timing, *, is_new: bool) -> Watched:
        """Begin with the first time after the schedule's creation or change, and after the sandbox's start."""
        written = schedule.creation_date if is_new else schedule.last_modified_date
        begin = max(self._since, datetime.fromtimestamp(float(written), UTC))
        times = timing.times()
        try:
            upcoming = next((moment for moment in times if moment >= begin), None)
        except (ValueError, KeyError) as error:  # moto takes any expression and any zone
            self._tell(schedule, f"never runs: {timing.expression} in {timing.time_zone}: {error}")
            upcoming = None
        watched = Watched(timing, times, upcoming)
        self._watched[schedule.arn] = watched
        return watched

    def _is_invoked(self, schedule: Schedule) -> bool:
        if is_invoked(schedule):
            return True
        self._tell(
            schedule,
            f"is not invoked: the sandbox starts ECS tasks and state machines only, and not {schedule.target['Arn']}",
        )
        return False

    def _attempt(self, invocation: Invocation, now: datetime) -> bool:
        """Invoke the target once; whether that was the end of it."""
        schedule = invocation.schedule
        _count(schedule, "InvocationAttemptCount")
        failure = self._target.invoke(schedule, invocation.scheduled)
        if failure is None:
            return True
        _count(schedule, "TargetErrorCount")
        policy = schedule.target["RetryPolicy"]
        pause = timedelta(seconds=min(2**invocation.retries, LONGEST_PAUSE_SECONDS))
        exhausted = ""
        if invocation.retries >= int(policy.get(ATTEMPTS, 185)):
            exhausted = ATTEMPTS
        elif now + pause - invocation.begun > timedelta(seconds=int(policy.get(AGE, 86400))):
            exhausted = AGE
        if not failure.is_permanent and not exhausted:
            invocation.retries += 1
            invocation.due = now + pause
            return False
        self._give_up(invocation, failure, "" if failure.is_permanent else exhausted)
        return True

    def _give_up(self, invocation: Invocation, failure: Failure, exhausted: str) -> None:
        schedule = invocation.schedule
        _count(schedule, "InvocationDroppedCount")
        lost = "it has no dead-letter queue"
        if schedule.target.get("DeadLetterConfig", {}).get("Arn"):
            attributes = _attributes(invocation, failure, exhausted)
            lost = self._target.set_aside(schedule, failure.request, attributes) or ""
            _count(
                schedule, "InvocationsFailedToBeSentToDeadLetterCount" if lost else "InvocationsSentToDeadLetterCount"
            )
        outcome = f"lost: {lost}" if lost else "set aside in the dead-letter queue"
        log.warning("schedule %s: %s: %s; %s", schedule.name, failure.code, failure.message, outcome)

    def _complete(self, group: ScheduleGroup, schedule: Schedule) -> None:
        """Delete a schedule after its last invocation, where it says so."""
        watched = self._watched.get(schedule.arn)
        is_over = watched is not None and watched.next is None
        is_open = any(invocation.schedule is schedule for invocation in self._open)
        ran = f"{schedule.arn} never runs" not in self._told
        if is_over and not is_open and ran and schedule.action_after_completion == "DELETE":
            group.delete_schedule(schedule.name)

    def _tell(self, schedule: Schedule, sentence: str) -> None:
        """Log a sentence about a schedule once."""
        key = f"{schedule.arn} {sentence.partition(':')[0]}"
        if key not in self._told:
            self._told.add(key)
            log.warning("schedule %s %s", schedule.name, sentence)


def _schedules() -> Iterator[tuple[ScheduleGroup, Schedule]]:
    for account in list(scheduler_backends.values()):
        for backend in list(account.values()):
            for group in list(backend.schedule_groups.values()):
                yield from ((group, schedule) for schedule in list(group.schedules.values()))


def _count(schedule: Schedule, metric: str) -> None:
    region, account = schedule.arn.split(":")[3:5]
    metrics.count(account, region, "AWS/Scheduler", metric, {"ScheduleGroup": schedule.group_name})


def _attributes(invocation: Invocation, failure: Failure, exhausted: str) -> dict[str, str]:
    """Attributes of a message in the dead-letter queue."""
    attributes = {
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "EXECUTION_ID": str(uuid.uuid4()),
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(invocation.retries),
        "SCHEDULED_TIME": invocation.scheduled.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": invocation.schedule.arn,
        "TARGET_ARN": str(invocation.schedule.target["Arn"]),
    }
    return attributes | ({"EXHAUSTED_RETRY_CONDITION": exhausted} if exhausted else {})
