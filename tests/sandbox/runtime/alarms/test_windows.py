"""From data points to the state of an alarm: CloudWatch's published tables of missing data, row by row."""

import pytest

from slipway_sandbox.runtime.alarms.windows import Datapoint, Rule, judge, seconds_between_evaluations

KEPT = ""
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
"""Columns of the tables."""

# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
THREE_OF_THREE = {
    "0 - X - X": (0, "OK", "OK", "OK", "OK"),
    "0 - - - -": (2, "OK", "OK", "OK", "OK"),
    "- - - - -": (3, "INSUFFICIENT_DATA", KEPT, "ALARM", "OK"),
    "0 X X - X": (0, "ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": (2, "ALARM", KEPT, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": (0, "ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": (0, "ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": (1, "OK", "OK", "ALARM", "OK"),
    "- - - - 0": (2, "OK", "OK", "ALARM", "OK"),
    "- - - X -": (2, "ALARM", KEPT, "ALARM", "OK"),
}


def points(row: str) -> list[Datapoint | None]:
    """Data points as the tables have them: X breaches a threshold of 1, - is missing."""
    values = {"0": 0.0, "X": 2.0}
    return [Datapoint(60 * at, values[sign]) if sign in values else None for at, sign in enumerate(row.split())]


def rule(to_alarm: int, missing: str, periods: int = 3) -> Rule:
    return Rule("GreaterThanThreshold", 1.0, periods, to_alarm, missing)


CASES = [
    pytest.param(to_alarm, row, filled, treatment, state, id=f"{to_alarm} of 3: {row} {treatment}")
    for to_alarm, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for row, (filled, *states) in table.items()
    for treatment, state in zip(TREATMENTS, states, strict=True)
]


@pytest.mark.parametrize(("to_alarm", "row", "filled", "treatment", "state"), CASES)
def test_missing_data_counts_as_in_the_published_table(
    to_alarm: int, row: str, filled: int, treatment: str, state: str
) -> None:
    verdict = judge(rule(to_alarm, treatment), points(row))
    assert (verdict.state, verdict.filled) == (state, filled)


@pytest.mark.parametrize("row", ["- - - - X", "- - - X -"])
def test_the_first_breaching_points_set_off_no_alarm_too_early(row: str) -> None:
    assert judge(rule(3, "missing"), points(row)).state == "OK"
    assert judge(rule(3, "ignore"), points(row)).state == KEPT


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", [2.0]),
        ("GreaterThanOrEqualToThreshold", [1.0, 2.0]),
        ("LessThanThreshold", [0.0]),
        ("LessThanOrEqualToThreshold", [0.0, 1.0]),
    ],
)
def test_each_comparison_breaches_on_its_side_of_the_threshold(comparison: str, breaching: list[float]) -> None:
    one = Rule(comparison, 1.0, periods=1, to_alarm=1)
    states = {value: judge(one, [Datapoint(0, value)]).state for value in (0.0, 1.0, 2.0)}
    assert [value for value, state in states.items() if state == "ALARM"] == breaching


def test_the_newest_real_points_are_judged_and_no_older_ones() -> None:
    verdict = judge(rule(2, "missing", periods=2), points("X X - 0 0"))
    assert (verdict.state, [point.start for point in verdict.judged]) == ("OK", [240, 180])


def test_an_alarm_looks_at_two_periods_more_than_it_judges() -> None:
    assert rule(3, "missing").range == 5, "as in every example of the documentation"


@pytest.mark.parametrize(
    ("period", "periods", "seconds"),
    [(10, 3, 10), (30, 1, 10), (60, 1, 60), (300, 5, 60), (3600, 24, 60), (3600, 25, 3600)],
)
def test_an_alarm_is_evaluated_as_often_as_on_aws(period: int, periods: int, seconds: int) -> None:
    assert seconds_between_evaluations(period, periods) == seconds
