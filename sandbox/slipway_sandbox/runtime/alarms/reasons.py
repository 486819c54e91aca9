"""Why an alarm is in its state, in CloudWatch's words, and as the data in StateReasonData."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_sandbox.documents import Document
from slipway_sandbox.runtime.alarms.windows import ALARM, BREACHING, INSUFFICIENT_DATA, OK, Datapoint, Rule, Verdict

WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


@dataclass(frozen=True)
class Asked:
    """What was asked of the metrics."""

    now: datetime
    period: int
    statistic: str = ""
    """Empty for metric math."""
    unit: str = ""


def reason(rule: Rule, verdict: Verdict) -> str:
    """A sentence on a verdict.

    >>> rule = Rule("GreaterThanThreshold", 1.0, periods=1, to_alarm=1)
    >>> reason(rule, Verdict("INSUFFICIENT_DATA", [], 1))
    'Insufficient Data: 1 datapoint was unknown.'
    """
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(verdict.filled)} unknown."
    filled = f"{_counted(verdict.filled, 'missing ')} treated as [{'Breaching' if rule.missing == BREACHING else 'NonBreaching'}]"
    if not verdict.judged:
        periods = "1 period" if rule.periods == 1 else f"{rule.periods} periods"
        return f"Threshold Crossed: no datapoints were received for {periods} and {filled}."
    is_alarm = verdict.state == ALARM
    points = [point for point in verdict.judged if rule.is_breached(point.value) == is_alarm] or list(verdict.judged)
    shown = ", ".join(f"{point.value} ({_moment(point):%d/%m/%y %H:%M:%S})" for point in points)
    verb = ("was" if len(points) == 1 else "were") + ("" if rule.is_breached(points[0].value) else " not")
    compared = f"[{shown}] {verb} {WORDS[rule.comparison]} the threshold ({rule.threshold})"
    if verdict.filled:
        noun = "datapoint" if len(points) == 1 else "datapoints"
        return f"Threshold Crossed: {len(points)} {noun} {compared} and {filled}."
    least = rule.to_alarm if is_alarm else rule.periods - rule.to_alarm + 1
    way = f"{OK} -> {ALARM}" if is_alarm else f"{ALARM} -> {OK}"
    minimum = f"(minimum {least} datapoint{'' if least == 1 else 's'} for {way} transition)"
    return f"Threshold Crossed: {len(points)} out of the last {len(verdict.judged)} datapoints {compared} {minimum}."


def reason_data(rule: Rule, verdict: Verdict, asked: Asked, numbers: Mapping[int, float]) -> Document:
    """The data of a verdict; `numbers` has how many samples each data point is made of, by its start."""
    oldest_first = list(reversed(verdict.judged))
    return {
        "version": "1.0",
        "queryDate": _stamp(asked.now),
        **({"startDate": _stamp(_moment(oldest_first[0]))} if oldest_first else {}),
        **({"unit": asked.unit} if asked.unit else {}),
        **({"statistic": asked.statistic} if asked.statistic else {}),
        "period": asked.period,
        "recentDatapoints": [point.value for point in oldest_first],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {
                "timestamp": _stamp(_moment(point)),
                **({"sampleCount": numbers[point.start]} if point.start in numbers else {}),
                "value": point.value,
            }
            for point in verdict.judged
        ],
    }


def _counted(number: int, kind: str = "") -> str:
    return f"1 {kind}datapoint was" if number == 1 else f"{number} {kind}datapoints were"


def _moment(point: Datapoint) -> datetime:
    return datetime.fromtimestamp(point.start, UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
