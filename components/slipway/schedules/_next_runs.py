"""The next runs of a schedule, for people and programs: `slipway.next_runs` and `slipway.unless_passed`.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import dropwhile, islice
from zoneinfo import ZoneInfo

from slipway.common import ArgumentError, check_schedule_expression, check_time_zone

from ._schedule_times import runs


def next_runs(
    schedule: str, after: datetime, count: int, time_zone: str = "UTC", start_date: datetime | None = None
) -> Sequence[datetime]:
    """The next `count` times of a schedule after a time, in its time zone; fewer where it ends before.

    A rate counts from `start_date`; without one it is new, and its first run is at `after`. Example::

        from datetime import UTC, datetime
        from slipway import next_runs

        now = datetime(2026, 3, 28, 12, tzinfo=UTC)
        [skipped] = next_runs("cron(30 2 * * ? *)", after=now, count=1, time_zone="Europe/Berlin")
        print(skipped)  # 2026-03-30 02:30:00+02:00, as 02:30 does not exist on the 29th

    Raises ArgumentError on a wrong schedule, an unknown time zone, and a time without a zone.
    """
    check_schedule_expression("next_runs", "schedule", schedule)
    check_time_zone("next_runs", "time_zone", time_zone)
    for argument, moment in (("after", after), ("start_date", start_date)):
        if moment is not None and moment.tzinfo is None:
            rule = "must have a time zone"
            raise ArgumentError(f"next_runs: {argument} {rule}, got {moment}; add tzinfo=datetime.UTC")
    begin = after.astimezone(UTC) if start_date is None else start_date.astimezone(UTC)
    is_new_rate = schedule.startswith("rate(") and start_date is None
    times = runs(schedule, time_zone, begin)
    later = times if is_new_rate else dropwhile(lambda moment: moment <= after, times)
    return [moment.astimezone(ZoneInfo(time_zone)) for moment in islice(later, count)]


def unless_passed(date: str, now: datetime | None = None) -> str | None:
    """The date, or None once it has passed: for `start_date` of a Job, which AWS may refuse in updates after it.

    It reads the clock, so call it in the program. The update after the date takes the date off the schedule, once. Example::

        from datetime import UTC, datetime
        from slipway import unless_passed

        unless_passed("2026-12-01T00:00:00Z", now=datetime(2027, 1, 1, tzinfo=UTC))  # None

    Raises ArgumentError on text that is no time in UTC.
    """
    try:
        moment = datetime.fromisoformat(date)
    except ValueError as error:
        rule = "must be a time in UTC, as in 2026-12-01T00:00:00Z"
        raise ArgumentError(f"unless_passed: date {rule}, got {date!r}; {error}") from error
    if moment.tzinfo is None:
        raise ArgumentError(f"unless_passed: date must end with Z, got {date!r}; write {date}Z")
    return date if moment > (now or datetime.now(UTC)) else None
