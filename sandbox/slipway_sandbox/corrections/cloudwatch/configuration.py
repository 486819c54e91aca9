"""The metrics of an alarm, as its messages and events show them.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import functools

import botocore.session
from moto.cloudwatch.models import Alarm, Dimension, MetricDataQuery

from slipway_sandbox.documents import Document

MINUTE_SECONDS = 60
NAMES_IN_MESSAGES = {
    "Minimum": "MINIMUM",
    "Maximum": "MAXIMUM",
    "Sum": "SUM",
    "Average": "AVERAGE",
    "SampleCount": "SAMPLE_COUNT",
}


def metrics_in_event(alarm: Alarm) -> list[Document]:
    """Metrics and expressions in an event."""
    if not alarm.metric_data_queries:
        statistic = alarm.statistic or alarm.extended_statistic
        named: Document = {
            "namespace": alarm.namespace,
            "name": alarm.metric_name,
            "dimensions": _by_name(alarm.dimensions),
        }
        stat: Document = {"metric": named, "period": int(alarm.period or MINUTE_SECONDS), "stat": statistic}
        return [{"id": "m1", "metricStat": stat, "returnData": True}]
    return [_in_event(query) for query in alarm.metric_data_queries]


def _in_event(query: MetricDataQuery) -> Document:
    stat = query.metric_stat
    if stat is None:
        return {
            "id": query.id,
            "expression": query.expression,
            "label": query.label or query.id,
            "returnData": is_returned(query),
        }
    named: Document = {
        "namespace": stat.metric.namespace,
        "name": stat.metric.metric_name,
        "dimensions": _by_name(stat.metric.dimensions),
    }
    return {
        "id": query.id,
        "metricStat": {"metric": named, "period": int(stat.period), "stat": stat.stat},
        "returnData": is_returned(query),
    }


def trigger_in_message(alarm: Alarm) -> Document:
    """What set an alarm off, in a message to a topic."""
    common: Document = {
        "Period": int(alarm.period or 0) or longest_period(alarm),
        "EvaluationPeriods": int(alarm.evaluation_periods),
        "DatapointsToAlarm": int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": float(alarm.threshold or 0.0),
        "TreatMissingData": alarm.treat_missing_data or "",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    if alarm.metric_data_queries:
        return {**common, "Metrics": [_in_message(query) for query in alarm.metric_data_queries]}
    extended: Document = {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm.extended_statistic}
    plain: Document = {
        "StatisticType": "Statistic",
        "Statistic": NAMES_IN_MESSAGES.get(alarm.statistic, alarm.statistic),
    }
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        **(extended if alarm.extended_statistic else plain),
        "Unit": alarm.unit,
        "Dimensions": _pairs(alarm.dimensions),
        **common,
    }


def _in_message(query: MetricDataQuery) -> Document:
    stat = query.metric_stat
    if stat is None:
        return {"Expression": query.expression, "Id": query.id, "Label": query.label, "ReturnData": is_returned(query)}
    named: Document = {
        "Dimensions": _pairs(stat.metric.dimensions),
        "MetricName": stat.metric.metric_name,
        "Namespace": stat.metric.namespace,
    }
    return {
        "Id": query.id,
        "MetricStat": {"Metric": named, "Period": int(stat.period), "Stat": stat.stat},
        "ReturnData": is_returned(query),
    }


def is_returned(query: MetricDataQuery) -> bool:
    """Whether a query is the one to judge. Default: it is."""
    return str(query.return_data).lower() != "false"


def longest_period(alarm: Alarm) -> int:
    """Seconds of a period of an alarm on metric math."""
    stats = [int(query.metric_stat.period) for query in alarm.metric_data_queries if query.metric_stat]
    own = [int(query.period) for query in alarm.metric_data_queries if query.period and is_returned(query)]
    return max(own or stats or [MINUTE_SECONDS])


@functools.cache
def region_in_message(region: str) -> str:
    """Name of a region in a message.

    >>> region_in_message("eu-west-1")
    'EU (Ireland)'
    """
    regions = botocore.session.get_session().get_data("endpoints")["partitions"][0]["regions"]
    return str(regions.get(region, {}).get("description", region)).replace("Europe (", "EU (")


def _by_name(dimensions: list[Dimension]) -> dict[str, str]:
    return {str(each.name): str(each.value) for each in dimensions}


def _pairs(dimensions: list[Dimension]) -> list[Document]:
    return [{"value": each.value, "name": each.name} for each in dimensions]
