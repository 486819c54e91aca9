"""How many tasks a queue needs: target tracking on the messages that each task faces, and two steps around zero.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi_aws import appautoscaling, cloudwatch
from pulumi_aws.appautoscaling import (
    PolicyStepScalingPolicyConfigurationArgsDict as Stepping,
)
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationArgsDict as Tracking,
)
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArgsDict as MetricDict,
)

from slipway.common import Tags, named
from slipway.service import SCALE_IN_COOLDOWN_SECONDS, SCALE_OUT_COOLDOWN_SECONDS, scalable_target

PERIOD_SECONDS = 60  # how often SQS and Container Insights report
IDLE_MINUTES = 15  # without a message before the last task goes, which is as long as SQS can delay one
# A task that is being started does not run yet: within this time no second one is added for the same messages.
START_COOLDOWN_SECONDS = 300


@dataclass(frozen=True)
class Scaled:
    """What is scaled, between which bounds, and by which names metrics know it."""

    name: str
    low: int
    high: int
    queues: Sequence[pulumi.Input[str]]
    cluster: pulumi.Input[str]
    service: pulumi.Input[str]


def ids(kind: str, queues: int) -> list[str]:
    """Names of a metric of each queue in an expression."""
    return [kind] if queues == 1 else [f"{kind}_{number}" for number in range(1, queues + 1)]


def total(kind: str, queues: int) -> str:
    """A metric of all queues; one that was not used for six hours reports nothing, which must not hide the others."""
    return kind if queues == 1 else "(" + " + ".join(f"FILL({key}, 0)" for key in ids(kind, queues)) + ")"


def backlog_expression(queues: int) -> str:
    """Messages that each task faces. Those in flight count: a task that works on the last ones is not idle."""
    messages = f"{total('visible', queues)} + {total('in_flight', queues)}"
    # Without a task to divide by, one.
    return f"({messages}) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)"


def waiting_expression(queues: int) -> str:
    """Messages that wait while no task runs; Container Insights may report nothing at all for a service without tasks."""
    return f"IF(FILL(running, 0) < 1, {total('visible', queues)}, 0)"


def left_expression(queues: int) -> str:
    """Messages that wait or are worked on."""
    return f"{total('visible', queues)} + {total('in_flight', queues)}"


def scale_by_backlog(
    it: Scaled, backlog: int, cpu_percent: int | None, tags: Tags | None, child: pulumi.ResourceOptions
) -> None:
    """Keep the messages per task at `backlog`, the CPU below `cpu_percent` where given, and reach zero where allowed."""
    target = scalable_target(it.name, it.cluster, it.service, it.low, it.high, child)
    cooldowns: dict[str, Any] = {
        "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
        "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
    }
    tracked: dict[str, dict[str, Any]] = {
        it.name: {"target_value": backlog, "customized_metric_specification": {"metrics": backlog_metrics(it)}}
    }
    if cpu_percent is not None:
        predefined = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
        tracked[f"{it.name}-cpu"] = {"target_value": cpu_percent, "predefined_metric_specification": predefined}
    for name, configuration in tracked.items():
        appautoscaling.Policy(
            name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=cast(Tracking, {**configuration, **cooldowns}),
            opts=child,
        )
    if it.low == 0:
        first_task(it, target, tags, child)
        last_task(it, target, tags, child)


def first_task(it: Scaled, target: appautoscaling.Target, tags: Tags | None, child: pulumi.ResourceOptions) -> None:
    """From zero to one: target tracking multiplies the number of tasks, and none times anything is none."""
    role = "first-task"
    # Not an exact capacity of one: with more tasks than Container Insights told of, that would scale in.
    policy = step(f"{it.name}-{role}", target, "ChangeInCapacity", 1, {"metric_interval_lower_bound": "0"}, child)
    metrics = {**of_queues(it, "visible", "Visible"), "running": of_service(it)}
    text = f"Messages wait for {it.name} and no task runs; scaling starts one"
    alarm(
        it,
        role,
        metrics,
        waiting_expression(len(it.queues)),
        ("GreaterThanOrEqualToThreshold", 1, 1),
        text,
        policy,
        tags,
        child,
    )


def last_task(it: Scaled, target: appautoscaling.Target, tags: Tags | None, child: pulumi.ResourceOptions) -> None:
    """To zero once the queue was empty for a while."""
    role = "last-task"
    policy = step(f"{it.name}-{role}", target, "ExactCapacity", 0, {"metric_interval_upper_bound": "0"}, child)
    metrics = of_queues(it, "visible", "Visible") | of_queues(it, "in_flight", "NotVisible")
    text = f"What {it.name} consumes was empty for {IDLE_MINUTES} minutes; scaling stops its tasks"
    rule = ("LessThanOrEqualToThreshold", 0, IDLE_MINUTES)
    alarm(it, role, metrics, left_expression(len(it.queues)), rule, text, policy, tags, child)


def step(
    name: str,
    target: appautoscaling.Target,
    kind: str,
    adjustment: int,
    bound: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> appautoscaling.Policy:
    """A policy that an alarm triggers."""
    configuration = {
        "adjustment_type": kind,
        "cooldown": START_COOLDOWN_SECONDS,
        "metric_aggregation_type": "Maximum",
        "step_adjustments": [{"scaling_adjustment": adjustment, **bound}],
    }
    return appautoscaling.Policy(
        name,
        policy_type="StepScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        step_scaling_policy_configuration=cast(Stepping, configuration),
        opts=child,
    )


def alarm(
    it: Scaled,
    role: str,
    metrics: Mapping[str, tuple[str, str, dict[str, pulumi.Input[str]]]],
    expression: str,
    rule: tuple[str, float, int],
    text: str,
    policy: appautoscaling.Policy,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> None:
    """An alarm on an expression, by comparison, threshold and minutes; without data it stays quiet."""
    comparison, threshold, minutes = rule
    queries: list[Any] = [
        {
            "id": key,
            "metric": {
                "namespace": namespace,
                "metric_name": metric,
                "dimensions": dimensions,
                "period": PERIOD_SECONDS,
                "stat": "Maximum",
            },
        }
        for key, (namespace, metric, dimensions) in metrics.items()
    ]
    cloudwatch.MetricAlarm(
        f"{it.name}-{role}",
        alarm_description=text,
        comparison_operator=comparison,
        threshold=threshold,
        evaluation_periods=minutes,
        metric_queries=[*queries, {"id": "judged", "expression": expression, "label": role, "return_data": True}],
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn],
        tags=named(f"{it.name}-{role}", tags),
        opts=child,
    )


def of_queues(it: Scaled, key: str, kind: str) -> dict[str, tuple[str, str, dict[str, pulumi.Input[str]]]]:
    """Name in expressions to the metric of each queue's messages of one kind."""
    names = zip(ids(key, len(it.queues)), it.queues, strict=True)
    return {name: ("AWS/SQS", f"ApproximateNumberOfMessages{kind}", {"QueueName": queue}) for name, queue in names}


def of_service(it: Scaled) -> tuple[str, str, dict[str, pulumi.Input[str]]]:
    """Metric of the tasks that run."""
    return "ECS/ContainerInsights", "RunningTaskCount", {"ClusterName": it.cluster, "ServiceName": it.service}


def backlog_metrics(it: Scaled) -> list[MetricDict]:
    """Messages that wait or are in flight, divided by the tasks that run."""
    metrics = of_queues(it, "visible", "Visible") | of_queues(it, "in_flight", "NotVisible")
    metrics["running"] = of_service(it)
    expression = backlog_expression(len(it.queues))
    return [
        *(measured(key, metric) for key, metric in metrics.items()),
        {"id": "backlog", "expression": expression, "label": "Backlog per task", "return_data": True},
    ]


def measured(key: str, metric: tuple[str, str, dict[str, pulumi.Input[str]]]) -> MetricDict:
    """A metric that the expression reads under this key."""
    namespace, metric_name, dimensions = metric
    return {
        "id": key,
        "metric_stat": {
            "metric": {
                "namespace": namespace,
                "metric_name": metric_name,
                "dimensions": [{"name": name, "value": value} for name, value in dimensions.items()],
            },
            "stat": "Average",
        },
        "return_data": False,
    }
