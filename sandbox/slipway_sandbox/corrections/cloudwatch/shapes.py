"""Parameters and answers of CloudWatch's API, as botocore has checked them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict


class Pair(TypedDict):
    """A dimension."""

    Name: str
    Value: str


class Datum(TypedDict, total=False):
    """A datum of PutMetricData."""

    MetricName: str
    Dimensions: list[Pair]
    Timestamp: datetime
    Unit: str
    StorageResolution: int
    Value: float
    Values: list[float]
    Counts: list[float]
    StatisticValues: Mapping[str, float]


class MetricOfQuery(TypedDict, total=False):
    """The metric of a query."""

    Namespace: str
    MetricName: str
    Dimensions: list[Pair]


class MetricStat(TypedDict, total=False):
    """A statistic of a metric."""

    Metric: MetricOfQuery
    Period: int
    Stat: str
    Unit: str


class MetricDataQuery(TypedDict, total=False):
    """A query of GetMetricData."""

    Id: str
    MetricStat: MetricStat
    Expression: str
    Label: str
    ReturnData: bool
    Period: int


class Result(TypedDict):
    """An answer to a query."""

    id: str
    label: str
    values: list[float]
    timestamps: list[datetime]
    status_code: str
