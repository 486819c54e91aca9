"""Schedule expressions: AWS's own rules for cron, rate and at, and for time zones."""

from typing import NamedTuple

import pytest

from slipway import ArgumentError
from slipway.common import check_cron_expression, check_schedule_expression, check_time_zone

FORM = "must be cron(...) of six fields, rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"
SIX = "must be cron(minutes, hours, day of the month, month, day of the week, year) with spaces between"
EXAMPLE = "cron(0 19 ? * MON-FRI *)"


class Refused(NamedTuple):
    """An expression, and how its sentence goes on after `T: schedule `."""

    expression: str
    says: str


@pytest.mark.parametrize(
    "fields",
    [
        "0 19 ? * MON-FRI *",
        "0/15 8-18 ? * 2-6 2026-2030",
        "30 9 1,15 * ? *",
        "0 0 L JAN,JUL ? *",
        "0 0 LW * ? *",
        "0 0 15W * ? *",
        "0 0 ? */3 6#1 *",
        "0 0 ? * FRIL *",
        "0 0 1/5 * ? *",
        "0 22-2 ? NOV-FEB * *",
        "0 0 ? JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC SUN,MON,TUE,WED,THU,FRI,SAT *",
        "0 0 1 1 ? 1970",
        "59 23 31 12 ? 2199",
        "0/15 0-23 ? JAN-DEC SUN-SAT *",
        "0 0 ? * 1-7 *",
        "0,59 * L * ? *",
    ],
)
def test_a_cron_expression_may_use_the_whole_of_each_field(fields: str) -> None:
    check_cron_expression("T", "schedule", f"cron({fields})")
    check_schedule_expression("T", "schedule", f"cron({fields})")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ("60 0 ? * * *", "0-59 for the minutes, got '60'"),
        ("0 24 ? * * *", "0-23 for the hours, got '24'"),
        ("0 0 0 * ? *", "1-31 for the day of the month, got '0'"),
        ("0 0 32 * ? *", "1-31 for the day of the month, got '32'"),
        ("0 0 ?,1 * ? *", "1-31 for the day of the month, got '?,1'"),
        ("0 0 32W * ? *", "1-31 for the day of the month, got '32W'"),
        ("0 0 ? 0 * *", "1-12 for the month, got '0'"),
        ("0 0 ? 13 * *", "1-12 for the month, got '13'"),
        ("0 0 ? ? 1 *", "1-12 for the month, got '?'"),
        ("0 0 ? * 8 *", "1-7 for the day of the week, got '8'"),
        ("0 0 ? * 0 *", "1-7 for the day of the week, got '0'"),
        ("0 0 ? * MON/2 *", "1-7 for the day of the week, got 'MON/2'"),
        ("0 0 ? * 3#6 *", "1-7 for the day of the week, got '3#6'"),
        ("0 0 ? * * 1969", "1970-2199 for the year, got '1969'"),
        ("0 0 ? * * 2200", "1970-2199 for the year, got '2200'"),
        ("*/0 0 ? * * *", "0-59 for the minutes, got '*/0'"),
        ("*-5 0 ? * * *", "0-59 for the minutes, got '*-5'"),
        ("? 0 ? * * *", "0-59 for the minutes, got '?'"),
        ("0 0 ? * 3#1,6#3 *", "one entry alone for the day of the week where it has a #, got '3#1,6#3'"),
    ],
)
def test_a_cron_expression_beyond_a_field_is_refused(fields: str, wrong: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_cron_expression("T", "schedule", f"cron({fields})")
    assert str(caught.value) == f"T: schedule must have {wrong} in 'cron({fields})'"


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 day)",
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "at(2026-11-25T20:00)",
        "at(2028-02-29T20:00:30)",
    ],
)
def test_a_rate_and_a_time_are_schedules(expression: str) -> None:
    check_schedule_expression("T", "schedule", expression)


REFUSED = [
    Refused("0 20 * * *", f"{FORM}, got '0 20 * * *'; for example {EXAMPLE}"),
    Refused("rate(0 days)", f"{FORM}, got 'rate(0 days)'; for example {EXAMPLE}"),
    Refused("rate(2 weeks)", f"{FORM}, got 'rate(2 weeks)'; for example {EXAMPLE}"),
    Refused("rate(1.5 hours)", f"{FORM}, got 'rate(1.5 hours)'; for example {EXAMPLE}"),
    Refused("at(2026-11-25)", f"{FORM}, got 'at(2026-11-25)'; for example {EXAMPLE}"),
    Refused("rate(1 days)", "must have the unit day for 1 and days for more, got 'rate(1 days)'; write rate(1 day)"),
    Refused(
        "rate(5 minute)",
        "must have the unit minute for 1 and minutes for more, got 'rate(5 minute)'; write rate(5 minutes)",
    ),
    Refused("cron(0 20 * * *)", f"{SIX}, as in {EXAMPLE}, got 'cron(0 20 * * *)'"),
    Refused(
        "cron(0 0 ? * ? *)",
        "must have ? for exactly one of the day of the month and the day of the week, "
        f"as in {EXAMPLE}, got 'cron(0 0 ? * ? *)'",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.expression for case in REFUSED])
def test_text_that_is_no_schedule_is_refused(case: Refused) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_schedule_expression("T", "schedule", case.expression)
    assert str(caught.value) == f"T: schedule {case.says}"


@pytest.mark.parametrize("expression", ["at(2026-02-29T20:00)", "at(2026-11-25T24:01:00)"])
def test_a_time_that_does_not_exist_is_refused(expression: str) -> None:
    with pytest.raises(ArgumentError, match=r"^T: schedule must be a time that exists, got 'at\("):
        check_schedule_expression("T", "schedule", expression)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+9", "Japan"]
)
def test_a_time_zone_has_a_name_of_the_iana_database(zone: str) -> None:
    check_time_zone("T", "time_zone", zone)


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("CEST", None),
        ("CEST time", None),
        ("+01:00", None),
        ("", None),
        ("localtime", None),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_any_other_time_zone_is_refused_with_a_near_one(zone: str, near: str | None) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_time_zone("T", "time_zone", zone)
    hint = f"; did you mean {near}?" if near else ""
    assert str(caught.value) == f"T: time_zone must be a time zone such as Europe/Berlin or UTC, got {zone!r}{hint}"
