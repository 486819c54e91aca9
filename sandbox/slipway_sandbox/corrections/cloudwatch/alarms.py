"""Alarms: their first state, SetAlarmState, composite alarms, and the notices to topics.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
"""

import json
from collections.abc import Callable, Iterable

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import sns_backends

from slipway_sandbox.corrections._decorator import adds, corrects
from slipway_sandbox.corrections.cloudwatch import actions, history
from slipway_sandbox.corrections.cloudwatch.configuration import region_in_message, trigger_in_message
from slipway_sandbox.corrections.cloudwatch.states import follow, state_of
from slipway_sandbox.corrections.policies import receivers
from slipway_sandbox.documents import Document
from slipway_sandbox.metrics.samples import EXTENDED

INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@adds(
    CloudWatchResponse,
    why="moto has no PutCompositeAlarm, but a place for its alarms; CloudWatch keeps and evaluates them.",
)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    answer: ActionResult = self.put_metric_alarm()
    return answer


@corrects(
    CloudWatchBackend.put_metric_alarm,
    why="moto takes a topic of any region as an action, of the extended statistics percentiles only, and puts each alarm into OK; "
    "CloudWatch takes topics of the alarm's region, a new alarm has insufficient data, and a changed one keeps its state.",
)
def put_metric_alarm(original: Callable[..., Alarm], self: CloudWatchBackend, **named: object) -> Alarm:
    for kind in actions.ACTIONS.values():
        for arn in _topics(named.get(kind)):
            region = arn.split(":")[3]
            if region != self.region_name:
                raise ValidationError(f"Invalid region {region} specified. Only {self.region_name} is supported.")
    extended = named.get("extended_statistic")
    if isinstance(extended, str) and EXTENDED.fullmatch(extended):
        named["extended_statistic"] = None  # moto would refuse all but percentiles
    before = self.alarms.get(str(named["name"]))
    alarm = original(self, **named)
    alarm.extended_statistic = extended if isinstance(extended, str) else None
    if before is None:
        alarm.state_value = INSUFFICIENT_DATA
    else:
        for name in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp"):
            setattr(alarm, name, getattr(before, name))
    verb = "updated" if before else "created"
    history.record(alarm, history.CONFIGURATION, f'Alarm "{alarm.name}" {verb}', {"type": verb[:-1].title()})
    return alarm


@corrects(
    CloudWatchBackend.set_alarm_state,
    why="moto changes the state and tells nobody; CloudWatch sends an event, keeps the change in the history, and takes the alarm's "
    "actions.",
)
def set_alarm_state(
    original: Callable[..., None], self: CloudWatchBackend, alarm_name: str, *state: str, **named: str
) -> None:
    before = state_of(self.alarms[alarm_name]) if alarm_name in self.alarms else None
    original(self, alarm_name, *state, **named)
    alarm = self.alarms[alarm_name]
    if before is not None and before.value != alarm.state_value:
        follow(alarm, before)


def _notify(topic_arn: str, alarm: Alarm, before: str, _: float | None) -> None:
    region, account = alarm.alarm_arn.split(":")[3:5]
    # Of the services, CloudWatch also names the owner, for whom the policy of a new topic asks.
    source = receivers.told(alarm.alarm_arn, account) | {"aws:sourceowner": account}
    alarms = receivers.Sender("CloudWatch", ("cloudwatch.amazonaws.com",), "the alarm", source)
    reason = receivers.refusal(alarms, topic_arn)
    if reason:
        raise actions.ActionError(reason)
    topic = sns_backends[account][region].topics[topic_arn]
    subject = f'{alarm.state_value}: "{alarm.name}" in {region_in_message(region)}'
    topic.publish(json.dumps(_notice(alarm, account, before)), subject=subject)


def _notice(alarm: Alarm, account: str, before: str) -> Document:
    """Message of an alarm, with the names that CloudWatch has in it."""
    told: Document = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": iso_8601_datetime_with_milliseconds(alarm.state_updated_timestamp).replace("Z", "+0000"),
        "Region": region_in_message(alarm.alarm_arn.split(":")[3]),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    }
    if alarm.rule is not None:
        return {**told, "AlarmRule": alarm.rule}
    return {**told, "Trigger": trigger_in_message(alarm)}


def _topics(arns: object) -> Iterable[str]:
    """ARNs of topics among those of actions."""
    return [arn for arn in arns if actions.service_of(str(arn)) == "sns"] if isinstance(arns, list) else []


actions.register("sns", _notify)
