"""How many tasks a queue needs: target tracking on the messages that each task faces, and two steps around zero.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Mapping
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

from ._tags import Tags, named

# Going up is urgent, while going down too early stops and starts tasks for nothing.
SCALE_OUT_COOLDOWN_SECONDS = 60
SCALE_IN_COOLDOWN_SECONDS = 300
PERIOD_SECONDS = 60  # how often SQS and Container Insights report
IDLE_MINUTES = 15  # without a message before the last task goes
# A task that is being started does not run yet: within this time no second one is added for the same messages.
START_COOLDOWN_SECONDS = 300
# Messages in flight count as well: a task that works on the last ones is not idle. Without a task to divide by, one.
BACKLOG_EXPRESSION = "(visible + in_flight) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)"
# Container Insights may report nothing at all for a service without tasks.
WAITING_EXPRESSION = "IF(FILL(running, 0) < 1, visible, 0)"
LEFT_EXPRESSION = "visible + in_flight + delayed"


@dataclass(frozen=True)
class Scaled:
    """What is scaled, between which bounds, and by which names metrics know it."""

    name: str
    low: int
    high: int
    queue: pulumi.Input[str]
    cluster: pulumi.Input[str]
    service: pulumi.Input[str]


def scale_by_backlog(it: Scaled, backlog: int, cpu_percent: int | None, tags: Tags | None, child: Any) -> None:
    """Keep the messages per task at `backlog`, the CPU below `cpu_percent` where given, and reach zero where allowed."""
    target = appautoscaling.Target(
        it.name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", it.cluster, "/", it.service),
        min_capacity=it.low,
        max_capacity=it.high,
        opts=child,
    )
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


def first_task(it: Scaled, target: appautoscaling.Target, tags: Tags | None, child: Any) -> None:
    """From zero to one: target tracking multiplies the number of tasks, and none times anything is none."""
    role = "first-task"
    # Not an exact capacity of one: with more tasks than Container Insights told of, that would scale in.
    policy = step(f"{it.name}-{role}", target, "ChangeInCapacity", 1, {"metric_interval_lower_bound": "0"}, child)
    metrics = {"visible": of_queue(it, "Visible"), "running": of_service(it)}
    text = f"Messages wait for {it.name} and no task runs; scaling starts one"
    alarm(it, role, metrics, WAITING_EXPRESSION, ("GreaterThanOrEqualToThreshold", 1, 1), text, policy, tags, child)


def last_task(it: Scaled, target: appautoscaling.Target, tags: Tags | None, child: Any) -> None:
    """To zero once the queue was empty for a while."""
    role = "last-task"
    policy = step(f"{it.name}-{role}", target, "ExactCapacity", 0, {"metric_interval_upper_bound": "0"}, child)
    kinds = {"visible": "Visible", "in_flight": "NotVisible", "delayed": "Delayed"}
    metrics = {key: of_queue(it, kind) for key, kind in kinds.items()}
    text = f"The queue of {it.name} was empty for {IDLE_MINUTES} minutes; scaling stops its tasks"
    rule = ("LessThanOrEqualToThreshold", 0, IDLE_MINUTES)
    alarm(it, role, metrics, LEFT_EXPRESSION, rule, text, policy, tags, child)


def step(
    name: str, target: appautoscaling.Target, kind: str, adjustment: int, bound: Mapping[str, str], child: Any
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
    child: Any,
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


def of_queue(it: Scaled, kind: str) -> tuple[str, str, dict[str, pulumi.Input[str]]]:
    """Metric of the queue's messages of one kind."""
    return "AWS/SQS", f"ApproximateNumberOfMessages{kind}", {"QueueName": it.queue}


def of_service(it: Scaled) -> tuple[str, str, dict[str, pulumi.Input[str]]]:
    """Metric of the tasks that run."""
    return "ECS/ContainerInsights", "RunningTaskCount", {"ClusterName": it.cluster, "ServiceName": it.service}


def backlog_metrics(it: Scaled) -> list[MetricDict]:
    """Messages that wait or are in flight, divided by the tasks that run."""
    return [
        measured("visible", of_queue(it, "Visible")),
        measured("in_flight", of_queue(it, "NotVisible")),
        measured("running", of_service(it)),
        {"id": "backlog", "expression": BACKLOG_EXPRESSION, "label": "Backlog per task", "return_data": True},
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
