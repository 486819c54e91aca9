"""The number of tasks, set by application auto scaling between two bounds.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import appautoscaling, ecs

from slipway.common import ArgumentError, child_keys, given, whole_number

from ._front import Front

# https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
SCHEDULES = (
    re.compile(r"cron\((\S+ ){5}\S+\)"),
    re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)"),
    re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?\)"),
)
ZONE = re.compile(r"[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)*")
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


class ScheduleArgs(TypedDict):
    """From a time on, other bounds than those that are in force."""

    schedule: str
    """cron(minutes hours day-of-month month day-of-week year), rate(value unit), or at(yyyy-mm-ddThh:mm:ss) for once."""
    time_zone: NotRequired[str]
    """Time zone of cron and at, such as Europe/Berlin. Default: UTC."""
    min_tasks: NotRequired[int]
    """Tasks that run at least from then on, 0-5000. Default: as before."""
    max_tasks: NotRequired[int]
    """Most tasks from then on, up to 5000. Default: as before."""


class ScalingArgs(TypedDict):
    """A metric to follow or a schedule, at least one; of several metrics, the one that asks for most tasks counts."""

    max_tasks: int
    """Most tasks at once, up to 5000."""
    min_tasks: NotRequired[int]
    """Tasks that always run, at least 1. Default: desired_count."""
    cpu_percent: NotRequired[int]
    """CPU that a task may use on average, in percent of what it has, 1-100. Default: not looked at."""
    memory_percent: NotRequired[int]
    """Memory that a task may use on average, in percent of what it has, 1-100. Default: not looked at."""
    requests_per_target: NotRequired[int]
    """Requests that one task may get in a minute, 1-1000000; needs load_balancer or listener.
    Default: not looked at."""
    schedules: NotRequired[Mapping[str, ScheduleArgs]]
    """Name to a time with other bounds, such as none at night. A refresh of the stack shows and undoes what is in force
    until the next one. Default: the same bounds always."""


@dataclass(frozen=True)
class Scaling:
    """Bounds and targets, by argument."""

    least: int
    most: int
    targets: dict[str, int]
    schedules: dict[str, ScheduleArgs]


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
    schedules = given(args.get("schedules"), {})
    child_keys(who, "scaling.schedules", schedules)
    for name, timed in schedules.items():
        check_schedule(who, name, timed)
    if not targets and not schedules:
        raise ArgumentError(
            f"{who}: scaling needs a metric or a schedule, got none; set {', '.join(bounds)} or schedules"
        )
    if "requests_per_target" in targets and not balanced:
        fix = "set load_balancer, or use cpu_percent"
        raise ArgumentError(f"{who}: scaling.requests_per_target needs load_balancer or listener, got none; {fix}")
    return Scaling(least, most, targets, dict(schedules))


def check_schedule(who: str, name: str, args: ScheduleArgs) -> None:
    """Refuse a time that is none, bounds that exclude each other, and a schedule that changes nothing."""
    argument = f"scaling.schedules.{name}"
    if not any(form.fullmatch(args["schedule"]) for form in SCHEDULES):
        rule = "must be cron(...) of six fields, rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"
        raise ArgumentError(
            f"{who}: {argument}.schedule {rule}, got {args['schedule']!r}; for example cron(0 20 * * ? *)"
        )
    low, high, zone = args.get("min_tasks"), args.get("max_tasks"), args.get("time_zone")
    if zone is not None and not ZONE.fullmatch(zone):
        raise ArgumentError(f"{who}: {argument}.time_zone must be a name such as Europe/Berlin, got {zone!r}")
    least = 0 if low is None else whole_number(who, f"{argument}.min_tasks", low, 0, MOST_TASKS)
    if high is not None:
        whole_number(who, f"{argument}.max_tasks", high, least, MOST_TASKS, f"min_tasks is {least}" if least else "")
    if low is None and high is None:
        raise ArgumentError(f"{who}: {argument} must change a bound, got none; set min_tasks, max_tasks or both")


def scalable_target(
    name: str,
    cluster_name: pulumi.Input[str],
    service_name: pulumi.Input[str],
    least: int,
    most: int,
    child: pulumi.ResourceOptions,
) -> appautoscaling.Target:
    """The number of tasks of a service, as application auto scaling sets it."""
    return appautoscaling.Target(
        name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", cluster_name, "/", service_name),
        min_capacity=least,
        max_capacity=most,
        opts=child,
    )


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
    target = scalable_target(name, cluster, service.name, wanted.least, wanted.most, child)
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
    for key, timed in wanted.schedules.items():
        low, high = timed.get("min_tasks"), timed.get("max_tasks")
        appautoscaling.ScheduledAction(
            f"{name}-{key}",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            schedule=timed["schedule"],
            timezone=timed.get("time_zone"),
            scalable_target_action={
                "min_capacity": None if low is None else int(low),
                "max_capacity": None if high is None else int(high),
            },
            opts=child,
        )
