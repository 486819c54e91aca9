"""Data points, in and out: statistics, percentiles and metric math.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from moto.cloudwatch import models
from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, MetricDatumBase
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from slipway_sandbox import clock
from slipway_sandbox.corrections import metrics
from slipway_sandbox.corrections._decorator import corrects, sets
from slipway_sandbox.corrections.cloudwatch.shapes import Datum, MetricDataQuery, MetricOfQuery, Pair, Result
from slipway_sandbox.metrics import insights
from slipway_sandbox.metrics.functions import Row, Value
from slipway_sandbox.metrics.grammar import ExpressionError
from slipway_sandbox.metrics.queries import Query, Statistic, Window, answers
from slipway_sandbox.metrics.samples import Sample, StatisticError
from slipway_sandbox.metrics.series import Metrics, metric

OF_MOTO = "AWS/S3"  # the one namespace with metrics that moto counts itself, when asked
MOST_PERIODS = 100_800  # data points of one answer


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)


sets(models, "utcnow", _now, why="moto reads the machine's clock; here CloudWatch lives by the sandbox's.")


@corrects(
    CloudWatchBackend.put_metric_data,
    why="moto keeps every datum for good and looks through all of them at each question; here they are kept by metric and minute, "
    "and the oldest are dropped.",
)
def put_metric_data(_: object, self: CloudWatchBackend, namespace: str, metric_data: Sequence[Datum]) -> None:
    for number, datum in enumerate(metric_data, 1):
        self._validate_parameters_put_metric_data(dict(datum), number)
    for datum in metric_data:
        key = metric(namespace, datum["MetricName"], _dimensions(datum.get("Dimensions")))
        given = datum.get("Timestamp")
        moment = metrics.seconds(given) if given else clock.now().timestamp()
        with metrics.TURN:
            is_fine = datum.get("StorageResolution") == 1
            metrics.metrics_of(self).add(key, datum.get("Unit") or "", moment, _sample(datum), is_fine=is_fine)
    metrics.thin_out(self, clock.now().timestamp())


def _sample(datum: Datum) -> Sample | float:
    if values := datum.get("Values"):
        counts = datum.get("Counts") or [1.0] * len(values)
        sample = Sample()
        for value, number in zip(values, counts, strict=True):
            sample.add({float(value): float(number)})
        return sample
    if given := datum.get("StatisticValues"):
        number, total, lowest, highest = (float(given[name]) for name in ("SampleCount", "Sum", "Minimum", "Maximum"))
        return Sample(sets=[(number, total, lowest, highest)])
    return float(datum.get("Value") or 0.0)


def _dimensions(pairs: Sequence[Pair] | None) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in pairs or []}


@corrects(
    CloudWatchBackend.get_all_metrics,
    why="moto lists a metric once for each of its data points; CloudWatch lists it once.",
)
def get_all_metrics(_: object, self: CloudWatchBackend) -> list[MetricDatumBase]:
    listed: list[MetricDatumBase] = [
        MetricDatum(
            key.namespace, key.name, 0.0, [{"Name": name, "Value": value} for name, value in key.dimensions], None
        )
        for key in list(metrics.metrics_of(self).series)
    ]
    return listed + self.aws_metric_data


@corrects(
    CloudWatchBackend.get_metric_data,
    why="moto has no metric math and no percentiles, and begins periods at any second; CloudWatch has both, and aligns periods.",
)
def get_metric_data(
    _: object,
    self: CloudWatchBackend,
    queries: Sequence[MetricDataQuery],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[Result]:
    start_time, end_time = start_time.replace(microsecond=0), end_time.replace(microsecond=0)
    if start_time > end_time:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    if start_time == end_time:
        raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
    store = _readable(self, {_metric_of(query).get("Namespace", "") for query in queries})
    asked = [Query(query["Id"], _source(query)) for query in queries if not _is_selection(query)]
    results = []
    for query in queries:
        if query.get("ReturnData", True) is False:
            continue
        window = _window(start_time, end_time, _period(query, queries))
        try:
            if _is_selection(query):
                rows = insights.rows(insights.parse(query["Expression"]), store, window)
            else:
                rows = _rows(answers(asked, store, window)[query["Id"]], window)
        except (ExpressionError, StatisticError) as error:
            raise ValidationError(f"Error in expression '{query['Id']}': {error}") from error
        results += [_result(query, label, row, window) for label, row in rows]
    if scan_by == "TimestampDescending":
        for result in results:
            result["values"].reverse()
            result["timestamps"].reverse()
    return results


def _is_selection(query: MetricDataQuery) -> bool:
    return query.get("Expression", "").upper().startswith("SELECT")


def _metric_of(query: MetricDataQuery) -> MetricOfQuery:
    return query.get("MetricStat", {}).get("Metric", {})


def _source(query: MetricDataQuery) -> Statistic | str:
    if "MetricStat" not in query:
        return query["Expression"]
    stat, named = query["MetricStat"], _metric_of(query)
    key = metric(named["Namespace"], named["MetricName"], _dimensions(named.get("Dimensions")))
    return Statistic(key, stat["Stat"], stat.get("Unit") or "")


def _period(query: MetricDataQuery, queries: Sequence[MetricDataQuery]) -> int:
    """Seconds of a query's periods; an expression without any has the longest of the metrics'."""
    own = query.get("Period") or query.get("MetricStat", {}).get("Period")
    return int(own or max((int(each["MetricStat"]["Period"]) for each in queries if "MetricStat" in each), default=60))


def _window(start_time: datetime, end_time: datetime, period: int) -> Window:
    first, last = int(metrics.seconds(start_time)) // period, -(-int(metrics.seconds(end_time)) // period)
    if last - first > MOST_PERIODS:
        raise InvalidParameterCombination(
            f"You have requested up to {last - first} datapoints, which exceeds the limit of {MOST_PERIODS}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
    return Window(last * period, period, max(1, last - first))


def _readable(backend: CloudWatchBackend, namespaces: set[str]) -> Metrics:
    """The metrics, and those that moto counts itself where they are asked for."""
    for namespace in namespaces - {""}:
        metrics.note_question(backend, namespace)
    store = metrics.metrics_of(backend)
    if OF_MOTO not in namespaces:
        return store
    both = Metrics(dict(store.series))
    metrics.take(both, backend.aws_metric_data)
    return both


def _rows(value: Value, window: Window) -> list[tuple[str, Row]]:
    if isinstance(value, tuple):
        return [("", row) for row in value]
    return [("", [value] * window.number if isinstance(value, float) else value)]


def _result(query: MetricDataQuery, label: str, row: Row, window: Window) -> Result:
    known = [(start, value) for start, value in zip(window.starts, row, strict=True) if value is not None]
    default = query["Id"]
    if "MetricStat" in query:
        default = f"{_metric_of(query)['MetricName']} {query['MetricStat']['Stat']}"
    return {
        "id": query["Id"],
        "label": query.get("Label") or label or default,
        "values": [value for _, value in known],
        "timestamps": [datetime.fromtimestamp(start, UTC).replace(tzinfo=None) for start, _ in known],
        "status_code": "Complete",
    }


@corrects(
    CloudWatchResponse.get_metric_statistics,
    why="moto has no percentiles, adds up metrics with other dimensions, and begins periods at any second; CloudWatch does not.",
)
def get_metric_statistics(_: Callable[[CloudWatchResponse], ActionResult], self: CloudWatchResponse) -> ActionResult:
    wanted, extended = self._get_param("Statistics", []), self._get_param("ExtendedStatistics", [])
    if not wanted and not extended:
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    start, end = (self._get_param(name).replace(microsecond=0) for name in ("StartTime", "EndTime"))
    if start >= end:
        raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
    key = metric(
        self._get_param("Namespace"), self._get_param("MetricName"), _dimensions(self._get_param("Dimensions"))
    )
    store = _readable(self.cloudwatch_backend, {key.namespace})
    window = _window(start, end, self._get_int_param("Period"))
    unit, points = self._get_param("Unit") or "", []
    for begin in window.starts:
        sample = store.sample(key, begin, begin + window.seconds, unit)
        if not sample.number:
            continue
        point: dict[str, object] = {"Timestamp": datetime.fromtimestamp(begin, UTC).replace(tzinfo=None)}
        point |= {name: sample.statistic(name) for name in wanted}
        shown = unit or next((each for each in store.series.get(key, {}) if each), "None")
        points.append(
            point | {"Unit": shown, "ExtendedStatistics": {name: sample.statistic(name) for name in extended}}
        )
    return ActionResult({"Label": key.name, "Datapoints": points})
