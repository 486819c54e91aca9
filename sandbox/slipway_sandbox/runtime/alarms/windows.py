"""The state of an alarm, from the data points of its evaluation range. Pure: the table of missing data is its test.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"
BREACHING, NOT_BREACHING, IGNORE, MISSING = "breaching", "notBreaching", "ignore", "missing"
MORE_PERIODS = 2  # AWS does not say how many; all of its examples have five for three
COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off."""

    comparison: str
    threshold: float
    periods: int
    """Data points that are judged."""
    to_alarm: int
    """Data points among them that must breach."""
    missing: str = MISSING
    """What a period without data counts as."""

    @property
    def range(self) -> int:
        """Periods to look at: more than are judged, as some may have no data."""
        return self.periods + MORE_PERIODS

    def is_breached(self, value: float) -> bool:
        """Whether a value is beyond the threshold."""
        return bool(COMPARISONS[self.comparison](value, self.threshold))


@dataclass(frozen=True)
class Datapoint:
    """The value of a period."""

    start: int
    """In seconds since 1970."""
    value: float


@dataclass(frozen=True)
class Verdict:
    """What the data says."""

    state: str
    """Empty where the alarm keeps the state that it has."""
    judged: Sequence[Datapoint]
    """Newest first."""
    filled: int
    """Periods without data that counted."""


def judge(rule: Rule, points: Sequence[Datapoint | None]) -> Verdict:
    """The state by the data points of the evaluation range, oldest first; a period without data is None."""
    real = [point for point in reversed(points) if point is not None]
    judged, filled = real[: rule.periods], max(0, rule.periods - len(real))
    breaching = sum(rule.is_breached(point.value) for point in judged)
    if filled and rule.missing == BREACHING:
        breaching += filled
    elif filled and rule.missing != NOT_BREACHING and breaching < rule.to_alarm:
        return Verdict(_undecided(rule, points, is_good=breaching < len(judged)), judged, filled)
    return Verdict(ALARM if breaching >= rule.to_alarm else OK, judged, filled)


def _undecided(rule: Rule, points: Sequence[Datapoint | None], *, is_good: bool) -> str:
    """The state where too few data points breach, some are missing, and missing ones count as nothing."""
    if is_good:
        return OK
    if rule.missing == IGNORE:
        return ""
    ages = [age for age, point in enumerate(reversed(points), 1) if point is not None]
    if not ages:
        return INSUFFICIENT_DATA
    # Every one breaches. Once the oldest is old enough, no good one can be among those to come.
    return ALARM if ages[-1] >= rule.to_alarm else OK


def seconds_between_evaluations(period: int, periods: int) -> int:
    """How often CloudWatch evaluates an alarm.

    >>> seconds_between_evaluations(period=300, periods=3)
    60
    """
    if period < MINUTE:
        return 10
    return HOUR if period * periods > DAY else MINUTE
