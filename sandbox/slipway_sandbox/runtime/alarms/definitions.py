"""Moto's alarms as what there is to ask of the metrics, and the rule to judge the answer by."""

from dataclasses import dataclass

from moto.cloudwatch.models import Alarm, Dimension, MetricDataQuery

from slipway_sandbox.corrections.cloudwatch.configuration import is_returned, longest_period
from slipway_sandbox.metrics.grammar import ExpressionError
from slipway_sandbox.metrics.queries import Query, Statistic
from slipway_sandbox.metrics.series import metric
from slipway_sandbox.runtime.alarms.windows import COMPARISONS, IGNORE, MISSING, Rule

SINGLE = "m1"


@dataclass(frozen=True)
class Definition:
    """An alarm on metrics."""

    rule: Rule
    period: int
    """Seconds."""
    queries: tuple[Query, ...]
    judged: str
    """Id of the query to judge."""

    @property
    def statistic(self) -> Statistic | None:
        """The statistic of an alarm on a single metric; None for metric math."""
        [*others, last] = self.queries
        return last.source if not others and isinstance(last.source, Statistic) else None


def definition_of(alarm: Alarm) -> Definition:
    """What an alarm asks. Raises ExpressionError where the sandbox cannot evaluate it."""
    if alarm.comparison_operator not in COMPARISONS:
        raise ExpressionError(
            f"the sandbox has no anomaly detection, and cannot compare by {alarm.comparison_operator}"
        )
    if not alarm.metric_data_queries and not (alarm.metric_name and alarm.period):
        raise ExpressionError("it names no metric with a period")
    periods = int(alarm.evaluation_periods)
    rule = Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold or 0.0),
        periods=periods,
        to_alarm=int(alarm.datapoints_to_alarm or periods),
        missing=alarm.treat_missing_data or (IGNORE if alarm.namespace == "AWS/DynamoDB" else MISSING),
    )
    if not alarm.metric_data_queries:
        key = metric(alarm.namespace, alarm.metric_name, _by_name(alarm.dimensions))
        name = alarm.statistic or alarm.extended_statistic or ""
        return Definition(rule, int(alarm.period), (Query(SINGLE, Statistic(key, name, alarm.unit or "")),), SINGLE)
    queries = tuple(_query(query) for query in alarm.metric_data_queries)
    return Definition(rule, longest_period(alarm), queries, _judged(alarm.metric_data_queries))


def _judged(queries: list[MetricDataQuery]) -> str:
    """Id of the query that says so; the providers of Pulumi and Terraform say nothing of the others."""
    said = [query.id for query in queries if str(query.return_data).lower() == "true"]
    return next((query.id for query in queries if is_returned(query)), queries[-1].id) if not said else said[0]


def _query(query: MetricDataQuery) -> Query:
    stat = query.metric_stat
    if stat is None:
        expression = query.expression or ""
        if expression.upper().startswith("SELECT"):
            raise ExpressionError("the sandbox evaluates no alarms on Metrics Insights")
        return Query(query.id, expression)
    key = metric(stat.metric.namespace, stat.metric.metric_name, _by_name(stat.metric.dimensions))
    return Query(query.id, Statistic(key, stat.stat, stat.unit or ""))


def _by_name(dimensions: list[Dimension]) -> dict[str, str]:
    return {str(each.name): str(each.value) for each in dimensions}
