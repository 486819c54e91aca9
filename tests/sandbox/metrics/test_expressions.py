"""Metric math over three periods of a minute; None is a period without data."""

import re

import pytest

from slipway_sandbox.metrics.functions import Value
from slipway_sandbox.metrics.grammar import ExpressionError
from slipway_sandbox.metrics.queries import Query, Statistic, Window, answers
from slipway_sandbox.metrics.series import Metric, Metrics

A, B, NEVER = ("a", [1.0, None, 3.0]), ("b", [10.0, 20.0, 0.0]), ("never", [None, None, None])
WINDOW = Window(end=360, seconds=60, number=3)

CASES: dict[str, Value] = {
    "a + b": [11.0, None, 3.0],
    "b - a * 2": [8.0, None, -6.0],
    "a / b": [0.1, None, None],
    "2 ^ a": [2.0, None, 8.0],
    "-a": [-1.0, None, -3.0],
    "(a + 1) * 2": [4.0, None, 8.0],
    "1 + 2 * 3": 7.0,
    "a >= 3": [0.0, None, 1.0],
    "b > 5 AND b < 15": [1.0, 0.0, 0.0],
    "b == 0 || b == 20": [0.0, 1.0, 1.0],
    "FILL(a, 0)": [1.0, 0.0, 3.0],
    "FILL(never, 0)": [0.0, 0.0, 0.0],
    "FILL(a, REPEAT)": [1.0, 1.0, 3.0],
    "FILL(a, LINEAR)": [1.0, 2.0, 3.0],
    "FILL(a, b)": [1.0, 20.0, 3.0],
    "IF(b > 5, b, 0)": [10.0, 20.0, 0.0],
    "IF(b > 5, a)": [1.0, None, None],
    "IF(FILL(never, 0) < 1, b, 0)": [10.0, 20.0, 0.0],
    "SUM(b)": 30.0,
    "AVG(a)": 2.0,
    "MAX([a, b])": [10.0, 20.0, 3.0],
    "MIN([a, b])": [1.0, 20.0, 0.0],
    "SUM(METRICS())": [11.0, 20.0, 3.0],
    'SUM(METRICS("b"))': [10.0, 20.0, 0.0],
    "METRIC_COUNT(METRICS())": 3.0,
    "DATAPOINT_COUNT(a)": 2.0,
    "b / PERIOD(b)": [10 / 60, 20 / 60, 0.0],
    "DIFF(b)": [None, 10.0, -20.0],
    "RATE(a)": [None, None, 2 / 120],
    "RUNNING_SUM(b)": [10.0, 30.0, 30.0],
    "FIRST(a) + LAST(a)": 4.0,
    "CEIL(a / 2)": [1.0, None, 2.0],
    "ABS(0 - a)": [1.0, None, 3.0],
    "SUM(never)": [None, None, None],
    # The expressions of QueueWorker, with `a` for its messages and `never` for its tasks.
    "(a + b) / IF(FILL(never, 1) > 0, FILL(never, 1), 1)": [11.0, None, 3.0],
}


@pytest.fixture(scope="module")
def metrics() -> Metrics:
    made = Metrics()
    for name, row in (A, B, NEVER):
        for start, value in zip(WINDOW.starts, row, strict=True):
            if value is not None:
                made.add(Metric("shop", name), "Count", start, value)
    return made


def answer(metrics: Metrics, expression: str) -> Value:
    named = [Query(name, Statistic(Metric("shop", name), "Sum")) for name, _ in (A, B, NEVER)]
    return answers([*named, Query("e", expression)], metrics, WINDOW)["e"]


@pytest.mark.parametrize("expression", CASES)
def test_an_expression_has_the_value_of_cloudwatchs(metrics: Metrics, expression: str) -> None:
    assert answer(metrics, expression) == CASES[expression]


def test_an_expression_may_need_a_later_one(metrics: Metrics) -> None:
    asked = [Query("double", "total * 2"), Query("total", "a + 1"), Query("a", Statistic(Metric("shop", "a"), "Sum"))]
    assert answers(asked, metrics, WINDOW)["double"] == [4.0, None, 8.0]


REFUSED = {
    "a +": "'a +' ends too early",
    "a b": "'a b' has 'b' where it should end",
    "c + 1": "there is no metric with the id 'c'",
    "ANOMALY_DETECTION_BAND(a)": "the sandbox has no function ANOMALY_DETECTION_BAND",
    "FILL(a)": "FILL takes 2 arguments, got 1",
    "a ? b": "'a ? b' has '?', of no meaning in metric math",
    "1 / 0": "a number is divided by zero",
    "e + 1": "the expressions e need one another",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_an_expression_that_means_nothing_says_why(metrics: Metrics, expression: str) -> None:
    with pytest.raises(ExpressionError, match=f"^{re.escape(REFUSED[expression])}$"):
        answer(metrics, expression)
