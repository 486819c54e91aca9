"""A long poll sleeps until a message can come, and looks no more often than it has to."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws
from moto.sqs.models import SQSBackend, sqs_backends

from slipway_sandbox import corrections
from slipway_sandbox.corrections.sqs import messages

REGION = "eu-west-1"


class Poll(NamedTuple):
    """A queue before and while somebody polls it for 20 seconds."""

    queue: str
    before: Callable[[Any, str], object]
    meanwhile: Callable[[Any, str], object]
    gets: str


def send(body: str, **more: Any) -> Callable[[Any, str], object]:
    return lambda sqs, url: sqs.send_message(QueueUrl=url, MessageBody=body, **more)


def receive(sqs: Any, url: str, seconds: int = 600) -> str:
    [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=seconds)["Messages"]
    return str(message["ReceiptHandle"])


def take(sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="in flight")
    receive(sqs, url)


def give_back(sqs: Any, url: str) -> None:
    [message] = backend().queues["work"]._messages  # noqa: SLF001
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=0)


def two_of_a_group(sqs: Any, url: str) -> None:
    for body in ("first", "second"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="customer", MessageDeduplicationId=body)
    receive(sqs, url)


def delete_the_first(sqs: Any, url: str) -> None:
    first = backend().queues["work.fifo"]._messages[0]  # noqa: SLF001
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first.receipt_handle)


def for_a_second(sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="in flight")
    receive(sqs, url, seconds=1)


def nothing(_: Any, __: str) -> None:
    """Time alone passes."""


POLLS = {
    "a message is sent": Poll("work", nothing, send("order"), "order"),
    "a message is given back": Poll("work", take, give_back, "in flight"),
    "a group is free again": Poll("work.fifo", two_of_a_group, delete_the_first, "second"),
    "a delay is over": Poll("work", send("later", DelaySeconds=1), nothing, "later"),
    "a visibility timeout is over": Poll("work", for_a_second, nothing, "in flight"),
}


def backend() -> SQSBackend:
    found: SQSBackend = sqs_backends["123456789012"][REGION]
    return found


@pytest.fixture
def sqs() -> Iterator[Any]:
    corrections.install()
    with mock_aws():
        client = boto3.Session("test", "test", region_name=REGION).client("sqs")
        client.create_queue(QueueName="work")
        client.create_queue(QueueName="work.fifo", Attributes={"FifoQueue": "true"})
        yield client
        client.close()


@pytest.mark.parametrize("poll", POLLS.values(), ids=POLLS.keys())
def test_a_poll_wakes_up_when(poll: Poll, sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LOOK_SECONDS", 600.0)  # so that nothing but its cause wakes it
    asleep, seconds_until_next = threading.Event(), messages._seconds_until_next  # noqa: SLF001

    def falls_asleep(seen: messages.Times) -> float:
        asleep.set()
        return seconds_until_next(seen)

    monkeypatch.setattr(messages, "_seconds_until_next", falls_asleep)
    url = sqs.get_queue_url(QueueName=poll.queue)["QueueUrl"]
    poll.before(sqs, url)
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(backend().receive_message, poll.queue, 1, 20, 30)
        assert asleep.wait(20)
        poll.meanwhile(sqs, url)
        assert [message.body for message in polled.result()] == [poll.gets]


def test_an_empty_queue_is_looked_at_once_a_second(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    del sqs
    looks: list[object] = []
    monkeypatch.setattr(messages, "_drop_expired", looks.append)
    assert backend().receive_message("work", 1, 2, 30) == []
    assert len(looks) in (3, 4), (
        "at the start, after a second, and at the end, which a clock may find a moment too early"
    )


def test_a_message_that_came_between_look_and_sleep_is_not_slept_over(sqs: Any) -> None:
    queue = backend().queues["work"]
    seen = messages.times(queue)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="work")["QueueUrl"], MessageBody="order")
    queue.wait_for_messages(600, seen)  # type: ignore[call-arg] # the corrected one
    assert len(messages.times(queue)) == 1
