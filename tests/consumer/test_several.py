"""Consumers of several queues in one process, and probes of delivery, which are no work."""

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_consumer import Consumer, Message, Settings, run_all
from tests.support.aws.aws_endpoint import SqsClient
from tests.support.consumers import consume, consume_all, waiting

TOKEN = "0123456789abcdef" * 2
PROBE = {"slipway-probe": {"DataType": "String", "StringValue": TOKEN}}


@pytest.fixture
def returns(sqs: SqsClient) -> Iterator[str]:
    url = sqs.create_queue(QueueName="returns")["QueueUrl"]
    yield str(url)
    sqs.delete_queue(QueueUrl=url)


def test_each_queue_has_its_own_handler_and_a_stop_ends_all(
    sqs: SqsClient, queues: tuple[str, str], returns: str
) -> None:
    seen: list[tuple[str, str]] = []
    for url in (queues[0], returns):
        sqs.send_message(QueueUrl=url, MessageBody=url[-6:])

    def of(name: str, url: str) -> Consumer:
        return Consumer(url, lambda message: seen.append((name, message.text)), Settings(wait_seconds=1), sqs=sqs)

    assert consume_all([of("orders", queues[0]), of("returns", returns)], lambda: len(seen) == 2)
    assert sorted(seen) == [("orders", "orders"), ("returns", "eturns")]
    assert [waiting(sqs, url) for url in (queues[0], returns)] == [(0, 0), (0, 0)]


def test_a_defect_of_one_consumer_ends_all_and_is_raised(sqs: SqsClient, queues: tuple[str, str], returns: str) -> None:
    class Broken(Consumer):
        def consume(self) -> bool:
            raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        run_all([Consumer(queues[0], print, Settings(wait_seconds=1), sqs=sqs), Broken(returns, print, sqs=sqs)])


def test_an_sqs_that_does_not_answer_holds_up_no_end(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf:
        """A client with a receive call without end."""

        def __init__(self) -> None:
            self.asked = threading.Event()

        def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
            return {}

        def receive_message(self, **_: Any) -> dict[str, Any]:
            self.asked.set()
            threading.Event().wait()
            return {}

    deaf: Any = Deaf()
    consumer = Consumer("deaf", print, Settings(wait_seconds=0, stop_timeout_seconds=4), sqs=deaf)
    assert consume_all([consumer], deaf.asked.is_set) is False
    assert [record.__dict__["reason"] for record in caplog.records if record.message == "not drained"] == [
        "SQS did not answer within the stop timeout"
    ]


def envelope(text: str) -> str:
    attributes = {"slipway-probe": {"Type": "String", "Value": TOKEN}}
    return json.dumps({"Type": "Notification", "TopicArn": "t", "Message": text, "MessageAttributes": attributes})


@pytest.mark.parametrize(("body", "attributes"), [(TOKEN, PROBE), (envelope(TOKEN), {})], ids=["raw", "enveloped"])
def test_a_probe_is_acknowledged_and_reaches_no_handler(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture, body: str, attributes: Any
) -> None:
    caplog.set_level(logging.INFO, "slipway_consumer")
    sqs.send_message(QueueUrl=queues[0], MessageBody=body, MessageAttributes=attributes)
    sqs.send_message(QueueUrl=queues[0], MessageBody="work")
    handled: list[str] = []
    consume(sqs, queues[0], lambda message: handled.append(message.text), lambda: waiting(sqs, queues[0]) == (0, 0))
    assert handled == ["work"]
    said = [record.__dict__ for record in caplog.records if record.message == "probe acknowledged"]
    assert [(line["probe"], line["queueUrl"]) for line in said] == [(TOKEN, queues[0])]


@pytest.mark.parametrize(("text", "token"), [("an order", TOKEN), ("probe", "probe"), (TOKEN, TOKEN[:-1])])
def test_a_message_that_only_looks_like_a_probe_is_work(
    sqs: SqsClient, queues: tuple[str, str], text: str, token: str
) -> None:
    attributes = {"slipway-probe": {"DataType": "String", "StringValue": token}}
    sqs.send_message(QueueUrl=queues[0], MessageBody=text, MessageAttributes=attributes)
    handled: list[Message] = []
    consume(sqs, queues[0], handled.append, lambda: len(handled) == 1)
    assert handled[0].text == text
