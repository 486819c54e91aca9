"""Number of a worker's tasks: target tracking on the backlog per task, and two steps around zero.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_aws import appautoscaling, cloudwatch
from pulumi_aws.appautoscaling import (
    PolicyStepScalingPolicyConfigurationStepAdjustmentArgsDict as StepAdjustment,
)
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationArgsDict as Tracking,
)

from slipway.common import Context
from slipway.service import SCALE_IN_COOLDOWN_SECONDS, SCALE_OUT_COOLDOWN_SECONDS, scalable_target

from ._backlog_metrics import (
    Metric,
    ScaledService,
    backlog_expression,
    in_flight,
    left_expression,
    running,
    visible,
    waiting_expression,
)

IDLE_MINUTES = 15  # without a message before the last task stops; SQS can delay a message as long
# A starting task does not count as running: within this time no second one is added for the same messages.
START_COOLDOWN_SECONDS = 300


@dataclass(frozen=True)
class Step:
    """A change of the number of tasks, and the alarm that triggers it."""

    role: str
    """Last part of the names of policy and alarm."""
    adjustment_type: str
    adjustment: StepAdjustment
    metrics: Sequence[Metric]
    expression: str
    comparison: str
    threshold: float
    minutes: int
    description: str


def scale_by_backlog(context: Context, service: ScaledService, backlog: int, cpu_percent: int | None) -> None:
    """Keep the messages per task at `backlog` and the CPU at most at `cpu_percent`; reach zero where allowed."""
    target = scalable_target(context, service.cluster_name, service.service_name, service.min_tasks, service.max_tasks)
    metrics = [*visible(service), *in_flight(service), running(service)]
    by_backlog: Tracking = {
        "target_value": backlog,
        "customized_metric_specification": {
            "metrics": [
                *(metric.tracked() for metric in metrics),
                {
                    "id": "backlog",
                    "expression": backlog_expression(len(service.queue_names)),
                    "label": "Backlog per task",
                    "return_data": True,
                },
            ]
        },
    }
    track(context, context.name, target, by_backlog)
    if cpu_percent is not None:
        by_cpu: Tracking = {
            "target_value": cpu_percent,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
        }
        track(context, f"{context.name}-cpu", target, by_cpu)
    if service.min_tasks == 0:
        for step in (first_task(context, service), last_task(context, service)):
            add_step(context, target, step)


def track(context: Context, name: str, target: appautoscaling.Target, tracking: Tracking) -> None:
    """A target tracking policy."""
    appautoscaling.Policy(
        name,
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration={
            **tracking,
            "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
            "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
        },
        opts=context.child,
    )


def first_task(context: Context, service: ScaledService) -> Step:
    """From zero to one: target tracking multiplies the number of tasks, and zero times anything is zero."""
    return Step(
        role="first-task",
        # Not an exact capacity of one: with more tasks than Container Insights reports, that would scale in.
        adjustment_type="ChangeInCapacity",
        adjustment={"scaling_adjustment": 1, "metric_interval_lower_bound": "0"},
        metrics=[*visible(service), running(service)],
        expression=waiting_expression(len(service.queue_names)),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=1,
        minutes=1,
        description=f"Messages wait for {context.name} and no task runs; scaling starts one",
    )


def last_task(context: Context, service: ScaledService) -> Step:
    """To zero once the queues were empty for a while."""
    return Step(
        role="last-task",
        adjustment_type="ExactCapacity",
        adjustment={"scaling_adjustment": 0, "metric_interval_upper_bound": "0"},
        metrics=[*visible(service), *in_flight(service)],
        expression=left_expression(len(service.queue_names)),
        comparison="LessThanOrEqualToThreshold",
        threshold=0,
        minutes=IDLE_MINUTES,
        description=f"What {context.name} consumes was empty for {IDLE_MINUTES} minutes; scaling stops its tasks",
    )


def add_step(context: Context, target: appautoscaling.Target, step: Step) -> None:
    """The policy of a step, and its alarm; without data the alarm stays quiet."""
    name = f"{context.name}-{step.role}"
    policy = appautoscaling.Policy(
        name,
        policy_type="StepScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        step_scaling_policy_configuration={
            "adjustment_type": step.adjustment_type,
            "cooldown": START_COOLDOWN_SECONDS,
            "metric_aggregation_type": "Maximum",
            "step_adjustments": [step.adjustment],
        },
        opts=context.child,
    )
    cloudwatch.MetricAlarm(
        name,
        alarm_description=step.description,
        comparison_operator=step.comparison,
        threshold=step.threshold,
        evaluation_periods=step.minutes,
        metric_queries=[
            *(metric.alarmed() for metric in step.metrics),
            {"id": "judged", "expression": step.expression, "label": step.role, "return_data": True},
        ],
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn],
        tags=context.tagged(name),
        opts=context.child,
    )
