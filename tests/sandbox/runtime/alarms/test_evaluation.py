"""Alarms of the sandbox, from data points to states, messages, events, actions and history."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.cloudwatch.models import Alarm

from slipway_sandbox.corrections.cloudwatch import actions
from tests.support.sandbox.monitoring.monitored_cloud import ACCOUNT, REGION, MonitoredCloud, monitored_cloud

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pager"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:told"
POLICY = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:1:resource/ecs/service/shop/api:policyName/more"


@pytest.fixture
def cloud() -> Iterator[MonitoredCloud]:
    with monitored_cloud() as made:
        yield made


def query(id_: str, name: str, *, is_returned: bool = False) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "shop", "MetricName": name}, "Period": 60, "Stat": "Sum"}
    return {"Id": id_, "MetricStat": stat, "ReturnData": is_returned}


def test_a_new_alarm_has_insufficient_data_until_its_first_evaluation(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    assert cloud.state() == "INSUFFICIENT_DATA"
    cloud.pass_minutes()
    assert cloud.state() == "OK"


def test_an_alarm_goes_off_in_the_minute_after_its_data_and_comes_back(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    cloud.pass_minutes()
    cloud.report(3)
    states = []
    for _ in range(5):
        cloud.pass_minutes()
        states.append(cloud.state())
    # Two periods more than one are looked at, so the last real point is judged again, as on AWS.
    assert states == ["ALARM", "ALARM", "ALARM", "OK", "OK"]


def test_the_reason_and_its_data_are_shown(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    cloud.report(3)
    cloud.pass_minutes()
    alarm = cloud.described()
    assert alarm["StateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [3.0 (01/01/30 12:00:00)] was greater than the threshold (0.0) "
        "(minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"])["evaluatedDatapoints"] == [
        {"timestamp": "2030-01-01T12:00:00.000+0000", "sampleCount": 1.0, "value": 3.0}
    ]
    assert f"{alarm['StateUpdatedTimestamp']:%H:%M}" == "12:01", "by the sandbox's clock"


def test_five_minute_windows_move_on_by_a_minute(cloud: MonitoredCloud) -> None:
    cloud.alarm(Period=300, Threshold=9)
    cloud.report(5)
    cloud.pass_minutes(3)
    cloud.report(5)
    assert cloud.state() == "OK"
    cloud.pass_minutes()
    assert cloud.state() == "ALARM", "five and five within the last five minutes"


def test_metric_math_is_evaluated(cloud: MonitoredCloud) -> None:
    share = {"Id": "share", "Expression": "100 * FILL(bad, 0) / all", "ReturnData": True}
    cloud.alarm(Metrics=[query("bad", "errors"), query("all", "calls"), share], Threshold=10)
    cloud.report(100, "calls")
    cloud.pass_minutes()
    before = cloud.state()
    cloud.report(100, "calls")
    cloud.report(11, "errors")
    cloud.pass_minutes()
    assert (before, cloud.state()) == ("OK", "ALARM")


def test_a_percentile_of_few_samples_leaves_the_state_where_it_is_told_to(cloud: MonitoredCloud) -> None:
    cloud.alarm(ExtendedStatistic="p99")
    cloud.alarm(AlarmName="patient", ExtendedStatistic="p99", EvaluateLowSampleCountPercentile="ignore")
    cloud.report(3)
    cloud.pass_minutes()
    assert (cloud.state(), cloud.state("patient")) == ("ALARM", "INSUFFICIENT_DATA")


def test_a_state_that_was_set_is_put_right_by_the_next_evaluation(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    cloud.pass_minutes()
    cloud.client("cloudwatch").set_alarm_state(AlarmName="broken", StateValue="ALARM", StateReason="tried")
    assert cloud.state() == "ALARM"
    cloud.pass_minutes()
    assert cloud.state() == "OK"


def test_a_changed_alarm_keeps_its_state(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    cloud.report(3)
    cloud.pass_minutes()
    cloud.alarm(Threshold=5)
    assert cloud.state() == "ALARM"
    cloud.pass_minutes()
    assert cloud.state() == "OK"


def test_a_topic_and_a_rule_hear_of_a_change_once(cloud: MonitoredCloud) -> None:
    url = cloud.listening_queue()
    sns, events = cloud.client("sns"), cloud.client("events")
    sns.create_topic(Name="pager")
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    events.put_targets(Rule="alarms", Targets=[{"Id": "q", "Arn": QUEUE}])
    cloud.alarm(AlarmActions=[TOPIC])
    cloud.report(3)
    cloud.pass_minutes(3)
    told = cloud.told(url)
    [message] = [body for body in told if "NewStateValue" in body]
    [event] = [body for body in told if "detail" in body]
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert (message["Region"], message["StateChangeTime"]) == ("EU (Ireland)", "2030-01-01T12:01:00.000+0000")
    assert message["Trigger"] == {
        "MetricName": "errors",
        "Namespace": "shop",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }
    assert (event["detail-type"], event["resources"]) == ("CloudWatch Alarm State Change", [message["AlarmArn"]])
    assert (event["detail"]["previousState"]["value"], event["detail"]["state"]["value"]) == (
        "INSUFFICIENT_DATA",
        "ALARM",
    )


def test_the_history_tells_changes_and_actions_newest_first(cloud: MonitoredCloud) -> None:
    cloud.alarm(AlarmActions=[TOPIC])
    cloud.report(3)
    cloud.pass_minutes()
    items = cloud.client("cloudwatch").describe_alarm_history(AlarmName="broken")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items] == [
        f"Failed to execute action {TOPIC}",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "broken" created',
    ]
    assert json.loads(items[0]["HistoryData"])["error"] == "NotFound, there is no such topic"
    assert json.loads(items[1]["HistoryData"])["newState"]["stateReasonData"]["recentDatapoints"] == [3.0]


@pytest.fixture
def scaled() -> Iterator[list[tuple[str, float | None]]]:
    """States before, and data points, of the actions that scaling was told of."""
    told: list[tuple[str, float | None]] = []

    def handle(_: str, __: Alarm, before: str, datapoint: float | None) -> None:
        told.append((before, datapoint))

    actions.register("autoscaling", handle)
    yield told
    actions.unregister("autoscaling")


def test_a_scaling_policy_is_set_off_at_every_evaluation_in_alarm(
    cloud: MonitoredCloud, scaled: list[tuple[str, float | None]]
) -> None:
    cloud.alarm(AlarmActions=[POLICY])
    for value in (3, 4, 0, 0):
        cloud.report(value)
        cloud.pass_minutes()
    assert scaled == [("INSUFFICIENT_DATA", 3.0), ("ALARM", 4.0)]


def test_an_alarm_without_actions_does_nothing_but_change(
    cloud: MonitoredCloud, scaled: list[tuple[str, float | None]]
) -> None:
    cloud.alarm(AlarmActions=[POLICY], ActionsEnabled=False)
    cloud.report(3)
    cloud.pass_minutes(2)
    assert (cloud.state(), scaled) == ("ALARM", [])


def test_a_composite_alarm_follows_its_alarms(cloud: MonitoredCloud) -> None:
    cloud.alarm()
    cloud.client("cloudwatch").put_composite_alarm(AlarmName="any", AlarmRule="ALARM(broken) OR ALARM(broken)")
    cloud.pass_minutes()
    before = cloud.state("any")
    cloud.report(3)
    cloud.pass_minutes()
    assert (before, cloud.state("any")) == ("OK", "ALARM")


def test_an_alarm_that_cannot_be_evaluated_stops_no_other(
    cloud: MonitoredCloud, caplog: pytest.LogCaptureFixture
) -> None:
    band = {"Id": "e", "Expression": "SEARCH('{shop}', 'Sum')", "ReturnData": True}
    cloud.alarm(AlarmName="a", Metrics=[band])
    cloud.alarm()
    cloud.pass_minutes(2)
    assert (cloud.state("a"), cloud.state()) == ("INSUFFICIENT_DATA", "OK")
    assert [record.message for record in caplog.records] == [
        "alarm a is not evaluated: the sandbox has no function SEARCH"
    ]
