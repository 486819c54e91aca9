"""What an alarm does in a state: it tells topics when it gets there, and sets off scaling policies for as long as it stays.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeAlias

from moto.cloudwatch.models import Alarm

from slipway_sandbox.corrections.cloudwatch import history
from slipway_sandbox.documents import Document

ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}
"""State, to the actions on it."""
REPEATED = frozenset({"autoscaling"})
"""Services whose actions CloudWatch takes at every evaluation in the state, and not only at the change to it."""

Handler: TypeAlias = Callable[[str, Alarm, str, float | None], None]
"""Takes an action: its ARN, the alarm in its new state, the state before, and the latest data point that was judged.

The state before is the new one where an action is repeated. There is no data point where none was reported, and where somebody
set the state by SetAlarmState.
"""


class ActionError(Exception):
    """An action that was not taken, with the reason."""


logger = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}


def register(service: str, handler: Handler) -> None:
    """Has the handler called for actions of a service: the third part of their ARNs."""
    _handlers[service] = handler


def unregister(service: str) -> None:
    """Has nobody called for actions of a service."""
    _handlers.pop(service, None)


def act(alarm: Alarm, before: str, datapoint: float | None = None) -> None:
    """Takes the actions of an alarm's present state, at a change from another one or at an evaluation that left it."""
    if not alarm.actions_enabled:
        return
    for arn in actions_of(alarm):
        service = service_of(arn)
        if before == alarm.state_value and service not in REPEATED:
            continue
        trouble = _trouble(arn, alarm, before, datapoint)
        if before == alarm.state_value:
            continue
        if trouble:
            logger.warning("alarm %s: no action on %s: %s", alarm.name, arn, trouble)
        summary = f"Failed to execute action {arn}" if trouble else f"Successfully executed action {arn}"
        outcome: Document = {"actionState": "Failed", "error": trouble} if trouble else {"actionState": "Succeeded"}
        history.record(alarm, history.ACTION, summary, {**outcome, "notificationResource": arn})


def _trouble(arn: str, alarm: Alarm, before: str, datapoint: float | None) -> str:
    """Takes one action; why it was not taken, or empty. The other actions do not depend on it."""
    handler = _handlers.get(service_of(arn))
    if handler is None:
        return "the sandbox has no such action"
    try:
        handler(arn, alarm, before, datapoint)
    except ActionError as error:
        return str(error)
    except Exception as error:
        logger.exception("alarm %s: action on %s", alarm.name, arn)
        return repr(error)
    return ""


def actions_of(alarm: Alarm) -> Iterable[str]:
    """ARNs of the actions of an alarm's present state."""
    return list(getattr(alarm, ACTIONS[alarm.state_value]) or [])


def service_of(arn: str) -> str:
    """Service of an ARN; empty where it is none."""
    return [*arn.split(":"), "", ""][2]
