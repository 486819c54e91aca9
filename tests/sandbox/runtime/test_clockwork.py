"""Metrics, alarms and scaling together, minute by minute: a worker follows its queue from zero, and to zero again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from slipway_sandbox import clock as clock_of_the_sandbox
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.clockwork import Clockwork
from slipway_sandbox.runtime.metrics.queues import Queues
from slipway_sandbox.runtime.metrics.services import Services
from tests.support.sandbox.clockwork.scaling_cloud import ACCOUNT, REGION, ScalingCloud, scaling_cloud
from tests.support.sandbox.schedules_cloud import Clock

ORDERS = 10_000
OF_QUEUE = [{"Name": "QueueName", "Value": "orders"}]
OF_SERVICE = [{"Name": "ClusterName", "Value": "main"}, {"Name": "ServiceName", "Value": "work"}]


def measured(name: str, namespace: str, metric: str, dimensions: list[dict[str, str]], stat: str) -> dict[str, Any]:
    of = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": of, "Stat": stat}, "ReturnData": False}


def metrics(stat: str) -> list[dict[str, Any]]:
    """Messages that wait, those in flight, and running tasks, as the policies of a QueueWorker read them."""
    return [
        measured("visible", "AWS/SQS", "ApproximateNumberOfMessagesVisible", OF_QUEUE, stat),
        measured("in_flight", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", OF_QUEUE, stat),
        measured("running", "ECS/ContainerInsights", "RunningTaskCount", OF_SERVICE, stat),
    ]


BACKLOG = {
    "Id": "backlog",
    "Expression": "(visible + in_flight) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)",
    "ReturnData": True,
}


@dataclass
class World:
    """A worker of at most 8 tasks, one for each 2,500 messages; its tasks run as soon as they are asked for."""

    cloud: ScalingCloud
    clock: Clock
    clockwork: Clockwork

    def pass_by(self, minutes: int) -> list[int]:
        """The desired count after each minute."""
        counts = []
        for _ in range(minutes):
            self.clock.move(seconds=60)
            for step in self.clockwork.steps.values():
                step()
            self.cloud.run_all()
            counts.append(self.cloud.desired)
        return counts

    def fill(self, orders: int) -> None:
        sqs = self.cloud.client("sqs")
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="orders")["QueueUrl"], MessageBody="{}")
        sqs_backends[ACCOUNT][REGION].queues["orders"]._messages *= orders  # noqa: SLF001 - as many sends take seconds

    def empty(self) -> None:
        sqs = self.cloud.client("sqs")
        sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName="orders")["QueueUrl"])

    def receive(self) -> None:
        """Every message is in flight."""
        sqs = self.cloud.client("sqs")
        url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=43200)

    def alarm(self, name: str, policy: str, expression: str, **condition: Any) -> None:
        """An alarm of a step policy, as a QueueWorker makes it."""
        stats = metrics("Maximum")
        for each in stats:
            each["MetricStat"]["Period"] = 60
            del each["ReturnData"]  # Pulumi's provider sends it for the judged one only
        self.cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Metrics=[*stats, {"Id": "judged", "Expression": expression, "ReturnData": True}],
            TreatMissingData="notBreaching",
            AlarmActions=[policy],
            **condition,
        )


@pytest.fixture
def world() -> Iterator[World]:
    with scaling_cloud() as cloud:
        clock = Clock()
        clock_of_the_sandbox.attach(clock)
        cloud.client("sqs").create_queue(QueueName="orders")
        made = World(cloud, clock, Clockwork(Denials(), [Services({}, lambda _: None), Queues()]))
        cloud.register(0, 8)
        custom = {"CustomizedMetricSpecification": {"Metrics": [*metrics("Average"), BACKLOG]}}
        cloud.track("backlog", 2500, custom, ScaleOutCooldown=60, ScaleInCooldown=300)
        maximum = {"MetricAggregationType": "Maximum"}
        made.alarm(
            "first-task",
            cloud.step("first-task", 1, **maximum),
            "IF(FILL(running, 0) < 1, visible, 0)",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=1,
            EvaluationPeriods=1,
        )
        made.alarm(
            "last-task",
            cloud.step("last-task", 0, AdjustmentType="ExactCapacity", **maximum),
            "visible + in_flight",
            ComparisonOperator="LessThanOrEqualToThreshold",
            Threshold=0,
            EvaluationPeriods=15,
        )
        made.pass_by(3)
        yield made
        made.clockwork.stop()
        clock_of_the_sandbox.detach()


def test_ten_thousand_orders_scale_a_worker_out_and_an_empty_queue_scales_it_in(world: World) -> None:
    world.fill(ORDERS)
    assert world.pass_by(5) == [1, 1, 4, 4, 4]
    world.empty()
    # Of tracking by the backlog and the step to zero, ready in one minute, the larger number counts; then the step goes on.
    assert world.pass_by(18) == [4] * 14 + [2, 0, 0, 0]
    world.fill(1)
    assert world.pass_by(3) == [1, 1, 1]


def test_messages_in_flight_start_no_task_and_keep_those_that_run(world: World) -> None:
    world.fill(1)
    world.receive()
    assert world.pass_by(5) == [0] * 5
    world.fill(1)
    assert world.pass_by(2) == [1, 1]
    world.receive()
    assert world.pass_by(20) == [1] * 20
