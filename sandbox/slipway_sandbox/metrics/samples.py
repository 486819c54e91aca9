"""Statistics of what was reported in one period.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Point: TypeAlias = "float | Sample"
"""What was reported at one time; a number where it was a single value."""
NAMES = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"}
EXTENDED = re.compile(r"(?P<kind>p|tm|tc|ts|wm)(?P<percent>\d{1,2}(\.\d{0,10})?|100)", re.IGNORECASE)


class StatisticError(ValueError):
    """CloudWatch, or the sandbox, has no such statistic."""


@dataclass
class Sample:
    """Values with their counts, and statistic sets, whose values nobody knows.

    >>> Sample({1.0: 3.0, 5.0: 1.0}).statistic("Average")
    2.0
    """

    values: dict[float, float] = field(default_factory=dict)
    sets: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Each with its number of samples, sum, minimum and maximum."""

    def add(self, values: Mapping[float, float]) -> None:
        """Adds values with their counts."""
        for value, number in values.items():
            if number > 0:
                self.values[value] = self.values.get(value, 0.0) + number

    def take(self, point: Point) -> None:
        """Adds everything of another point."""
        if isinstance(point, Sample):
            self.add(point.values)
            self.sets += point.sets
        else:
            self.add({point: 1.0})

    def as_number(self) -> Point:
        """The value where it is a single one: a number takes a tenth of the memory."""
        if len(self.values) == 1 and not self.sets:
            [(value, number)] = self.values.items()
            return value if number == 1.0 else self
        return self

    @property
    def number(self) -> float:
        """Number of samples."""
        return sum(self.values.values()) + sum(number for number, _, _, _ in self.sets)

    def statistic(self, name: str) -> float | None:
        """Value of a statistic; None without samples, or for a percentile of statistic sets.

        Raises StatisticError.
        """
        if name not in NAMES:
            return self._extended(name)
        if not self.number:
            return None
        total = math.fsum(value * number for value, number in self.values.items()) + sum(each[1] for each in self.sets)
        if name == "SampleCount":
            return self.number
        if name == "Sum":
            return total
        if name == "Average":
            return total / self.number
        ends = [*self.values, *(each[2 if name == "Minimum" else 3] for each in self.sets)]
        return min(ends) if name == "Minimum" else max(ends)

    def _extended(self, name: str) -> float | None:
        found = EXTENDED.fullmatch(name)
        if found is None:
            raise StatisticError(f"the sandbox has no statistic {name}")
        counts = dict(self.values)
        for number, _, lowest, highest in self.sets:
            if lowest != highest:
                return None
            counts[lowest] = counts.get(lowest, 0.0) + number
        return _trimmed(found["kind"].lower(), counts, float(found["percent"]) / 100) if counts else None


def is_few(name: str, number: float) -> bool:
    """Whether a percentile of so few samples says little: then an alarm may be told to keep its state.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html

    >>> is_few("p99", 999), is_few("p99", 1000)
    (True, False)
    """
    found = EXTENDED.fullmatch(name)
    if found is None or found["kind"].lower() != "p":
        return False
    tenths = round(float(found["percent"]) * 10)  # of a percent: whole numbers have no rounding error
    rarer = min(tenths, 1000 - tenths)
    return number * rarer < 10_000


def merged(points: Iterable[Point]) -> Sample:
    """All points of a period as one sample."""
    sample = Sample()
    for point in points:
        sample.take(point)
    return sample


def _trimmed(kind: str, counts: Mapping[float, float], share: float) -> float:
    """A percentile, or the count, sum or mean of the values up to it."""
    limit, total = _percentile(counts, share), sum(counts.values())
    within = {value: number for value, number in counts.items() if value <= limit}
    count = sum(within.values())
    of_kind = {
        "p": limit,
        "tc": count,
        "ts": _sum(within),
        "tm": _sum(within) / count,
        "wm": (_sum(within) + limit * (total - count)) / total,  # values beyond the limit count as the limit
    }
    return of_kind[kind]


def _percentile(counts: Mapping[float, float], share: float) -> float:
    """The smallest value with at least this share of all samples at or below it."""
    wanted, below = share * sum(counts.values()), 0.0
    for value in sorted(counts):
        below += counts[value]
        if below >= wanted:
            return value
    return max(counts)


def _sum(counts: Mapping[float, float]) -> float:
    return math.fsum(value * number for value, number in counts.items())
