"""The next runs of a schedule, by AWS's rules, and dates that pass."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from slipway import ArgumentError, next_runs, unless_passed
from slipway.schedules import runs
from tests.support.schedule_rows import ROWS, Row

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("row", ROWS, ids=[row.rule for row in ROWS])
def test_a_schedule_runs_at_the_times_of_aws(row: Row) -> None:
    found = islice(runs(row.expression, row.time_zone, in_utc(row.start)), max(len(row.times), 1))
    assert list(found) == [in_utc(text) for text in row.times]


def test_next_runs_come_after_a_time_in_the_zone_of_the_schedule() -> None:
    [first, second] = next_runs("cron(0 13 * * ? *)", after=NOON, count=2, time_zone="Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    assert (first, second) == (datetime(2026, 11, 29, 13, tzinfo=zone), datetime(2026, 11, 30, 13, tzinfo=zone))
    assert str(first) == "2026-11-29 13:00:00+01:00"


def test_a_new_rate_runs_at_once_and_one_with_a_start_counts_from_it() -> None:
    assert next_runs("rate(6 hours)", after=NOON, count=2) == [NOON, NOON.replace(hour=18)]
    started = datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert next_runs("rate(6 hours)", after=NOON, count=1, start_date=started) == [NOON.replace(hour=13)]


def test_a_schedule_that_has_ended_has_no_next_run() -> None:
    assert next_runs("at(2026-11-28T12:00:00)", after=NOON, count=3) == []


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        next_runs("rate(1 hour)", after=datetime(2026, 1, 1), count=1)  # noqa: DTZ001 - the fault
    assert str(caught.value) == (
        "next_runs: after must have a time zone, got 2026-01-01 00:00:00; add tzinfo=datetime.UTC"
    )


def test_a_date_is_none_once_it_has_passed() -> None:
    date = "2026-12-01T00:00:00Z"
    assert unless_passed(date, now=NOON) == date
    assert unless_passed(date, now=datetime(2026, 12, 1, tzinfo=UTC)) is None
    assert unless_passed("1999-01-01T00:00:00Z") is None


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("2026-12-01T00:00:00", "date must end with Z, got '2026-12-01T00:00:00'; write 2026-12-01T00:00:00Z"),
        (
            "soon",
            "date must be a time in UTC, as in 2026-12-01T00:00:00Z, got 'soon'; Invalid isoformat string: 'soon'",
        ),
    ],
)
def test_text_that_is_no_time_in_utc_is_refused(date: str, says: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        unless_passed(date)
    assert str(caught.value) == f"unless_passed: {says}"
