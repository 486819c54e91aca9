"""Why an alarm is in its state, in CloudWatch's words."""

from datetime import UTC, datetime

import pytest

from slipway_sandbox.runtime.alarms.reasons import Asked, reason, reason_data
from slipway_sandbox.runtime.alarms.windows import Datapoint, Rule, Verdict

MOMENT = int(datetime(2024, 2, 16, 10, 2, tzinfo=UTC).timestamp())
ONE = Rule("LessThanThreshold", 1.0, periods=1, to_alarm=1, missing="notBreaching")
TWO_OF_THREE = Rule("GreaterThanThreshold", 50.0, periods=3, to_alarm=2)

SENTENCES = [
    (
        ONE,
        Verdict("ALARM", [Datapoint(MOMENT, 0.5)], 0),
        "Threshold Crossed: 1 out of the last 1 datapoints [0.5 (16/02/24 10:02:00)] was less than the threshold (1.0) "
        "(minimum 1 datapoint for OK -> ALARM transition).",
    ),
    (
        ONE,
        Verdict("OK", [Datapoint(MOMENT, 1.0)], 0),
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (16/02/24 10:02:00)] was not less than the threshold (1.0) "
        "(minimum 1 datapoint for ALARM -> OK transition).",
    ),
    (
        ONE,
        Verdict("OK", [], 1),
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    ),
    (
        TWO_OF_THREE,
        Verdict("ALARM", [Datapoint(MOMENT, 55.0), Datapoint(MOMENT - 60, 9.0), Datapoint(MOMENT - 120, 60.0)], 0),
        "Threshold Crossed: 2 out of the last 3 datapoints [55.0 (16/02/24 10:02:00), 60.0 (16/02/24 10:00:00)] were greater "
        "than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).",
    ),
    (TWO_OF_THREE, Verdict("INSUFFICIENT_DATA", [], 3), "Insufficient Data: 3 datapoints were unknown."),
]


@pytest.mark.parametrize(("rule", "verdict", "sentence"), SENTENCES)
def test_the_reason_is_cloudwatchs_sentence(rule: Rule, verdict: Verdict, sentence: str) -> None:
    assert reason(rule, verdict) == sentence


def test_the_data_of_a_reason_has_cloudwatchs_names() -> None:
    asked = Asked(datetime(2024, 2, 16, 10, 8, 2, 127000, tzinfo=UTC), 60, "Average")
    verdict = Verdict("ALARM", [Datapoint(MOMENT, 0.25)], 0)
    assert reason_data(ONE, verdict, asked, {MOMENT: 5.0}) == {
        "version": "1.0",
        "queryDate": "2024-02-16T10:08:02.127+0000",
        "startDate": "2024-02-16T10:02:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [0.25],
        "threshold": 1.0,
        "evaluatedDatapoints": [{"timestamp": "2024-02-16T10:02:00.000+0000", "sampleCount": 5.0, "value": 0.25}],
    }
