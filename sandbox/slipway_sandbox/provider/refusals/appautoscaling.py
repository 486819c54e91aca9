"""Application Auto Scaling's refusals."""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.refusals.rule import Refusal


def target_not_registered(scope: Scope) -> str | None:
    """A scaling policy without a registered scalable target."""
    namespace, resource = scope.inputs["serviceNamespace"], scope.inputs["resourceId"]
    dimension = scope.inputs["scalableDimension"]
    reply = scope.call(
        "describe_scalable_targets", ServiceNamespace=namespace, ResourceIds=[resource], ScalableDimension=dimension
    )
    if reply["ScalableTargets"]:
        return None
    return (
        f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, "
        f"scalable dimension: {dimension}"
    )


REFUSALS = (
    Refusal(
        "aws:appautoscaling/policy:Policy",
        "PutScalingPolicy",
        "ObjectNotFoundException",
        "resourceId serviceNamespace scalableDimension",
        target_not_registered,
        "take resourceId from the appautoscaling Target",
        patient=True,
    ),
)
