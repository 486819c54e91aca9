"""The worker runtime on a real (moto) queue: handles, extends, drains, and leaves poison to the dead-letter queue."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from slipway_consumer import Message
from slipway_consumer.logs import JsonFormatter
from slipway_consumer.message import from_sqs
from tests.support.aws.aws_endpoint import SqsClient
from tests.support.commands import HANG_SECONDS
from tests.support.consumers import QUICK, consume, waiting

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_handled_messages_are_deleted(sqs: SqsClient, queues: tuple[str, str]) -> None:
    texts = {str(number) for number in range(12)}
    for text in texts:
        sqs.send_message(QueueUrl=queues[0], MessageBody=text)
    seen: list[str] = []
    consume(sqs, queues[0], lambda message: seen.append(message.text), lambda: set(seen) >= texts)
    assert waiting(sqs, queues[0]) == (0, 0)
    assert waiting(sqs, queues[1]) == (0, 0)


def test_poison_goes_to_the_dead_letter_queue_after_max_receive_count_and_says_why(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "slipway_consumer")
    sqs.send_message(QueueUrl=queues[0], MessageBody="poison")
    sqs.send_message(QueueUrl=queues[0], MessageBody="good")
    handled: list[str] = []

    def handle(message: Message) -> None:
        if message.text == "poison":
            raise ValueError("this is no order")
        handled.append(message.text)

    consume(sqs, queues[0], handle, lambda: waiting(sqs, queues[1])[0] == 1 and handled == ["good"])
    refusals = [record.__dict__ for record in caplog.records if record.message == "message not handled"]
    assert [(line["receiveCount"], line["reason"]) for line in refusals] == [
        (1, "ValueError: this is no order"),
        (2, "ValueError: this is no order"),
    ]
    assert waiting(sqs, queues[0]) == (0, 0)


def test_a_message_stays_invisible_while_its_handler_outlasts_the_visibility_timeout(
    sqs: SqsClient, queues: tuple[str, str]
) -> None:
    sqs.send_message(QueueUrl=queues[0], MessageBody="slow")
    deliveries: list[int] = []
    finished: list[bool] = []

    def handle(message: Message) -> None:
        deliveries.append(message.receive_count)
        # Longer than the visibility timeout of 6 s below, which a busy machine extends late but in time; polls go on meanwhile.
        until = time.monotonic() + 6.5
        while time.monotonic() < until:
            assert waiting(sqs, queues[0]) == (0, 1), "the message became visible while it was handled"
            threading.Event().wait(0.1)
        finished.append(True)

    consume(sqs, queues[0], handle, lambda: finished == [True], replace(QUICK, visibility_seconds=6))
    assert deliveries == [1]
    assert waiting(sqs, queues[0]) == (0, 0)


def test_sigterm_lets_the_handler_in_flight_finish_and_takes_nothing_more(
    sqs: SqsClient, queues: tuple[str, str], endpoint: str
) -> None:
    code = (
        "import os, sys; from slipway_consumer import Consumer, Settings, log_as_json; log_as_json()\n"
        "def handle(message): print('begun', flush=True); sys.stdin.readline()\n"
        "Consumer(os.environ['QUEUE_URL'], handle, Settings(wait_seconds=1, concurrency=1)).run()"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = clean | ENVIRONMENT | {"AWS_ENDPOINT_URL": endpoint, "QUEUE_URL": queues[0]}
    sqs.send_message(QueueUrl=queues[0], MessageBody="one")
    sqs.send_message(QueueUrl=queues[0], MessageBody="two")
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while process.stdout.readline() != "begun\n":
            assert process.poll() is None, "the worker ended before it handled a message"
        process.send_signal(signal.SIGTERM)
        process.stdin.write("go on\n")
        process.stdin.flush()
        lines = process.stdout.read().splitlines()
        assert process.wait(timeout=HANG_SECONDS) == 0
    events = [json.loads(line)["message"] for line in lines if line.startswith("{")]
    assert (events.count("message handled"), lines.count("begun"), events[-1]) == (1, 0, "stopped")
    assert waiting(sqs, queues[0]) == (1, 0)


def test_an_sns_envelope_is_removed() -> None:
    envelope = {
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:orders",
        "Message": '{"id": "o-1"}',
        "MessageAttributes": {"kind": {"Type": "String", "Value": "digital"}},
    }
    message = from_sqs({"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": json.dumps(envelope)})
    assert message.json() == {"id": "o-1"}
    assert (message.attributes, message.receive_count) == ({"kind": "digital"}, 1)


@pytest.mark.parametrize("text", ["plain", "{broken", '{"Type": "Notification"}', '{"id": 1}'])
def test_a_text_that_is_no_envelope_is_kept(text: str) -> None:
    assert from_sqs({"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": text}).text == text


def test_a_log_line_is_json_with_its_extra_keys() -> None:
    record = logging.makeLogRecord({"name": "app", "levelname": "INFO", "msg": "n=%d", "args": (3,), "created": 0.0})
    record.orderId = "o-1"
    assert json.loads(JsonFormatter().format(record)) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "info",
        "logger": "app",
        "message": "n=3",
        "orderId": "o-1",
    }
