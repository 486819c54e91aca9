"""The number of tasks, set by application auto scaling between two bounds.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import appautoscaling, ecs

from ._checks import ArgumentError, given, whole_number
from ._front import Front

MOST_TASKS = 5000  # per service
MOST_REQUESTS = 1_000_000
# Going up is urgent, while going down too early stops and starts tasks for nothing.
SCALE_OUT_COOLDOWN_SECONDS = 60
SCALE_IN_COOLDOWN_SECONDS = 300
METRICS = {
    "cpu_percent": "ECSServiceAverageCPUUtilization",
    "memory_percent": "ECSServiceAverageMemoryUtilization",
    "requests_per_target": "ALBRequestCountPerTarget",
}


class ScalingArgs(TypedDict):
    """Target tracking of at least one metric; of several, the one that asks for most tasks counts."""

    max_tasks: int
    """Most tasks at once, up to 5000."""
    min_tasks: NotRequired[int]
    """Tasks that always run, at least 1. Default: desired_count."""
    cpu_percent: NotRequired[int]
    """CPU that a task may use on average, in percent of what it has, 1-100. Default: not looked at."""
    memory_percent: NotRequired[int]
    """Memory that a task may use on average, in percent of what it has, 1-100. Default: not looked at."""
    requests_per_target: NotRequired[int]
    """Requests that one task may get in a minute, 1-1000000; needs load_balancer. Default: not looked at."""


@dataclass(frozen=True)
class Scaling:
    """Bounds and targets, by argument."""

    least: int
    most: int
    targets: dict[str, int]


def scaling(who: str, args: ScalingArgs | None, desired: int, *, balanced: bool) -> Scaling | None:
    """Refuse bounds that exclude the desired count, no metric at all, or one that is not there."""
    if args is None:
        return None
    least = whole_number(who, "scaling.min_tasks", given(args.get("min_tasks"), max(desired, 1)), 1, MOST_TASKS)
    most = whole_number(who, "scaling.max_tasks", args["max_tasks"], least, MOST_TASKS, f"min_tasks is {least}")
    if not least <= desired <= most:
        fix = "the service starts with it; change one of them"
        raise ArgumentError(f"{who}: desired_count must be within scaling's {least}-{most}, got {desired}; {fix}")
    bounds = {"cpu_percent": 100, "memory_percent": 100, "requests_per_target": MOST_REQUESTS}
    targets = {}
    for key, high in bounds.items():
        value = args.get(key)
        if value is not None:
            targets[key] = whole_number(who, f"scaling.{key}", value, 1, high)  # type: ignore[arg-type]
    if not targets:
        raise ArgumentError(f"{who}: scaling needs a metric, got none; set {', '.join(bounds)} or several of them")
    if "requests_per_target" in targets and not balanced:
        fix = "set load_balancer, or use cpu_percent"
        raise ArgumentError(f"{who}: scaling.requests_per_target needs load_balancer, got none; {fix}")
    return Scaling(least, most, targets)


def scale(
    name: str,
    wanted: Scaling,
    cluster_arn: pulumi.Input[str],
    service: ecs.Service,
    front: Front | None,
    child: pulumi.ResourceOptions,
) -> None:
    """The scalable target of a service, and one policy for each metric."""
    cluster = pulumi.Output.from_input(cluster_arn).apply(lambda arn: arn.rpartition("/")[2])
    target = appautoscaling.Target(
        name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", cluster, "/", service.name),
        min_capacity=wanted.least,
        max_capacity=wanted.most,
        opts=child,
    )
    for key, value in wanted.targets.items():
        label = None
        if key == "requests_per_target" and front is not None:
            label = pulumi.Output.concat(front.balancer_arn_suffix, "/", front.targets.arn_suffix)
        appautoscaling.Policy(
            f"{name}-{key.replace('_', '-')}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "target_value": value,
                "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
                "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
                "predefined_metric_specification": {
                    "predefined_metric_type": METRICS[key],
                    "resource_label": label,
                },
            },
            opts=child,
        )
