"""Application Auto Scaling of ECS services: acts on alarms, scheduled actions and new bounds.

The alarms of one look are decided together. Called inside the controller's tick.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from moto.applicationautoscaling.models import FakeScheduledAction
from moto.cloudwatch.models import Alarm

from slipway_sandbox import clock
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.cloudwatch.actions import ActionError
from slipway_sandbox.runtime.scaling import changes
from slipway_sandbox.runtime.scaling.breach import Breach
from slipway_sandbox.runtime.scaling.decide import Change, Request, decide
from slipway_sandbox.runtime.scaling.scalable_service import ScalableService, policy_seen, scalable_services
from slipway_sandbox.runtime.scaling.scheduled_actions import ScheduledActions

BOUNDS = "bounds_in_force"
"""Name under which a target keeps the bounds that its service was put into."""

NO_BOUNDS: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True)
class _Told:
    """A policy's ARN among the actions of an alarm, and the alarm's values."""

    action: str
    breach: Breach


class AutoScaling:
    """Scales every registered ECS service. `now` is the clock. Default: the sandbox's."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._scheduled = ScheduledActions(now)
        self._told: list[_Told] = []

    def on_action(self, arn: str, alarm: Alarm, _: str, value: float | None) -> None:
        """An alarm sets off a policy; the next `tick` acts. Raises ActionError without a data point, and without the policy."""
        if value is None:
            raise ActionError("a scaling policy needs the metric's value, and the alarm has none")
        policies = (policy for scalable in scalable_services() for policy in scalable.policies())
        if not any(is_action_of(arn, policy.policy_arn) for policy in policies):
            raise ActionError("no registered target has this scaling policy")
        is_below = alarm.comparison_operator.startswith("LessThan")
        breach = Breach(alarm.name, (value,), float(alarm.threshold), is_below, alarm.state_value)
        self._told.append(_Told(arn, breach))

    def tick(self) -> None:
        """Look at every scalable target. Call it often, after the alarms are evaluated."""
        now, told, self._told = self._now(), self._told, []
        services = list(scalable_services())
        due = self._scheduled.due([action for scalable in services for action in scalable.scheduled_actions()])
        for scalable in services:
            changes.settle(scalable, now)
            self._apply(scalable, due, now)
            if told and (requests := _requests(scalable, told)):
                self._decide(scalable, requests, now)

    def _apply(self, scalable: ScalableService, due: Sequence[FakeScheduledAction], now: datetime) -> None:
        """Carry out the scheduled actions that are due, and put the service into new bounds."""
        own = scalable.scheduled_actions()
        mine = [action for action in due if action in own and not scalable.is_suspended("ScheduledScaling")]
        for action in mine:
            changes.apply_action(scalable, action, now)
        bounds = (scalable.target.min_capacity, scalable.target.max_capacity)
        if mine or kept(scalable.target, BOUNDS, NO_BOUNDS) != bounds:
            keep(scalable.target, BOUNDS, bounds)
            changes.put_within_bounds(scalable, now)

    def _decide(self, scalable: ScalableService, requests: Sequence[Request], now: datetime) -> None:
        decision = decide(scalable.seen(), requests, now)
        if isinstance(decision, Change):
            changes.scale(scalable, decision, now)
        elif decision is not None:
            changes.tell_not_scaled(scalable, decision, now)


def _requests(scalable: ScalableService, told: Sequence[_Told]) -> list[Request]:
    """The alarms that have a policy of this target among their actions."""
    return [
        Request(policy_seen(policy), each.breach)
        for policy in scalable.policies()
        for each in told
        if is_action_of(each.action, policy.policy_arn)
    ]


def is_action_of(action: str, policy_arn: str) -> bool:
    """Whether an alarm's action is this policy; the alarms of target tracking add their maker.

    >>> is_action_of("arn:aws:autoscaling:eu-west-1:1:scalingPolicy:2:createdBy/3", "arn:aws:autoscaling:eu-west-1:1:scalingPolicy:2")
    True
    """
    return action == policy_arn or action.startswith(f"{policy_arn}:createdBy/")
