"""Queries of GetMetricData and of alarms: metrics and expressions, over the same periods.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway_sandbox.metrics.arithmetic import Calculation
from slipway_sandbox.metrics.functions import NoDataError, Periods, Row, Value
from slipway_sandbox.metrics.grammar import Call, ExpressionError, Group, Name, Node, Operation, parse
from slipway_sandbox.metrics.series import Metric, Metrics


@dataclass(frozen=True)
class Statistic:
    """A statistic of a metric."""

    metric: Metric
    name: str
    unit: str = ""


@dataclass(frozen=True)
class Query:
    """One query: a statistic or an expression."""

    id: str
    source: Statistic | str
    """An expression is text."""


@dataclass(frozen=True)
class Window:
    """Consecutive periods up to `end`, in seconds since 1970."""

    end: int
    seconds: int
    number: int

    @property
    def starts(self) -> list[int]:
        """Start of each period, oldest first."""
        return [self.end - self.seconds * back for back in range(self.number, 0, -1)]


def answers(queries: Sequence[Query], metrics: Metrics, window: Window) -> dict[str, Value]:
    """Value of each query. Raises ExpressionError and StatisticError."""
    rows = {query.id: row(query.source, metrics, window) for query in queries if isinstance(query.source, Statistic)}
    trees = {query.id: parse(query.source) for query in queries if isinstance(query.source, str)}
    known: dict[str, Value] = dict(rows)
    periods = Periods(window.number, window.seconds)
    while trees:
        ready = [id_ for id_, tree in trees.items() if not names(tree) & set(trees)]
        if not ready:
            raise ExpressionError(f"the expressions {', '.join(trees)} need one another")
        for id_ in ready:
            try:
                known[id_] = Calculation(periods, dict(known), rows).value(trees.pop(id_))
            except NoDataError:
                known[id_] = [None] * window.number
    return known


def row(statistic: Statistic, metrics: Metrics, window: Window) -> Row:
    """Values of a statistic, oldest first."""
    return [
        metrics.sample(statistic.metric, start, start + window.seconds, statistic.unit).statistic(statistic.name)
        for start in window.starts
    ]


def names(tree: Node) -> set[str]:
    """Ids in a tree."""
    match tree:
        case Name(id_):
            return {id_}
        case Operation(_, left, right):
            return names(left) | names(right)
        case Call(_, parts) | Group(parts):
            return {id_ for part in parts for id_ in names(part)}
    return set()
