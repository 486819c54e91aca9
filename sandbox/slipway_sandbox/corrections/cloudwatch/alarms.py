"""CloudWatch: composite alarms, and the notices of alarms to topics.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
"""

import json
import logging
from collections.abc import Callable, Iterable

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import sns_backends

from slipway_sandbox.corrections._decorator import adds, corrects
from slipway_sandbox.corrections.cloudwatch import actions
from slipway_sandbox.corrections.policies import receivers

logger = logging.getLogger(__name__)


@adds(
    CloudWatchResponse,
    why="moto has no PutCompositeAlarm, but a place for its alarms; CloudWatch keeps and evaluates them.",
)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    answer: ActionResult = self.put_metric_alarm()
    return answer


@corrects(
    CloudWatchBackend.put_metric_alarm,
    why="moto takes a topic of any region as an action; CloudWatch takes topics of the alarm's region only.",
)
def put_metric_alarm(original: Callable[..., Alarm], self: CloudWatchBackend, **named: object) -> Alarm:
    for kind in actions.ACTIONS.values():
        for arn in _topics(named.get(kind)):
            region = arn.split(":")[3]
            if region != self.region_name:
                raise ValidationError(f"Invalid region {region} specified. Only {self.region_name} is supported.")
    return original(self, **named)


@corrects(
    CloudWatchBackend.set_alarm_state,
    why="moto changes the state and tells nobody; CloudWatch tells the topics in the alarm's actions that let it publish.",
)
def set_alarm_state(
    original: Callable[..., None], self: CloudWatchBackend, alarm_name: str, *state: str, **named: str
) -> None:
    before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else ""
    original(self, alarm_name, *state, **named)
    alarm = self.alarms[alarm_name]
    if before != alarm.state_value:
        actions.act(alarm, before)


def _notify(topic_arn: str, alarm: Alarm, before: str, _: float | None) -> None:
    region, account = alarm.alarm_arn.split(":")[3:5]
    # Of the services, CloudWatch also names the owner, for whom the policy of a new topic asks.
    source = receivers.told(alarm.alarm_arn, account) | {"aws:sourceowner": account}
    alarms = receivers.Sender("CloudWatch", ("cloudwatch.amazonaws.com",), "the alarm", source)
    reason = receivers.refusal(alarms, topic_arn)
    if reason:
        logger.warning("alarm %s not delivered to %s: %s", alarm.name, topic_arn, reason)
        return
    topic = sns_backends[account][region].topics[topic_arn]
    topic.publish(json.dumps(_notice(alarm, account, before)), subject=f'{alarm.state_value}: "{alarm.name}"')


def _notice(alarm: Alarm, account: str, before: str) -> dict[str, object]:
    """Message of an alarm, with the names that CloudWatch has in it."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": iso_8601_datetime_with_milliseconds(alarm.state_updated_timestamp),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": alarm.threshold,
        },
    }


def _topics(arns: object) -> Iterable[str]:
    """ARNs of topics among those of actions."""
    return [arn for arn in arns if actions.service_of(str(arn)) == "sns"] if isinstance(arns, list) else []


actions.register("sns", _notify)
