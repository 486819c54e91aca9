"""Metrics of AWS's own services: what the services of the sandbox report to CloudWatch, and where all metrics are kept."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from moto.cloudwatch.models import (
    CloudWatchBackend,
    MetricAggregatedDatum,
    MetricDatum,
    MetricDatumBase,
    cloudwatch_backends,
)

from slipway_sandbox import clock
from slipway_sandbox.corrections._keeping import keep, kept, kept_table
from slipway_sandbox.metrics.samples import Point, Sample
from slipway_sandbox.metrics.series import Metric, Metrics, metric

KEPT, QUESTIONS = "slipway_metrics", "slipway_metric_questions"
ASKED_SECONDS = 3 * 3600
TURN = threading.RLock()
"""Held to change or to read data points: calls come in many threads."""
_NONE = Metrics()


def count(account: str, region: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> None:
    """Add one to a metric."""
    report(
        cloudwatch_backends[account][region], metric(namespace, name, dimensions), "Count", clock.now().timestamp(), 1.0
    )


def report(backend: CloudWatchBackend, key: Metric, unit: str, moment: float, point: Point) -> None:
    """Report a data point at a time, in seconds since 1970."""
    with TURN:
        metrics_of(backend).add(key, unit, moment, point)


def thin_out(backend: CloudWatchBackend, now: float) -> None:
    """Drops the oldest data points, once an hour."""
    with TURN:
        metrics_of(backend).thin_out(int(now))


def note_question(backend: CloudWatchBackend, namespace: str) -> None:
    """Somebody asks for metrics of a namespace."""
    questions: dict[str, float] = {}
    kept_table(backend, QUESTIONS, questions)[namespace] = clock.now().timestamp()


def is_asked_for(backend: CloudWatchBackend, namespace: str) -> bool:
    """Whether an alarm watches metrics of a namespace, or somebody asked for them within three hours."""
    questions: dict[str, float] = {}
    asked = kept(backend, QUESTIONS, questions).get(namespace)
    if asked is not None and clock.now().timestamp() - asked < ASKED_SECONDS:
        return True
    return any(
        namespace
        in (
            alarm.namespace,
            *(each.metric_stat.metric.namespace for each in alarm.metric_data_queries if each.metric_stat),
        )
        for alarm in list(backend.alarms.values())
    )


def metrics_of(backend: CloudWatchBackend) -> Metrics:
    """All metrics of an account in a region. Those in moto's own list, of an earlier sandbox's snapshot, move there."""
    metrics = kept(backend, KEPT, _NONE)
    if metrics is _NONE:
        metrics = Metrics()
        keep(backend, KEPT, metrics)
    if backend.metric_data:
        data, backend.metric_data = backend.metric_data, []
        take(metrics, data)
    return metrics


def take(metrics: Metrics, data: list[MetricDatumBase]) -> None:
    """Moto's data among the metrics."""
    for datum in data:
        dimensions = {str(each.name): str(each.value) for each in datum.dimensions}
        key = metric(datum.namespace, datum.name, dimensions)
        metrics.add(key, str(datum.unit or ""), seconds(datum.timestamp), _point(datum))


def _point(datum: MetricDatumBase) -> Point:
    if isinstance(datum, MetricAggregatedDatum):
        return Sample(sets=[(datum.sample_count, datum.sum, datum.min, datum.max)])
    return datum.value if isinstance(datum, MetricDatum) else Sample()


def seconds(moment: datetime) -> float:
    """Seconds since 1970 of a time of moto's, which is in UTC and does not say so."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
