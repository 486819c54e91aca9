"""Fixtures: AWS (moto) on a free port of this machine, and a queue in it."""

import json
from collections.abc import Iterator, Mapping
from typing import Protocol

import boto3
import pytest
from moto.server import ThreadedMotoServer

from slipway_consumer.sqs import Batch, Sqs

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}


class SqsExceptions(Protocol):
    """Error classes of the SQS client."""

    QueueDoesNotExist: type[Exception]


class SqsClient(Sqs, Protocol):
    """boto3's SQS client, with the calls of tests."""

    @property
    def exceptions(self) -> SqsExceptions:
        """Its error classes."""

    def receive_message(self, **request: object) -> Batch:
        """At most ten messages."""

    def send_message(self, **request: object) -> object:
        """Send a message."""

    def create_queue(self, **request: object) -> Mapping[str, str]:
        """Create a queue; the answer has its QueueUrl."""

    def delete_queue(self, *, QueueUrl: str) -> object:  # noqa: N803 - boto3's spelling
        """Delete a queue."""


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which boto3 finds a region and credentials, and no real AWS."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def sqs(endpoint: str) -> SqsClient:
    client: SqsClient = boto3.client(
        "sqs", "eu-west-1", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
    )
    return client


@pytest.fixture
def queues(sqs: SqsClient) -> Iterator[tuple[str, str]]:
    """URLs of a queue with at most 2 deliveries, and of its dead-letter queue."""
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:orders-dead", "maxReceiveCount": 2}
    url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    yield url, dead
    sqs.delete_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=dead)
