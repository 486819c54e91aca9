"""Schedules with their times by AWS's rules, row by row; the components and the sandbox are both held to them.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A schedule from a time on, and its first times, all in UTC."""

    rule: str
    expression: str
    time_zone: str
    start: str
    times: Sequence[str]


BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
SATURDAY = "2026-11-28T00:00"
ROWS = [
    Row("1 is Sunday", "cron(0 10 ? * 1 *)", "UTC", SATURDAY, ["2026-11-29T10:00", "2026-12-06T10:00"]),
    Row("2 is Monday", "cron(0 10 ? * 2 *)", "UTC", SATURDAY, ["2026-11-30T10:00", "2026-12-07T10:00"]),
    Row("7 is Saturday", "cron(0 10 ? * 7 *)", "UTC", SATURDAY, ["2026-11-28T10:00", "2026-12-05T10:00"]),
    Row("2-6 is MON-FRI", "cron(0 10 ? * 2-6 *)", "UTC", SATURDAY, ["2026-11-30T10:00", "2026-12-01T10:00"]),
    Row("a range of names", "cron(0 10 ? * MON-FRI *)", "UTC", SATURDAY, ["2026-11-30T10:00", "2026-12-01T10:00"]),
    Row("a list", "cron(0,40 8,20 * * ? *)", "UTC", SATURDAY, ["2026-11-28T08:00", "2026-11-28T08:40"]),
    Row("a step from a start", "cron(10/25 8 * * ? *)", "UTC", SATURDAY, ["2026-11-28T08:10", "2026-11-28T08:35"]),
    Row("the last Friday", "cron(0 10 ? * 6L *)", "UTC", SATURDAY, ["2026-12-25T10:00", "2027-01-29T10:00"]),
    Row("the third Friday", "cron(0 10 ? * FRI#3 *)", "UTC", SATURDAY, ["2026-12-18T10:00", "2027-01-15T10:00"]),
    Row(
        "a fifth Monday, where there is one",
        "cron(0 10 ? * MON#5 *)",
        "UTC",
        SATURDAY,
        ["2026-11-30T10:00", "2027-03-29T10:00"],
    ),
    Row("the last day of the week", "cron(0 10 ? * L *)", "UTC", SATURDAY, ["2026-11-28T10:00", "2026-12-05T10:00"]),
    Row("the last day of the month", "cron(0 10 L 1-3 ? *)", "UTC", SATURDAY, ["2027-01-31T10:00", "2027-02-28T10:00"]),
    Row("its last weekday", "cron(0 10 LW 1,2 ? *)", "UTC", SATURDAY, ["2027-01-29T10:00", "2027-02-26T10:00"]),
    Row(
        "the weekday next to the 1st, a Saturday, stays in its month",
        "cron(0 10 1W 5 ? 2027)",
        "UTC",
        SATURDAY,
        ["2027-05-03T10:00"],
    ),
    Row("the weekday next to a Sunday", "cron(0 10 15W 8 ? 2027)", "UTC", SATURDAY, ["2027-08-16T10:00"]),
    Row(
        "the 31st, where there is one", "cron(0 0 31 * ? *)", "UTC", SATURDAY, ["2026-12-31T00:00", "2027-01-31T00:00"]
    ),
    Row("29 February", "cron(0 0 29 2 ? *)", "UTC", SATURDAY, ["2028-02-29T00:00", "2032-02-29T00:00"]),
    Row("a year that has passed", "cron(0 0 1 1 ? 2020)", "UTC", SATURDAY, []),
    Row(
        "a time that the clocks skip is left out",
        "cron(30 2 * * ? *)",
        BERLIN,
        "2026-03-28T00:00",
        ["2026-03-28T01:30", "2026-03-30T00:30"],
    ),
    Row(
        "a time that comes twice comes once",
        "cron(30 2 * * ? *)",
        BERLIN,
        "2026-10-24T00:00",
        ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"],
    ),
    Row(
        "each half hour, too, in the hour that comes twice",
        "cron(0/30 * * * ? *)",
        BERLIN,
        "2026-10-25T00:00",
        ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T02:00"],
    ),
    Row(
        "from within the second pass, the next hour",
        "cron(0/30 * * * ? *)",
        BERLIN,
        "2026-10-25T01:10",
        ["2026-10-25T02:00"],
    ),
    Row(
        "west of Greenwich, too",
        "cron(30 2 * * ? *)",
        NEW_YORK,
        "2026-03-07T12:00",
        ["2026-03-09T06:30", "2026-03-10T06:30"],
    ),
    Row(
        "where the clocks move by half an hour",
        "cron(15 2 * * ? *)",
        LORD_HOWE,
        "2026-10-02T16:00",
        ["2026-10-04T15:15", "2026-10-05T15:15"],
    ),
    Row("a rate begins at its start", "rate(6 hours)", "UTC", SATURDAY, ["2026-11-28T00:00", "2026-11-28T06:00"]),
    Row(
        "a day of a rate is 24 hours",
        "rate(1 day)",
        BERLIN,
        "2026-03-28T12:00",
        ["2026-03-28T12:00", "2026-03-29T12:00", "2026-03-30T12:00"],
    ),
    Row("at, in its zone, once", "at(2026-12-24T18:00:00)", BERLIN, SATURDAY, ["2026-12-24T17:00"]),
    Row("at, passed", "at(2026-11-27T18:00:00)", "UTC", SATURDAY, []),
]
