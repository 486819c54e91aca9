"""Scalable targets, scaling policies and scheduled actions."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Update
from slipway_sandbox.provider.protocol.wire import Properties

KEY = {
    "ServiceNamespace": "{serviceNamespace}",
    "ResourceId": "{resourceId}",
    "ScalableDimension": "{scalableDimension}",
}
FIND = {
    "ServiceNamespace": "{serviceNamespace}",
    "ResourceIds": ["{resourceId}"],
    "ScalableDimension": "{scalableDimension}",
}
POLICY = "policyType predictiveScalingPolicyConfiguration stepScalingPolicyConfiguration targetTrackingScalingPolicyConfiguration"
ACTION = "endTime scalableTargetAction schedule startTime timezone"
PARTS = r"(?P<serviceNamespace>[^/]+)/(?P<resourceId>.+)/(?P<scalableDimension>[^/]+)"


def validate_target(inputs: Properties) -> Failures:
    """The smallest capacity is not above the largest."""
    low, high = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        return [("minCapacity", f"must not be above maxCapacity {high}, got {low}")]
    return []


RESOURCES = (
    Resource(
        "aws:appautoscaling/target:Target",
        "application-autoscaling",
        create=Call("register_scalable_target"),
        id="{resourceId}",
        import_pattern=PARTS,
        read=(Call("describe_scalable_targets", FIND, reply="ScalableTargets[0]"),),
        updates=(Update("maxCapacity minCapacity roleArn suspendedState", Call("register_scalable_target", KEY)),),
        delete=Call("deregister_scalable_target", KEY),
        names={"roleArn": "RoleARN", "arn": "ScalableTargetARN"},
        immutable={"the three together are its key": "resourceId scalableDimension serviceNamespace"},
        validate=validate_target,
    ),
    Resource(
        "aws:appautoscaling/policy:Policy",
        "application-autoscaling",
        create=Call("put_scaling_policy"),
        id="{name}",
        import_pattern=f"{PARTS}/(?P<name>.+?)",
        read=(
            Call(
                "describe_scaling_policies",
                {
                    "ServiceNamespace": "{serviceNamespace}",
                    "ResourceId": "{resourceId}",
                    "ScalableDimension": "{scalableDimension}",
                },
                reply="ScalingPolicies[?PolicyName=='{name}'] | [0]",
            ),
        ),
        updates=(Update(POLICY, Call("put_scaling_policy", {**KEY, "PolicyName": "{name}"})),),
        delete=Call("delete_scaling_policy", {**KEY, "PolicyName": "{name}"}),
        autoname=Autoname(),
        reads={"alarmArns": "Alarms[].AlarmARN"},
        defaults={"policyType": "StepScaling"},
        immutable={"a policy belongs to one target": "name resourceId scalableDimension serviceNamespace"},
    ),
    Resource(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "application-autoscaling",
        create=Call("put_scheduled_action"),
        id="{name}",
        import_pattern=f"{PARTS}/(?P<name>.+?)",
        read=(
            Call(
                "describe_scheduled_actions",
                {**KEY, "ScheduledActionNames": ["{name}"]},
                reply="ScheduledActions[0]",
            ),
        ),
        updates=(Update(ACTION, Call("put_scheduled_action", {**KEY, "ScheduledActionName": "{name}"})),),
        delete=Call("delete_scheduled_action", {**KEY, "ScheduledActionName": "{name}"}),
        names={"name": "ScheduledActionName", "arn": "ScheduledActionARN", "timezone": "Timezone"},
        autoname=Autoname(),
        defaults={"timezone": "UTC"},
        immutable={"an action belongs to one target": "name resourceId scalableDimension serviceNamespace"},
    ),
)
