"""When a schedule of moto's is due. Reads no clock.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from moto.scheduler.models import Schedule

from slipway_sandbox.runtime.schedules.schedule_times import runs


@dataclass(frozen=True)
class Timing:
    """Expression and bounds of a schedule."""

    arn: str
    expression: str
    time_zone: str
    start: datetime
    end: datetime | None
    window: timedelta

    def times(self) -> Iterator[datetime]:
        """Every time of the schedule, in order."""
        for moment in runs(self.expression, self.time_zone, self.start):
            if self.end is not None and moment > self.end:
                return
            yield moment

    def invoked_at(self, scheduled: datetime) -> datetime:
        """The moment within the flexible window; AWS chooses any, and the sandbox the same one each time it is asked."""
        seconds = int(self.window.total_seconds())
        if not seconds:
            return scheduled
        digest = hashlib.sha256(f"{self.arn} {scheduled.isoformat()}".encode()).digest()
        return scheduled + timedelta(seconds=int.from_bytes(digest[:8]) % seconds)


def timing_of(schedule: Schedule) -> Timing:
    """The timing of moto's schedule. A schedule that runs once has neither start nor end."""
    created = datetime.fromtimestamp(float(schedule.creation_date), UTC)
    is_once = schedule.schedule_expression.startswith("at(")
    start, end = (None, None) if is_once else (_moment(schedule.start_date), _moment(schedule.end_date))
    if start is None or (start < created and not schedule.schedule_expression.startswith("rate(")):
        start = created
    return Timing(
        arn=schedule.arn,
        expression=schedule.schedule_expression,
        time_zone=schedule.schedule_expression_timezone,
        start=start,
        end=end,
        window=timedelta(minutes=int(schedule.flexible_time_window.get("MaximumWindowInMinutes") or 0)),
    )


def _moment(date: object) -> datetime | None:
    """A date as the API carries it: seconds since 1970."""
    return None if date is None else datetime.fromtimestamp(float(str(date)), UTC)
