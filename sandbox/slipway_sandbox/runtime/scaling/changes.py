"""Changes of a service's number of tasks, and the scaling activities that tell of them.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

import uuid
from datetime import datetime
from typing import NamedTuple, cast

from moto.applicationautoscaling.models import FakeScheduledAction

from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.application_autoscaling import activities
from slipway_sandbox.corrections.application_autoscaling.activities import NotScaledReason, ScalingActivity
from slipway_sandbox.corrections.application_autoscaling.policies import LAST_SCALED
from slipway_sandbox.corrections.ecs import deployments
from slipway_sandbox.runtime.scaling.decide import Change, NotScaled, Request
from slipway_sandbox.runtime.scaling.scalable_service import DIMENSION, ScalableService

UNDER_WAY = "change_under_way"
"""Name under which a target keeps the change that its service has not fulfilled yet."""
WRONG_BOUNDS = "Maximum capacity cannot be less than minimum capacity"


class UnderWay(NamedTuple):
    """A change that the service has not fulfilled yet."""

    activity_id: str
    policy: str
    """Empty for a change without a policy."""
    before: int
    after: int


class Count(NamedTuple):
    """A new desired count."""

    before: int
    after: int
    policy: str = ""
    """Empty for a change without a policy."""


def scale(scalable: ScalableService, change: Change, now: datetime) -> None:
    """Set the desired count as a policy asks for. A scale-out ends the cooldowns of all scale-ins."""
    if change.desired > scalable.service.desired_count:
        for policy in scalable.policies():
            last = kept(policy, LAST_SCALED, ())
            if last and last[1] < last[0]:
                keep(policy, LAST_SCALED, ())
    count = Count(change.before, change.desired, change.request.policy.name)
    _set(scalable, count, _cause(change.request), now)


def tell_not_scaled(scalable: ScalableService, outcome: NotScaled, now: datetime) -> None:
    """Keep an activity that changed nothing, unless the last one did not for the same reason."""
    latest = next(iter(activities.of_target(scalable.backend, scalable.target.resource_id, DIMENSION)), None)
    if latest and [reason["Code"] for reason in latest.get("NotScaledReasons", [])] == [outcome.code]:
        return
    reason: NotScaledReason = {"Code": outcome.code}
    if outcome.about:
        reason |= {outcome.about: outcome.tasks}  # type: ignore[misc] # one of the reason's own keys
    activity = _activity(scalable, "Attempting to scale due to alarm triggered", _cause(outcome.request), now)
    succeeded = outcome.code == "AlreadyAtDesiredCapacity"
    activities.add(
        scalable.backend,
        {**activity, "StatusCode": "Successful" if succeeded else "Failed", "NotScaledReasons": [reason]},
    )


def put_within_bounds(scalable: ScalableService, now: datetime) -> None:
    """Set the desired count to the minimum or the maximum where it is beyond."""
    desired, bounded = scalable.service.desired_count, scalable.seen().bounded(scalable.service.desired_count)
    if bounded != desired:
        bound = "minimum" if bounded > desired else "maximum"
        _set(scalable, Count(desired, bounded), f"{bound} capacity was set to {bounded}", now)


def apply_action(scalable: ScalableService, action: FakeScheduledAction, now: datetime) -> None:
    """Give the target the bounds of a scheduled action."""
    target = scalable.target
    wanted = cast("dict[str, int]", action.scalable_target_action or {})  # a dict, though moto calls it a string
    low, high = wanted.get("MinCapacity"), wanted.get("MaxCapacity")
    words = " and ".join(
        f"{word} capacity to {bound}" for word, bound in (("min", low), ("max", high)) if bound is not None
    )
    cause = f"scheduled action name {action.scheduled_action_name} was triggered"
    activity = _activity(scalable, f"Setting {words}", cause, now)
    new_low, new_high = target.min_capacity if low is None else low, target.max_capacity if high is None else high
    if (new_low or 0) > (new_high or 0):
        failed = f"Failed to set {words}. Reason: {WRONG_BOUNDS}"
        activities.add(scalable.backend, {**activity, "StatusCode": "Failed", "StatusMessage": failed})
        return
    target.min_capacity, target.max_capacity = new_low, new_high
    activities.add(scalable.backend, {**activity, "StatusMessage": f"Successfully set {words}"})


def settle(scalable: ScalableService, now: datetime) -> None:
    """End the activity under way where the service has its tasks, or another number was set. A cooldown begins then."""
    if not (known := kept(scalable.target, UNDER_WAY, ())):
        return
    change = UnderWay(*known)
    service, is_out = scalable.service, change.after > change.before
    has_its_tasks = service.running_count >= change.after if is_out else service.running_count <= change.after
    if service.desired_count == change.after and not has_its_tasks:
        return
    keep(scalable.target, UNDER_WAY, ())
    activity = activities.activities(scalable.backend).get(change.activity_id)
    if activity is None:
        return
    done = f"Successfully set desired count to {change.after}."
    activity["EndTime"] = now.timestamp()
    if service.desired_count != change.after:
        activity["StatusCode"] = "Overridden"
        activity["StatusMessage"] = f"{done} Found it was later changed to {service.desired_count}."
        return
    activity["StatusCode"] = "Successful"
    activity["StatusMessage"] = f"{done} Change successfully fulfilled by ecs."
    deployments.tell(service, f"Message: {activity['StatusMessage']} Cause: {activity['Cause']}")
    for policy in scalable.policies():
        if policy.policy_name == change.policy:
            keep(policy, LAST_SCALED, (change.before, change.after, now))


def _set(scalable: ScalableService, count: Count, cause: str, now: datetime) -> None:
    service = scalable.service
    scalable.backend.ecs_backend.update_service(
        {"cluster": service.cluster_name, "service": service.name, "desired_count": count.after}
    )
    settle(scalable, now)  # an older change is overridden
    activity = _activity(scalable, f"Setting desired count to {count.after}.", cause, now)
    activities.add(scalable.backend, {**activity, "StatusCode": "InProgress"})
    keep(scalable.target, UNDER_WAY, tuple(UnderWay(activity["ActivityId"], count.policy, count.before, count.after)))


def _activity(scalable: ScalableService, description: str, cause: str, now: datetime) -> ScalingActivity:
    """A successful activity that ends at once."""
    return {
        "ActivityId": str(uuid.uuid4()),
        "ServiceNamespace": "ecs",
        "ResourceId": scalable.target.resource_id,
        "ScalableDimension": DIMENSION,
        "Description": description,
        "Cause": cause,
        "StartTime": now.timestamp(),
        "StatusCode": "Successful",
    }


def _cause(request: Request) -> str:
    return (
        f"monitor alarm {request.breach.alarm} in state {request.breach.state} triggered policy {request.policy.name}"
    )
