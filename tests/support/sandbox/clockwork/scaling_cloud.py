"""A cloud in this process with one ECS service of Application Auto Scaling, whose tasks run as soon as they are asked for."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto import mock_aws
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.ecs.models import ecs_backends

from slipway_sandbox import corrections

ACCOUNT, REGION = "123456789012", "eu-west-1"
RESOURCE = "service/main/work"
TARGET = {"ServiceNamespace": "ecs", "ResourceId": RESOURCE, "ScalableDimension": "ecs:service:DesiredCount"}
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}


@functools.cache
def _session() -> boto3.Session:
    """One for all tests: it reads the models of AWS's services once."""
    return boto3.Session("test", "test", region_name=REGION)


@dataclass
class ScalingCloud:
    """Clients, and the service `work` in the cluster `main`."""

    session: boto3.Session = field(default_factory=_session)

    def __post_init__(self) -> None:
        self.scaling = self.client("application-autoscaling")
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName="main", settings=[{"name": "containerInsights", "value": "enabled"}])
        containers = [{"name": "app", "image": "app:1", "memory": 128}]
        ecs.register_task_definition(family="app", containerDefinitions=containers)
        ecs.create_service(cluster="main", serviceName="work", taskDefinition="app", desiredCount=0)

    def client(self, service: str) -> Any:
        return self.session.client(service)

    @property
    def service(self) -> Any:
        """The service in moto."""
        return ecs_backends[ACCOUNT][REGION].services["main:work"]

    @property
    def desired(self) -> int:
        return int(self.service.desired_count)

    def run_all(self) -> None:
        """Every task that is asked for runs, and no other."""
        self.service.running_count = self.service.desired_count

    def set_desired(self, tasks: int) -> None:
        """As `aws ecs update-service` does; the tasks run at once."""
        self.client("ecs").update_service(cluster="main", service="work", desiredCount=tasks)
        self.run_all()

    def register(self, low: int, high: int, **more: Any) -> None:
        self.scaling.register_scalable_target(**TARGET, MinCapacity=low, MaxCapacity=high, **more)

    def track(self, name: str, target: float, metric: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Put a target tracking policy; the answer."""
        configuration = {"TargetValue": target, **(metric or CPU), **more}
        answer: dict[str, Any] = self.scaling.put_scaling_policy(
            **TARGET,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration,
        )
        return answer

    def step(self, name: str, amount: int, **more: Any) -> str:
        """Put a step scaling policy of one step; its ARN."""
        bound = "MetricIntervalUpperBound" if amount <= 0 else "MetricIntervalLowerBound"
        steps = {"StepAdjustments": [{"ScalingAdjustment": amount, bound: 0}]}
        configuration = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 300, **steps, **more}
        answer = self.scaling.put_scaling_policy(
            **TARGET, PolicyName=name, PolicyType="StepScaling", StepScalingPolicyConfiguration=configuration
        )
        return str(answer["PolicyARN"])

    def alarm(self, name: str, *actions: str, comparison: str = "GreaterThanThreshold", threshold: float = 50) -> Alarm:
        """Put an alarm of one's own."""
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="shop",
            MetricName="load",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator=comparison,
            AlarmActions=list(actions),
        )
        return self.alarms()[name]

    def alarms(self) -> dict[str, Alarm]:
        """The alarms in moto, by name."""
        return dict(cloudwatch_backends[ACCOUNT][REGION].alarms)

    def activities(self, **more: Any) -> list[dict[str, Any]]:
        """Scaling activities, newest first."""
        found = self.scaling.describe_scaling_activities(ServiceNamespace="ecs", **more)["ScalingActivities"]
        return list(found)


@contextmanager
def scaling_cloud() -> Iterator[ScalingCloud]:
    """A new cloud with the sandbox's corrections."""
    corrections.install()
    with mock_aws():
        yield ScalingCloud()
