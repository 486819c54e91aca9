"""Metrics Insights: a query in the manner of SQL over many metrics.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
"""

import re
from dataclasses import dataclass

from slipway_sandbox.metrics.functions import Row
from slipway_sandbox.metrics.grammar import ExpressionError
from slipway_sandbox.metrics.queries import Window
from slipway_sandbox.metrics.samples import merged
from slipway_sandbox.metrics.series import Metric, Metrics

NAME = r"""(?:"[^"]*"|[\w.-]+)"""
QUERY = re.compile(
    rf"SELECT\s+(?P<function>\w+)\(\s*(?P<metric>{NAME})\s*\)\s+FROM\s+"
    rf"(?:SCHEMA\(\s*(?P<of_schema>{NAME})(?P<keys>(?:\s*,\s*{NAME})*)\s*\)|(?P<namespace>{NAME}))"
    rf"(?:\s+WHERE\s+(?P<where>{NAME}\s*!?=\s*'[^']*'(?:\s+AND\s+{NAME}\s*!?=\s*'[^']*')*))?"
    rf"(?:\s+GROUP\s+BY\s+(?P<group>{NAME}(?:\s*,\s*{NAME})*))?\s*",
    re.IGNORECASE,
)
CONDITION = re.compile(rf"(?P<key>{NAME})\s*(?P<sign>!?=)\s*'(?P<value>[^']*)'")
STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}


@dataclass(frozen=True)
class Selection:
    """A query, taken apart."""

    statistic: str
    namespace: str
    name: str
    keys: frozenset[str] | None
    """Names of all dimensions of a metric. None: any."""
    conditions: tuple[tuple[str, str, bool], ...]
    """Dimension, value, and whether it must have it or must not."""
    group: tuple[str, ...]

    def takes(self, metric: Metric) -> bool:
        """Whether a metric is one of them."""
        own = dict(metric.dimensions)
        return (
            (metric.namespace, metric.name) == (self.namespace, self.name)
            and (self.keys is None or self.keys == own.keys())
            and all((own.get(key) == value) is must for key, value, must in self.conditions)
            and all(key in own for key in self.group)
        )


def parse(query: str) -> Selection:
    """A query, taken apart. Raises ExpressionError."""
    found = QUERY.fullmatch(query.strip())
    function = STATISTICS.get(found["function"].upper()) if found else None
    if found is None or function is None:
        raise ExpressionError(
            f"the sandbox reads SELECT of AVG, COUNT, MAX, MIN or SUM with FROM, WHERE, AND and GROUP BY, and not {query!r}"
        )
    keys = None
    if found["of_schema"]:
        keys = frozenset(_bare(key) for key in found["keys"].split(",") if key.strip())
    conditions = tuple(
        (_bare(each["key"]), each["value"], each["sign"] == "=") for each in CONDITION.finditer(found["where"] or "")
    )
    group = tuple(_bare(key) for key in (found["group"] or "").split(",") if key.strip())
    namespace = _bare(found["of_schema"] or found["namespace"])
    return Selection(function, namespace, _bare(found["metric"]), keys, conditions, group)


def rows(selection: Selection, metrics: Metrics, window: Window) -> list[tuple[str, Row]]:
    """A row for each group, under its label; under an empty one without GROUP BY."""
    members: dict[str, list[Metric]] = {}
    for metric in metrics.series:
        if selection.takes(metric):
            own = dict(metric.dimensions)
            members.setdefault(" ".join(own[key] for key in selection.group), []).append(metric)
    return [
        (
            label,
            [
                merged(metrics.sample(metric, start, start + window.seconds) for metric in group).statistic(
                    selection.statistic
                )
                for start in window.starts
            ],
        )
        for label, group in sorted(members.items())
    ]


def _bare(name: str) -> str:
    return name.strip().strip('"')
