"""What happened to alarms: changes of state, actions, and changes of their configuration.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

import json
from datetime import datetime, timedelta
from typing import TypedDict

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from slipway_sandbox import clock
from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.documents import Document

KEPT = "slipway_alarm_history"
KEPT_FOR = timedelta(days=30)
MOST = 10_000  # items of a region, where alarms change faster than AWS's do
STATE, ACTION, CONFIGURATION = "StateUpdate", "Action", "ConfigurationUpdate"


class Item(TypedDict):
    """An entry."""

    AlarmName: str
    AlarmType: str
    Timestamp: datetime
    HistoryItemType: str
    HistorySummary: str
    HistoryData: str


def record(alarm: Alarm, kind: str, summary: str, data: Document) -> None:
    """Keeps an entry, and drops those that are too old."""
    region, account = alarm.alarm_arn.split(":")[3:5]
    backend, now = cloudwatch_backends[account][region], clock.now().replace(tzinfo=None)
    item: Item = {
        "AlarmName": alarm.name,
        "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
        "Timestamp": now,
        "HistoryItemType": kind,
        "HistorySummary": summary,
        "HistoryData": json.dumps({"version": "1.0", **data}),
    }
    young = [each for each in items(backend)[1 - MOST :] if each["Timestamp"] >= now - KEPT_FOR]
    keep(backend, KEPT, [*young, item])


def items(backend: CloudWatchBackend) -> list[Item]:
    """All entries, oldest first."""
    nothing: list[Item] = []
    return kept(backend, KEPT, nothing)


@adds(CloudWatchResponse, why="moto has no DescribeAlarmHistory; CloudWatch keeps 30 days of it.")
def describe_alarm_history(self: CloudWatchResponse) -> ActionResult:
    name, kind = self._get_param("AlarmName"), self._get_param("HistoryItemType")
    types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    start, end = self._get_param("StartDate"), self._get_param("EndDate")
    oldest_first = self._get_param("ScanBy") == "TimestampAscending"
    found = [
        item
        for item in items(self.cloudwatch_backend)
        if (not name or item["AlarmName"] == name)
        and (not kind or item["HistoryItemType"] == kind)
        and (name or item["AlarmType"] in types)
        and (start is None or item["Timestamp"] >= _naive(start))
        and (end is None or item["Timestamp"] <= _naive(end))
    ]
    return ActionResult({"AlarmHistoryItems": found if oldest_first else found[::-1]})


def _naive(moment: datetime) -> datetime:
    """As moto has times: in UTC without saying so."""
    return moment.replace(tzinfo=None)
