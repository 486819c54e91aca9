"""A change of an alarm's state: history, event and actions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import json
from dataclasses import dataclass

from moto.cloudwatch.models import Alarm
from moto.events.models import events_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections.cloudwatch import actions, history
from slipway_sandbox.corrections.cloudwatch.configuration import metrics_in_event
from slipway_sandbox.documents import Document


@dataclass(frozen=True)
class State:
    """A state of an alarm."""

    value: str
    reason: str
    data: str
    """JSON."""
    since: str


def state_of(alarm: Alarm) -> State:
    """The state that an alarm is in."""
    moment = alarm.state_updated_timestamp
    since = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
    return State(alarm.state_value, alarm.state_reason, alarm.state_reason_data or "", since)


def change(alarm: Alarm, value: str, reason: str, data: str, datapoint: float | None = None) -> None:
    """Puts an alarm into a state, perhaps the one that it is in, and does what follows from it."""
    before = state_of(alarm)
    if value != before.value:
        alarm.state_reason, alarm.state_reason_data, alarm.state_value = reason, data, value
        alarm.state_updated_timestamp = clock.now().replace(tzinfo=None)
    follow(alarm, before, datapoint)


def follow(alarm: Alarm, before: State, datapoint: float | None = None) -> None:
    """What follows from an alarm's present state, after the one before."""
    if alarm.state_value != before.value:
        _record(alarm, before)
        _send_event(alarm, before)
    actions.act(alarm, before.value, datapoint)


def _record(alarm: Alarm, before: State) -> None:
    now = state_of(alarm)
    states = {"oldState": _in_history(before), "newState": _in_history(now)}
    history.record(alarm, history.STATE, f"Alarm updated from {before.value} to {now.value}", states)
    alarm.history.clear()  # moto's own, which nobody reads


def _in_history(state: State) -> Document:
    shown: dict[str, str | dict[str, object]] = {"stateValue": state.value, "stateReason": state.reason}
    document: Document = {**shown, **({"stateReasonData": json.loads(state.data)} if state.data else {})}  # type: ignore[dict-item] # JSON
    return document


def _send_event(alarm: Alarm, before: State) -> None:
    region, account = alarm.alarm_arn.split(":")[3:5]
    if alarm.rule is None:
        configuration: Document = {"metrics": metrics_in_event(alarm)}
    else:
        configuration = {"alarmRule": alarm.rule, "actionsEnabled": alarm.actions_enabled}
    described: Document = {"description": alarm.description} if alarm.description else {}
    detail: Document = {
        "alarmName": alarm.name,
        "configuration": {**described, **configuration},
        "previousState": _in_event(before),
        "state": _in_event(state_of(alarm)),
    }
    event = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm.alarm_arn],
        "Detail": json.dumps(detail),
    }
    events_backends[account][region].put_events([event])


def _in_event(state: State) -> Document:
    data = {"reasonData": state.data} if state.data else {}
    return {"value": state.value, "reason": state.reason, **data, "timestamp": state.since}
