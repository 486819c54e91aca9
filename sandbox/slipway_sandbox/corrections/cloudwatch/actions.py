"""What an alarm does in a state: it tells topics when it gets there, and sets off scaling policies for as long as it stays.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeAlias

from moto.cloudwatch.models import Alarm

ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}
"""State, to the actions on it."""
REPEATED = frozenset({"autoscaling"})
"""Services whose actions CloudWatch takes at every evaluation in the state, and not only at the change to it."""

Handler: TypeAlias = Callable[[str, Alarm, str, float | None], None]
"""Takes an action: its ARN, the alarm in its new state, the state before, and the latest data point that was judged.

The state before is the new one where an action is repeated. There is no data point where none was reported, and where somebody
set the state by SetAlarmState.
"""

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
        handler = _handlers.get(service)
        if handler is not None:
            handler(arn, alarm, before, datapoint)
        elif before != alarm.state_value:
            logger.warning("alarm %s: the sandbox does not act on %s", alarm.name, arn)


def actions_of(alarm: Alarm) -> Iterable[str]:
    """ARNs of the actions of an alarm's present state."""
    return list(getattr(alarm, ACTIONS[alarm.state_value]) or [])


def service_of(arn: str) -> str:
    """Service of an ARN; empty where it is none."""
    return [*arn.split(":"), "", ""][2]
