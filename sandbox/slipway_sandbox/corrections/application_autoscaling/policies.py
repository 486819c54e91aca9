"""Scaling policies and scheduled actions of scalable targets."""

from collections.abc import Callable, Mapping

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.application_autoscaling.targets import check_registered

LAST_SCALED = "last_scaled"
"""Name under which a policy keeps its last change: it survives a new configuration."""


@corrects(
    ApplicationAutoscalingBackend.put_scaling_policy,
    why="moto takes a policy of a target that is not registered, and gives one that is put again a new ARN, so that its alarms "
    "name nothing, and leaves its old alarms behind; Application Auto Scaling refuses the first, and replaces the alarms.",
)
def put_scaling_policy(  # noqa: PLR0913, PLR0917 - the signature is moto's
    original: Callable[..., FakeApplicationAutoscalingPolicy],
    self: ApplicationAutoscalingBackend,
    policy_name: str,
    service_namespace: str,
    resource_id: str,
    scalable_dimension: str,
    *body: object,
    **named: object,
) -> FakeApplicationAutoscalingPolicy:
    check_registered(self, service_namespace, resource_id, scalable_dimension)
    key = FakeApplicationAutoscalingPolicy.formulate_key(
        service_namespace, resource_id, scalable_dimension, policy_name
    )
    before = self.policies.get(key)
    policy = original(self, policy_name, service_namespace, resource_id, scalable_dimension, *body, **named)
    if before:
        before.delete_alarms(self.account_id, self.region_name)
        for alarm in policy.alarms:
            alarm.alarm_actions = [each.replace(policy.policy_arn, before.policy_arn) for each in alarm.alarm_actions]
            alarm.description = alarm.description.replace(policy.policy_arn, before.policy_arn)
        policy.policy_arn, policy.creation_time = before.policy_arn, before.creation_time
        keep(policy, LAST_SCALED, kept(before, LAST_SCALED, ()))
    return policy


@corrects(
    ApplicationAutoscalingBackend.put_scheduled_action,
    why="moto takes a scheduled action of a target that is not registered; Application Auto Scaling refuses it.",
)
def put_scheduled_action(original: Callable[..., None], self: ApplicationAutoscalingBackend, **named: object) -> None:
    key = [str(named[name]) for name in ("service_namespace", "resource_id", "scalable_dimension")]
    check_registered(self, *key)
    original(self, **named)


def configuration_of(policy: FakeApplicationAutoscalingPolicy) -> Mapping[str, object]:
    """The policy's configuration, as botocore has checked it."""
    found: Mapping[str, object] = (
        policy.step_scaling_policy_configuration or policy.target_tracking_scaling_policy_configuration or {}
    )
    return found
