"""Kinds of handlers: async, batches with partial results, FIFO; and how many run while most fail."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from slipway_consumer import Batch, Consumer, Message, Settings
from slipway_consumer.limit import Limit
from tests.support.aws.aws_endpoint import SqsClient
from tests.support.consumers import QUICK, consume, waiting


def send(sqs: SqsClient, url: str, *texts: str, **more: str) -> None:
    for text in texts:
        sqs.send_message(QueueUrl=url, MessageBody=text, **more)


def test_async_handlers_run_side_by_side_on_one_loop(sqs: SqsClient, queues: tuple[str, str]) -> None:
    send(sqs, queues[0], "a", "b", "c")
    begun: list[str] = []
    loops: set[int] = set()

    async def handle(message: Message) -> None:
        begun.append(message.text)
        loops.add(id(asyncio.get_running_loop()))
        while len(begun) < 3:  # ends only when all three are under way at once
            await asyncio.sleep(0.01)

    consume(sqs, queues[0], handle, lambda: waiting(sqs, queues[0]) == (0, 0))
    assert (sorted(begun), len(loops)) == (["a", "b", "c"], 1)


def test_an_async_handler_that_raises_leaves_its_message(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    send(sqs, queues[0], "poison")

    async def handle(message: Message) -> None:
        raise LookupError(f"nothing named {message.text}")

    consume(sqs, queues[0], handle, lambda: waiting(sqs, queues[1]) == (1, 0))
    refusals = [record.__dict__ for record in caplog.records if record.message == "message not handled"]
    assert [(line["reason"], line["givenUp"], line["levelno"]) for line in refusals] == [
        ("LookupError: nothing named poison", False, logging.WARNING),
        ("LookupError: nothing named poison", True, logging.ERROR),
    ]


def test_only_the_failures_of_a_batch_come_again(sqs: SqsClient, queues: tuple[str, str]) -> None:
    send(sqs, queues[0], "a", "poison", "b", "c")
    sizes: list[int] = []
    handled: list[str] = []

    def handle(messages: Sequence[Message]) -> dict[str, str]:
        sizes.append(len(messages))
        handled.extend(message.text for message in messages if message.text != "poison")
        return {message.id: "it is poison" for message in messages if message.text == "poison"}

    consume(sqs, queues[0], Batch(handle, size=4), lambda: waiting(sqs, queues[1]) == (1, 0))
    assert sorted(handled) == ["a", "b", "c"]
    assert max(sizes) > 1, "no call had more than one message"
    assert waiting(sqs, queues[0]) == (0, 0)


def test_a_batch_that_raises_comes_again_as_a_whole(sqs: SqsClient, queues: tuple[str, str]) -> None:
    send(sqs, queues[0], "a", "b")

    async def handle(messages: Sequence[Message]) -> None:
        raise OSError("the database is down")

    consume(sqs, queues[0], Batch(handle), lambda: waiting(sqs, queues[1]) == (2, 0))


def test_an_id_that_was_not_in_the_batch_fails_it(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    send(sqs, queues[0], "a")
    consume(sqs, queues[0], Batch(lambda messages: {"m-9": "no"}), lambda: waiting(sqs, queues[1]) == (1, 0))
    reasons = {record.__dict__["reason"] for record in caplog.records if record.message == "message not handled"}
    assert reasons == {"ValueError: the batch handler returned ids that were not in the batch: m-9"}


@pytest.fixture
def fifo(sqs: SqsClient) -> Iterator[tuple[str, str]]:
    """URLs of a FIFO queue with at most 2 deliveries, and of its dead-letter queue."""
    kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    dead = sqs.create_queue(QueueName="steps-dead.fifo", Attributes=kind)["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:steps-dead.fifo", "maxReceiveCount": 2}
    attributes = kind | {"RedrivePolicy": json.dumps(redrive)}
    url = sqs.create_queue(QueueName="steps.fifo", Attributes=attributes)["QueueUrl"]
    yield url, dead
    sqs.delete_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=dead)


def test_a_group_waits_for_its_poison_and_only_that_is_set_aside(sqs: SqsClient, fifo: tuple[str, str]) -> None:
    send(sqs, fifo[0], "1", "poison", "2", "3", MessageGroupId="g")
    seen: list[tuple[str, str | None]] = []

    def handle(message: Message) -> None:
        seen.append((message.text, message.group_id))
        if message.text == "poison":
            raise ValueError("poison")

    consume(sqs, fifo[0], handle, lambda: waiting(sqs, fifo[0]) == (0, 0))
    assert [text for text, _ in seen] == ["1", "poison", "poison", "2", "3"]
    assert {group for _, group in seen} == {"g"}
    [dead] = sqs.receive_message(QueueUrl=fifo[1], MaxNumberOfMessages=10)["Messages"]
    assert dead["Body"] == "poison"


def test_what_cannot_work_is_refused() -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/steps.fifo"
    with pytest.raises(ValueError, match=r"^Batch: size must be 1-10, got 11$"):
        Batch(lambda messages: None, size=11)
    with pytest.raises(ValueError, match=rf"^Consumer: a FIFO queue takes no Batch, got {url}; handle one message at"):
        Consumer(url, Batch(lambda messages: None))
    sentence = r"^Consumer: stop_timeout_seconds must be more than 8, a long poll and 3 seconds, got 8$"
    with pytest.raises(ValueError, match=sentence):
        Settings(stop_timeout_seconds=8)


@pytest.mark.parametrize(
    ("results", "limits"),
    [
        ("....", [4, 4, 4, 4]),
        ("xxxx", [4, 4, 4, 2]),
        ("xxxxxxx", [4, 4, 4, 2, 2, 1, 1]),
        ("xx..", [4, 4, 4, 4]),  # half is not most
        ("xxxx..", [4, 4, 4, 2, 2, 3]),
        ("xxxx..x..", [4, 4, 4, 2, 2, 3, 3, 3, 4]),
    ],
)
def test_the_limit_halves_when_most_fail_and_recovers_by_one(results: str, limits: list[int]) -> None:
    limit = Limit(4)
    assert [limit.record(failed=result == "x") for result in results] == limits


def test_a_failing_handler_is_called_by_fewer_threads(sqs: SqsClient, queues: tuple[str, str]) -> None:
    send(sqs, queues[0], *map(str, range(8)))
    running: list[int] = []
    peaks: list[int] = []
    lock = threading.Lock()

    def handle(message: Message) -> None:
        with lock:
            running.append(1)
            peaks.append(len(running))
        threading.Event().wait(0.05)
        with lock:
            running.pop()
        raise OSError("down")

    consume(sqs, queues[0], handle, lambda: waiting(sqs, queues[1]) == (8, 0), replace(QUICK, concurrency=4))
    assert max(peaks[-4:]) == 1, f"handlers at once, call by call: {peaks}"
