"""Application Auto Scaling."""

from collections.abc import Callable

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy

from slipway_sandbox.corrections._decorator import corrects


@corrects(
    ApplicationAutoscalingBackend.put_scaling_policy,
    why="moto leaves the alarms of a policy behind when it is put again; Auto Scaling replaces them.",
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
    key = FakeApplicationAutoscalingPolicy.formulate_key(
        service_namespace, resource_id, scalable_dimension, policy_name
    )
    if before := self.policies.get(key):
        before.delete_alarms(self.account_id, self.region_name)
    return original(self, policy_name, service_namespace, resource_id, scalable_dimension, *body, **named)
