"""A real service behind a real port on the accelerated clock: its errors and its processor time reach CloudWatch."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from slipway_sandbox import clock
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.runtime_cloud import REGION, Cloud, eventually, make_image, running_cloud

pytestmark = pytest.mark.e2e

SERVE = r"""
mkdir -p /tmp/cgi-bin; echo ok > /tmp/health
printf '#!/bin/sh\nprintf "HTTP/1.0 500 Broken\\r\\n\\r\\n"\n' > /tmp/cgi-bin/fail; chmod +x /tmp/cgi-bin/fail
trap 'exit 0' TERM; busybox httpd -f -p 8080 -h /tmp & wait
"""
TOPIC, QUEUE = (f"arn:aws:{service}:{REGION}:123456789012:pager" for service in ("sns", "sqs"))


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A minute of its AWS is a second."""
    make_image(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    clock.attach(clock.Clock(60.0, real=time.time(), shown=time.time()).now)
    try:
        with running_cloud(home) as started:
            yield started
    finally:
        clock.detach()


def pager(cloud: Cloud) -> str:
    """URL of a queue that hears of everything published to a topic."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    attributes = {"Policy": json.dumps({"Statement": [statement]})}
    url = cloud.client("sqs").create_queue(QueueName="pager", Attributes=attributes)["QueueUrl"]
    sns = cloud.client("sns")
    sns.create_topic(Name="pager")
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
    return str(url)


def usage(cloud: Cloud) -> list[dict[str, Any]]:
    """Data points of the service's memory within the last hour of the sandbox's clock."""
    named = {"ClusterName": "main", "ServiceName": "web"}
    now = clock.now()
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ECS",
        MetricName="MemoryUtilization",
        Dimensions=[{"Name": key, "Value": value} for key, value in named.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now,
        Period=60,
        Statistics=["Average"],
    )
    return list(answer["Datapoints"])


def test_a_services_errors_raise_its_alarm_and_somebody_hears_of_it(cloud: Cloud) -> None:
    network = cloud.network()
    name, group = cloud.balance()
    [balancer] = cloud.elbv2.describe_load_balancers()["LoadBalancers"]
    url = pager(cloud)
    parts = {
        "LoadBalancer": balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "TargetGroup": group.rpartition(":")[2],
    }
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Dimensions=[{"Name": key, "Value": value} for key, value in parts.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[TOPIC],
    )
    target = {"targetGroupArn": group, "containerName": "main", "containerPort": 8080}
    definition = cloud.define({"sh": SERVE, "portMappings": [{"containerPort": 8080}]})
    cloud.serve(definition, 1, networkConfiguration=network, loadBalancers=[target])
    eventually(cloud.stable, cloud.service)
    assert requests.get(f"http://{name}/health", timeout=HANG_SECONDS).text == "ok\n"
    assert requests.get(f"http://{name}/cgi-bin/fail", timeout=HANG_SECONDS).status_code == 500

    [message] = eventually(lambda: cloud.client("sqs").receive_message(QueueUrl=url).get("Messages"))
    told = json.loads(message["Body"])
    assert (told["AlarmName"], told["NewStateValue"], told["Trigger"]["MetricName"]) == (
        "errors",
        "ALARM",
        "HTTPCode_Target_5XX_Count",
    )
    points = eventually(lambda: usage(cloud))
    assert 0 < points[0]["Average"] < 50, "percent of 512 MiB"
