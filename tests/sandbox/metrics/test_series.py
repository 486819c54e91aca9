"""Statistics of data points, and how long they are kept."""

import pytest

from slipway_sandbox.metrics.insights import parse, rows
from slipway_sandbox.metrics.queries import Window
from slipway_sandbox.metrics.samples import Sample, StatisticError, is_few
from slipway_sandbox.metrics.series import DAY_SECONDS, Metrics, metric

HUNDRED = Sample({float(value): 1.0 for value in range(1, 101)})
STATISTICS = {
    "SampleCount": 100.0,
    "Sum": 5050.0,
    "Average": 50.5,
    "Minimum": 1.0,
    "Maximum": 100.0,
    "p50": 50.0,
    "p99": 99.0,
    "p99.9": 100.0,
    "tm90": 45.5,
    "tc90": 90.0,
    "ts90": 4095.0,
    "wm90": 49.95,
}
DEPTH = metric("AWS/SQS", "Depth", {"QueueName": "orders"})


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_is_that_of_all_samples(name: str) -> None:
    assert HUNDRED.statistic(name) == STATISTICS[name]


def test_a_statistic_set_has_no_percentile_unless_all_its_values_are_one() -> None:
    assert Sample(sets=[(10.0, 50.0, 0.0, 10.0)]).statistic("p90") is None
    assert Sample(sets=[(10.0, 50.0, 5.0, 5.0)]).statistic("p90") == 5.0
    assert Sample({1.0: 2.0}, [(2.0, 8.0, 3.0, 5.0)]).statistic("Average") == 2.5


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(StatisticError, match=r"^the sandbox has no statistic Median$"):
        HUNDRED.statistic("Median")


@pytest.mark.parametrize(("name", "enough"), [("p99", 1000), ("p99.9", 10_000), ("p50", 20), ("p10", 100)])
def test_a_percentile_of_few_samples_is_known_as_one(name: str, enough: int) -> None:
    assert (is_few(name, enough - 1), is_few(name, enough), is_few("Average", 1)) == (True, False, False)


def test_units_are_told_apart_where_one_is_asked_for() -> None:
    metrics = Metrics()
    metrics.add(DEPTH, "Count", 60, 3.0)
    metrics.add(DEPTH, "", 60, 4.0)
    sums = {unit: metrics.sample(DEPTH, 60, 120, unit).statistic("Sum") for unit in ("", "Count", "Bytes")}
    assert sums == {"": 7.0, "Count": 3.0, "Bytes": None}


def test_old_minutes_become_hours_and_the_oldest_go() -> None:
    metrics, now = Metrics(), 40 * DAY_SECONDS
    old, older = now - 2 * DAY_SECONDS, now - 16 * DAY_SECONDS
    for moment in (older, old, old + 60, now - 60):
        metrics.add(DEPTH, "Count", moment, 1.0)
    metrics.thin_out(now)
    [series] = metrics.series[DEPTH].values()
    assert sorted(series.points) == [old, now - 60]
    assert metrics.sample(DEPTH, old, old + 3600).statistic("SampleCount") == 2.0


def test_a_metric_whose_points_are_all_too_old_is_gone() -> None:
    metrics = Metrics()
    metrics.add(DEPTH, "Count", 0, 1.0)
    metrics.thin_out(20 * DAY_SECONDS)
    assert metrics.series == {}


def test_a_point_in_several_minutes_is_several_points() -> None:
    metrics, level = Metrics(), Sample({1.0: 1.0, 2.0: 1.0})
    metrics.add(DEPTH, "Count", 0, level)
    metrics.add(DEPTH, "Count", 60, level)
    metrics.add(DEPTH, "Count", 60, 3.0)
    assert [metrics.sample(DEPTH, start, start + 60).number for start in (0, 60)] == [2.0, 3.0]


def test_an_insights_query_chooses_groups_and_sums_up() -> None:
    metrics = Metrics()
    for path, audience, value in (("/a", "us", 1.0), ("/a", "them", 2.0), ("/b", "us", 4.0)):
        metrics.add(metric("shop", "Calls", {"Path": path, "Audience": audience}), "", 0, value)
    window = Window(60, 60, 1)
    asked = "SELECT SUM(Calls) FROM \"shop\" WHERE Path = '/a' GROUP BY Audience"
    assert rows(parse(asked), metrics, window) == [("them", [2.0]), ("us", [1.0])]
    assert rows(parse('SELECT MAX(Calls) FROM SCHEMA("shop", Path, Audience)'), metrics, window) == [("", [4.0])]
