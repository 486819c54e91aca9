"""Every metric of an account in a region, with its data points.

CloudWatch keeps minutes for 15 days. Here they are kept for a day, the longest that an alarm on minutes looks back, and then
become hours.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from slipway_sandbox.metrics.samples import Point, Sample, merged

DAY_SECONDS = 24 * 3600
KEPT_SECONDS = 15 * DAY_SECONDS
FINE_SECONDS = DAY_SECONDS + 3600
COARSE_SECONDS = 3600

Dimensions: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Metric:
    """Name of a metric. Each combination of dimensions is a metric of its own."""

    namespace: str
    name: str
    dimensions: Dimensions = ()
    """Pairs of name and value, in order."""


def metric(namespace: str, name: str, dimensions: Mapping[str, str]) -> Metric:
    """A metric by its dimensions, in any order."""
    return Metric(namespace, name, tuple(sorted(dimensions.items())))


@dataclass
class Series:
    """The data points of one metric in one unit, by their time in seconds since 1970."""

    points: dict[int, Point] = field(default_factory=dict)
    is_fine: bool = False
    """Whether it was reported with a resolution of a second."""

    def between(self, start: int, end: int) -> Iterator[Point]:
        """Points from `start` on and before `end`."""
        if end - start <= 60 * len(self.points) and not self.is_fine and start % 60 == 0:
            return (self.points[moment] for moment in range(start, end, 60) if moment in self.points)
        return (point for moment, point in list(self.points.items()) if start <= moment < end)

    def add(self, moment: int, point: Point) -> None:
        """Adds what was reported at a time."""
        before = self.points.get(moment)
        sample = merged([point] if before is None else [before, point])
        self.points[moment] = sample.as_number()

    def thin_out(self, now: int) -> None:
        """Makes hours of old points and drops the oldest."""
        for moment in sorted(moment for moment in self.points if moment < now - FINE_SECONDS):
            point = self.points.pop(moment)
            if moment >= now - KEPT_SECONDS:
                self.add(moment - moment % COARSE_SECONDS, point)


@dataclass
class Metrics:
    """Every metric, and its series by unit; an empty unit where none was said."""

    series: dict[Metric, dict[str, Series]] = field(default_factory=dict)
    thinned_at: int = 0

    def add(self, key: Metric, unit: str, moment: float, point: Point, *, is_fine: bool = False) -> None:
        """Adds what was reported at a time, to the minute or, where it is fine, to the second."""
        series = self.series.setdefault(key, {}).setdefault(unit, Series())
        second = int(moment // 1)
        series.is_fine = series.is_fine or is_fine
        series.add(second if is_fine else second - second % 60, point)

    def sample(self, key: Metric, start: int, end: int, unit: str = "") -> Sample:
        """What was reported from `start` on and before `end`; of every unit where none is asked for."""
        by_unit = self.series.get(key, {})
        wanted = [series for name, series in by_unit.items() if unit in ("", name)]
        return merged(point for series in wanted for point in series.between(start, end))

    def thin_out(self, now: int) -> None:
        """Makes hours of old points and drops the oldest, once an hour."""
        if now - self.thinned_at < COARSE_SECONDS:
            return
        self.thinned_at = now
        for key, by_unit in list(self.series.items()):
            for unit, series in list(by_unit.items()):
                series.thin_out(now)
                if not series.points:
                    del by_unit[unit]
            if not by_unit:
                del self.series[key]
