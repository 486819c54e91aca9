"""What AWS measures by itself, as CloudWatch has it: names, dimensions, units, and no data where nothing happened."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from slipway_sandbox.documents import Document
from slipway_sandbox.runtime.balancing.traffic import Traffic, Way
from slipway_sandbox.runtime.metrics.load_balancers import LoadBalancers
from slipway_sandbox.runtime.metrics.publishing import Publisher
from slipway_sandbox.runtime.metrics.queues import Queues
from slipway_sandbox.runtime.metrics.usage import Reading, cpu_percent, memory_percent, reading
from tests.support.sandbox.monitoring.monitored_cloud import ACCOUNT, REGION, MonitoredCloud, monitored_cloud

STATES = {"10.0.0.1": "healthy", "10.0.0.2": "healthy", "10.0.0.3": "unhealthy"}


class Recorder:
    """A source that keeps the minutes for which it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def report(self, minutes: Sequence[int]) -> None:
        self.asked.append(list(minutes))


class Measured:
    """Health of targets, by their addresses."""

    def state(self, _: str, host: str, __: int) -> str:
        return STATES[host]


def test_each_minute_is_reported_once_and_a_long_sleep_is_not() -> None:
    recorder = Recorder()
    publisher = Publisher([recorder])
    for now in (30, 59, 60, 61, 185, 36_000):
        publisher.tick(now)
    assert recorder.asked == [[0], [60, 120], [35_700, 35_760, 35_820, 35_880, 35_940]]


@pytest.fixture
def queues() -> Iterator[MonitoredCloud]:
    with monitored_cloud(Queues()) as cloud:
        yield cloud


def test_a_queue_tells_what_it_holds_and_what_was_done_with_it(queues: MonitoredCloud) -> None:
    sqs = queues.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    for body in ("a", "b", "c"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)
    [received] = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.receive_message(QueueUrl=url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
    queues.pass_minutes()
    found = {
        name: queues.values("AWS/SQS", name, QueueName="orders")
        for name in (
            "ApproximateNumberOfMessagesVisible",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
            "NumberOfMessagesSent",
            "NumberOfMessagesReceived",
            "NumberOfMessagesDeleted",
        )
    }
    assert list(found.values()) == [[1.0], [1.0], [1.0], [4.0], [2.0], [1.0]]


@pytest.fixture
def balanced() -> Iterator[tuple[MonitoredCloud, Traffic, Way]]:
    """A cloud with a load balancer, one target group of it, and three targets."""
    traffic = Traffic()
    with monitored_cloud(LoadBalancers(traffic, Measured())) as cloud:
        yield cloud, traffic, _balancer(cloud)


def _balancer(cloud: MonitoredCloud) -> Way:
    subnets = list(ec2_backends[ACCOUNT][REGION].describe_subnets())[:2]
    elb = cloud.client("elbv2")
    [balancer] = elb.create_load_balancer(Name="shop", Subnets=[subnet.id for subnet in subnets])["LoadBalancers"]
    asked: dict[str, Any] = {"Protocol": "HTTP", "Port": 80, "VpcId": subnets[0].vpc_id, "TargetType": "ip"}
    [group] = elb.create_target_group(Name="api", **asked)["TargetGroups"]
    way = Way(balancer["LoadBalancerArn"], group["TargetGroupArn"])
    forward = [{"Type": "forward", "TargetGroupArn": way.group}]
    elb.create_listener(LoadBalancerArn=way.balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    elb.register_targets(TargetGroupArn=way.group, Targets=[{"Id": host, "Port": 80} for host in STATES])
    return way


def test_a_load_balancer_counts_requests_answers_and_healthy_targets(
    balanced: tuple[MonitoredCloud, Traffic, Way],
) -> None:
    cloud, traffic, way = balanced
    for status, seconds in ((200, 0.1), (201, 0.3), (404, 0.1), (500, 0.1)):
        traffic.answered(way, status, seconds)
    traffic.refused(way, 502)
    traffic.refused(Way(way.balancer), 503)
    cloud.pass_minutes(2)
    balancer = way.balancer.partition(":loadbalancer/")[2]
    group = way.group.rpartition(":")[2]

    def values(name: str, statistic: str = "Sum", *, by_group: bool = False) -> list[float]:
        named = {"LoadBalancer": balancer} | ({"TargetGroup": group} if by_group else {})
        return cloud.values("AWS/ApplicationELB", name, statistic, **named)

    counted = ("RequestCount", "HTTPCode_Target_2XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count")
    assert [values(name) for name in counted] == [[5.0], [2.0], [1.0], [1.0]], (
        "and no data in the minute without requests"
    )
    assert [values(name, by_group=True) for name in counted] == [[5.0], [2.0], [1.0], [1.0]]
    assert values("HTTPCode_ELB_5XX_Count") == [2.0]
    assert values("HTTPCode_ELB_5XX_Count", by_group=True) == []
    assert values("TargetResponseTime", "Average", by_group=True) == [pytest.approx(0.15)]
    assert values("TargetResponseTime", "Maximum") == [0.3]
    assert values("RequestCountPerTarget", by_group=True) == [2.5]
    assert values("HealthyHostCount", "Maximum", by_group=True) == [2.0, 2.0]
    assert values("UnHealthyHostCount", "Maximum", by_group=True) == [1.0, 1.0]


def test_the_usage_of_a_task_is_its_share_of_what_it_reserved() -> None:
    before = {"app": Reading(0.0, 10.0, 0.0), "gone": Reading(0.0, 1.0, 0.0)}
    now = {"app": Reading(60.0, 16.0, 64 * 1024 * 1024), "new": Reading(60.0, 5.0, 64 * 1024 * 1024)}
    assert cpu_percent(before, now, cpu_units=256) == pytest.approx(40.0), "a tenth of a processor, of a quarter"
    assert cpu_percent({}, now, cpu_units=256) is None
    assert memory_percent(now, memory_mib=512) == 25.0


def test_page_cache_is_not_memory_of_a_task() -> None:
    stats: Document = {
        "cpu_stats": {"cpu_usage": {"total_usage": 2_500_000_000}},
        "memory_stats": {"usage": 1000, "stats": {"inactive_file": 400}},
    }
    assert reading(stats, 7.0) == Reading(7.0, 2.5, 600.0)
