"""Automatic scaling of a service between two bounds, by metrics and by schedules.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
from pulumi_aws import appautoscaling, ecs

from slipway.common import ArgumentError, Arguments, Context, check_schedule_expression, check_time_zone, text_output

from ._front import Front

MOST_TASKS = 5000  # per service
# Scaling out is urgent; scaling in too early stops and starts tasks for nothing.
SCALE_OUT_COOLDOWN_SECONDS = 60
SCALE_IN_COOLDOWN_SECONDS = 300
REQUESTS = "requests_per_target"


class Metric(NamedTuple):
    """A metric of application auto scaling."""

    name: str
    highest_target: int


METRICS = {
    "cpu_percent": Metric("ECSServiceAverageCPUUtilization", 100),
    "memory_percent": Metric("ECSServiceAverageMemoryUtilization", 100),
    REQUESTS: Metric("ALBRequestCountPerTarget", 1_000_000),
}


class ScheduleArgs(TypedDict):
    """New bounds from a time on."""

    schedule: str
    """cron(minutes hours day-of-month month day-of-week year), rate(value unit), or at(yyyy-mm-ddThh:mm:ss) for once."""
    time_zone: NotRequired[str]
    """Time zone of cron and at, such as Europe/Berlin. Default: UTC."""
    min_tasks: NotRequired[int]
    """New minimum of tasks, 0-5000. Default: as before."""
    max_tasks: NotRequired[int]
    """New maximum of tasks, up to 5000. Default: as before."""


class ScalingArgs(TypedDict):
    """Scaling by at least one metric or schedule; of several metrics, the one with the highest number of tasks counts."""

    max_tasks: int
    """Maximum of tasks, up to 5000."""
    min_tasks: NotRequired[int]
    """Minimum of tasks, at least 1. Default: `desired_count`."""
    cpu_percent: NotRequired[int]
    """Target of the tasks' average CPU use, 1-100 percent. Default: no scaling by CPU."""
    memory_percent: NotRequired[int]
    """Target of the tasks' average memory use, 1-100 percent. Default: no scaling by memory."""
    requests_per_target: NotRequired[int]
    """Target of requests per task and minute, 1-1000000; needs `load_balancer` or `listener`.
    Default: no scaling by requests."""
    schedules: NotRequired[Mapping[str, ScheduleArgs]]
    """Times with new bounds, by a name of your choice, such as none at night. A refresh of the stack shows the bounds in
    force as a change, and the next update undoes it until the next time. Default: the same bounds always."""


@dataclass(frozen=True)
class Schedule:
    """A checked time with new bounds; None for a bound without change."""

    key: str
    expression: str
    time_zone: str | None
    min_tasks: int | None
    max_tasks: int | None


@dataclass(frozen=True)
class Scaling:
    """Checked bounds, metrics and schedules."""

    min_tasks: int
    max_tasks: int
    targets: Mapping[str, int]
    """Argument, such as cpu_percent, to its target."""
    schedules: Sequence[Schedule]


def scaling(arguments: Arguments | None, desired_count: int, *, has_front: bool) -> Scaling | None:
    """Check the argument `scaling`: the desired count within the bounds, at least one metric or schedule."""
    if arguments is None:
        return None
    low = arguments.whole_number("min_tasks", 1, MOST_TASKS, max(desired_count, 1))
    high = arguments.whole_number("max_tasks", low, MOST_TASKS, low, f"min_tasks is {low}")
    if not low <= desired_count <= high:
        fix = "the service starts with it; change one of them"
        rule = f"desired_count must be within scaling's {low}-{high}, got {desired_count}"
        raise ArgumentError(f"{arguments.who}: {rule}; {fix}")
    targets = {
        key: arguments.whole_number(key, 1, metric.highest_target, 1)
        for key, metric in METRICS.items()
        if arguments.has(key)
    }
    arguments.child_keys("schedules")
    schedules = [schedule(key, entry) for key, entry in arguments.each("schedules")]
    if not targets and not schedules:
        fix = f"set {', '.join(METRICS)} or schedules"
        raise ArgumentError(f"{arguments.who}: scaling needs a metric or a schedule, got none; {fix}")
    if REQUESTS in targets and not has_front:
        fix = "set load_balancer, or use cpu_percent"
        raise arguments.error(REQUESTS, f"needs load_balancer or listener, got none; {fix}")
    return Scaling(low, high, targets, schedules)


def schedule(key: str, arguments: Arguments) -> Schedule:
    """Check one schedule: a time that exists, bounds in order, and at least one of them."""
    expression, time_zone = arguments.text("schedule"), arguments.optional_text("time_zone")
    check_schedule_expression(arguments.who, arguments.label("schedule"), expression)
    if time_zone is not None:
        check_time_zone(arguments.who, arguments.label("time_zone"), time_zone)
    low = arguments.optional_whole_number("min_tasks", 0, MOST_TASKS)
    high = None
    if arguments.has("max_tasks"):
        high = arguments.whole_number("max_tasks", low or 0, MOST_TASKS, 0, f"min_tasks is {low}" if low else "")
    if low is None and high is None:
        label = arguments.path.rstrip(".")
        raise ArgumentError(f"{arguments.who}: {label} must change a bound, got none; set min_tasks, max_tasks or both")
    return Schedule(key, expression, time_zone, low, high)


def scalable_target(
    context: Context, cluster_name: pulumi.Input[str], service_name: pulumi.Input[str], min_tasks: int, max_tasks: int
) -> appautoscaling.Target:
    """The number of a service's tasks, as application auto scaling sets it."""
    return appautoscaling.Target(
        context.name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", cluster_name, "/", service_name),
        min_capacity=min_tasks,
        max_capacity=max_tasks,
        opts=context.child,
    )


def scale(
    context: Context, plan: Scaling, cluster_arn: pulumi.Input[str], service: ecs.Service, front: Front | None
) -> None:
    """Make the scalable target of a service, a policy for each metric, and an action for each schedule."""
    cluster_name = text_output(context.who, "cluster_arn", cluster_arn).apply(lambda arn: arn.rpartition("/")[2])
    target = scalable_target(context, cluster_name, service.name, plan.min_tasks, plan.max_tasks)
    for key, value in plan.targets.items():
        label = None
        if key == REQUESTS and front is not None:
            label = pulumi.Output.concat(front.balancer_arn_suffix, "/", front.targets.arn_suffix)
        appautoscaling.Policy(
            f"{context.name}-{key.replace('_', '-')}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "target_value": value,
                "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
                "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
                "predefined_metric_specification": {
                    "predefined_metric_type": METRICS[key].name,
                    "resource_label": label,
                },
            },
            opts=context.child,
        )
    for timed in plan.schedules:
        appautoscaling.ScheduledAction(
            f"{context.name}-{timed.key}",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            schedule=timed.expression,
            timezone=timed.time_zone,
            scalable_target_action={"min_capacity": timed.min_tasks, "max_capacity": timed.max_tasks},
            opts=context.child,
        )
