"""Scalable targets, and what belongs to one.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
"""

from collections.abc import Callable

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeScalableTarget
from moto.core.exceptions import JsonRESTError

from slipway_sandbox.corrections._decorator import corrects


@corrects(
    ApplicationAutoscalingBackend.register_scalable_target,
    why="moto takes a minimum above the maximum; Application Auto Scaling refuses it.",
)
def register_scalable_target(
    original: Callable[..., FakeScalableTarget],
    self: ApplicationAutoscalingBackend,
    namespace: str,
    r_id: str,
    dimension: str,
    *bounds: int | None,
    **named: int | None,
) -> FakeScalableTarget:
    asked = dict(zip(("min_capacity", "max_capacity"), bounds, strict=False)) | named
    min_capacity, max_capacity = asked.get("min_capacity"), asked.get("max_capacity")
    before = self.targets.get(dimension, {}).get(r_id)
    low = before.min_capacity if min_capacity is None and before else min_capacity
    high = before.max_capacity if max_capacity is None and before else max_capacity
    if low is not None and high is not None and low > high:
        raise AWSValidationException("Maximum capacity cannot be less than minimum capacity")
    return original(self, namespace, r_id, dimension, *bounds, **named)


@corrects(
    ApplicationAutoscalingBackend.deregister_scalable_target,
    why="moto keeps the policies, their alarms and the scheduled actions of a target; Application Auto Scaling deletes them "
    "with it.",
)
def deregister_scalable_target(
    original: Callable[[ApplicationAutoscalingBackend, str, str, str], None],
    self: ApplicationAutoscalingBackend,
    namespace: str,
    r_id: str,
    dimension: str,
) -> None:
    original(self, namespace, r_id, dimension)
    target = (namespace, r_id, dimension)
    for policy in list(self.policies.values()):
        if (policy.service_namespace, policy.resource_id, policy.scalable_dimension) == target:
            self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)
    self.scheduled_actions = [
        action
        for action in self.scheduled_actions
        if (action.service_namespace, action.resource_id, action.scalable_dimension) != target
    ]


def check_registered(backend: ApplicationAutoscalingBackend, namespace: str, resource: str, dimension: str) -> None:
    """Raises ObjectNotFoundException where nobody has registered the target."""
    if resource not in backend.targets.get(dimension, {}):
        raise JsonRESTError(
            "ObjectNotFoundException",
            f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, "
            f"scalable dimension: {dimension}",
        )
