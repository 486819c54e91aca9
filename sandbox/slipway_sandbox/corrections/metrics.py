"""Metrics of AWS's own services: what the services of the sandbox report to CloudWatch, and where all metrics are kept."""

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
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.metrics.samples import Point, Sample
from slipway_sandbox.metrics.series import Metric, Metrics, metric

KEPT = "slipway_metrics"
_NONE = Metrics()


def count(account: str, region: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> None:
    """Add one to a metric."""
    report(account, region, metric(namespace, name, dimensions), "Count", clock.now().timestamp(), 1.0)


def report(account: str, region: str, key: Metric, unit: str, moment: float, point: Point) -> None:  # noqa: PLR0913, PLR0917
    """Report a data point at a time, in seconds since 1970."""
    metrics_of(cloudwatch_backends[account][region]).add(key, unit, moment, point)


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
