"""Metrics of a worker's backlog, and expressions on them. Maps values; creates nothing.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArgsDict as TrackedMetric,
)
from pulumi_aws.cloudwatch import MetricAlarmMetricQueryArgsDict as AlarmMetric

PERIOD_SECONDS = 60  # how often SQS and Container Insights report


@dataclass(frozen=True)
class ScaledService:
    """A service, its queues, and the bounds of its scaling; names as in the dimensions of metrics."""

    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    queue_names: Sequence[pulumi.Input[str]]
    min_tasks: int
    max_tasks: int


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch."""

    id: str
    """Name in expressions."""
    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]

    def tracked(self) -> TrackedMetric:
        """The metric in a target tracking policy."""
        return {
            "id": self.id,
            "metric_stat": {
                "metric": {
                    "namespace": self.namespace,
                    "metric_name": self.name,
                    "dimensions": [{"name": key, "value": value} for key, value in self.dimensions.items()],
                },
                "stat": "Average",
            },
            "return_data": False,
        }

    def alarmed(self) -> AlarmMetric:
        """The metric in an alarm."""
        return {
            "id": self.id,
            "metric": {
                "namespace": self.namespace,
                "metric_name": self.name,
                "dimensions": self.dimensions,
                "period": PERIOD_SECONDS,
                "stat": "Maximum",
            },
        }


def visible(service: ScaledService) -> list[Metric]:
    """Messages that wait, by queue."""
    return _of_queues(service, "visible", "ApproximateNumberOfMessagesVisible")


def in_flight(service: ScaledService) -> list[Metric]:
    """Messages received and not deleted yet, by queue."""
    return _of_queues(service, "in_flight", "ApproximateNumberOfMessagesNotVisible")


def running(service: ScaledService) -> Metric:
    """Running tasks."""
    dimensions = {"ClusterName": service.cluster_name, "ServiceName": service.service_name}
    return Metric("running", "ECS/ContainerInsights", "RunningTaskCount", dimensions)


def _of_queues(service: ScaledService, kind: str, name: str) -> list[Metric]:
    queues = zip(ids(kind, len(service.queue_names)), service.queue_names, strict=True)
    return [Metric(metric_id, "AWS/SQS", name, {"QueueName": queue}) for metric_id, queue in queues]


def ids(kind: str, queues: int) -> list[str]:
    """Names of one metric of each queue in an expression."""
    return [kind] if queues == 1 else [f"{kind}_{number}" for number in range(1, queues + 1)]


def total(kind: str, queues: int) -> str:
    """Sum of one metric over all queues; a queue unused for six hours reports no data and counts as 0."""
    return kind if queues == 1 else "(" + " + ".join(f"FILL({key}, 0)" for key in ids(kind, queues)) + ")"


def backlog_expression(queues: int) -> str:
    """Messages per task. Messages in flight count: a task at work on the last ones is not idle."""
    messages = f"{total('visible', queues)} + {total('in_flight', queues)}"
    # With no task, divide by one.
    return f"({messages}) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)"


def waiting_expression(queues: int) -> str:
    """Waiting messages while no task runs; for a service without tasks Container Insights may report no data."""
    return f"IF(FILL(running, 0) < 1, {total('visible', queues)}, 0)"


def left_expression(queues: int) -> str:
    """Messages that wait or are in flight."""
    return f"{total('visible', queues)} + {total('in_flight', queues)}"
