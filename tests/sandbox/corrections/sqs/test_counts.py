"""Counts of a queue: each message in one of them, and no more looks at the clock for many messages than for one."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.utils import unix_time_millis
from moto.sqs.models import sqs_backends

from slipway_sandbox import corrections

REGION = "eu-west-1"


@pytest.fixture
def sqs() -> Iterator[Any]:
    corrections.install()
    with mock_aws():
        client = boto3.Session("test", "test", region_name=REGION).client("sqs")
        client.create_queue(QueueName="work")
        yield client
        client.close()


def test_a_message_is_visible_in_flight_or_delayed(sqs: Any) -> None:
    url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="order")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    names = ("", "NotVisible", "Delayed")
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert [shown[f"ApproximateNumberOfMessages{name}"] for name in names] == ["2", "1", "1"]


def test_a_deep_queue_reads_the_clock_as_often_as_a_shallow_one(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="order")
    read: list[float] = []

    def counted() -> float:
        read.append(unix_time_millis())
        return read[-1]

    def reads() -> int:
        read.clear()
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return len(read)

    monkeypatch.setattr("slipway_sandbox.corrections.sqs.counts.unix_time_millis", counted)
    shallow = reads()
    queue = sqs_backends["123456789012"][REGION].queues["work"]
    queue._messages *= 1000  # noqa: SLF001 - a thousand sends would take longer
    assert (shallow, reads()) == (3, 3)
