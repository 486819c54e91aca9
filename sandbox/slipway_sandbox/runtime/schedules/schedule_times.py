"""The times of a schedule of EventBridge Scheduler, from its expression. Reads no clock.

A cron time that a change of the clocks skips does not run, and one that comes twice runs once. A rate counts from its start,
and a day of a rate is 24 hours. A rate without a start runs at once, and an `at` once.
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEK_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SATURDAY = 7  # Sunday is 1
YEARS = (1970, 2199)
FAR_AWAY = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


def runs(expression: str, time_zone: str, start: datetime) -> Iterator[datetime]:
    """The times of a correct expression from `start` on, itself included, in UTC and in order.

    >>> next(runs("cron(0 9 ? * MON-FRI *)", "UTC", datetime(2026, 11, 28, tzinfo=UTC))).isoformat()
    '2026-11-30T09:00:00+00:00'
    """
    kind, _, rest = expression.partition("(")
    text = rest.removesuffix(")")
    zone = ZoneInfo(time_zone)
    if kind == "rate":
        yield from _rate(text, start)
        return
    times = [datetime.fromisoformat(text)] if kind == "at" else _Cron(text).times(start.astimezone(zone).date())
    for moment in times:
        found = _in_utc(moment, zone)
        if found is not None and found >= start:
            yield found


def _rate(text: str, start: datetime) -> Iterator[datetime]:
    value, unit = text.split()
    step = timedelta(**{f"{unit.removesuffix('s')}s": int(value)})
    moment = start
    while moment < FAR_AWAY - step:
        yield moment
        moment += step


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """A time of the clock in UTC, the first one where it comes twice; None where the clock skips it."""
    found = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == moment else None


class _Cron:
    """Six fields of a cron expression."""

    def __init__(self, text: str) -> None:
        minutes, hours, self._month_day, months, self._week_day, years = text.split()
        self._clock_times = [
            time(hour, minute) for hour in sorted(_values(hours, 0, 23)) for minute in sorted(_values(minutes, 0, 59))
        ]
        self._months = _values(months, 1, 12, MONTHS)
        self._years = _values(years, *YEARS)

    def times(self, first: date) -> Iterator[datetime]:
        """Times of the clock on this day and later."""
        for year in sorted(year for year in self._years if year >= first.year):
            for month in sorted(self._months):
                for day in self._days(year, month):
                    if (found := date(year, month, day)) >= first:
                        yield from (datetime.combine(found, clock_time) for clock_time in self._clock_times)

    def _days(self, year: int, month: int) -> list[int]:
        of_month = _Month(year, month)
        days = of_month.by_date(self._month_day) if self._week_day == "?" else of_month.by_week_day(self._week_day)
        return sorted(days)


@dataclass(frozen=True)
class _Month:
    year: int
    month: int

    @property
    def last(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    def by_date(self, text: str) -> set[int]:
        """Days of the field `day of the month`."""
        days: set[int] = set()
        for entry in text.split(","):
            if entry == "L":
                days.add(self.last)
            elif entry == "LW":
                days.add(self._nearest_weekday(self.last))
            elif entry.endswith("W"):
                days.add(self._nearest_weekday(min(int(entry[:-1]), self.last)))
            else:
                days |= {day for day in _values(entry, 1, 31) if day <= self.last}
        return days

    def by_week_day(self, text: str) -> set[int]:
        """Days of the field `day of the week`."""
        days: set[int] = set()
        for entry in text.split(","):
            name, hash_sign, number = entry.partition("#")
            if hash_sign:
                days |= set(self._all(_number(name, 1, WEEK_DAYS))[int(number) - 1 :][:1])
            elif entry == "L":
                days |= set(self._all(SATURDAY))
            elif entry.endswith("L"):
                days.add(self._all(_number(entry[:-1], 1, WEEK_DAYS))[-1])
            else:
                days |= {day for week_day in _values(entry, 1, 7, WEEK_DAYS) for day in self._all(week_day)}
        return days

    def _all(self, week_day: int) -> list[int]:
        """All days with this number, of which 1 is Sunday."""
        return [day for day in range(1, self.last + 1) if self._week_day(day) == week_day]

    def _week_day(self, day: int) -> int:
        return date(self.year, self.month, day).isoweekday() % 7 + 1

    def _nearest_weekday(self, day: int) -> int:
        """Monday to Friday next to a day, in the same month."""
        week_day = self._week_day(day)
        if week_day == SATURDAY:
            return day - 1 if day > 1 else day + 2
        if week_day == 1:
            return day + 1 if day < self.last else day - 2
        return day


def _values(text: str, low: int, high: int, words: Sequence[str] = ()) -> set[int]:
    """Numbers of a list of numbers, ranges and steps; a range whose end is before its start goes on at the lowest number."""
    values: set[int] = set()
    for entry in text.split(","):
        span, _, step = entry.partition("/")
        first_text, _, last_text = span.partition("-")
        first = low if span in ("*", "?") else _number(first_text, low, words)
        last = _number(last_text, low, words) if last_text else high if step or span in ("*", "?") else first
        if last < first:
            last += high - low + 1
        values |= {(number - low) % (high - low + 1) + low for number in range(first, last + 1, int(step or 1))}
    return values


def _number(text: str, low: int, words: Sequence[str]) -> int:
    return low + words.index(text) if text in words else int(text)
