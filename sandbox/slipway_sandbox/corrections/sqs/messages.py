"""Messages of queues: repeats, retention, and the order of a FIFO group among several consumers.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import hashlib
import math
import threading
import time
from collections.abc import Callable
from typing import Protocol, TypedDict, Unpack, cast

from moto.sqs.models import Message, Queue, SQSBackend

from slipway_sandbox.corrections import metrics
from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._repeats import first_of
from slipway_sandbox.corrections.sqs import counts

LOOK_SECONDS = 1.0  # between two looks of a long poll that nothing wakes: its queue may be deleted
CLOCK_SECONDS = 0.002  # moto counts in milliseconds, and shows a message behind its time
NO_LOCK = "moto has no lock: a message sent during a deletion is lost, or a deleted one comes back; here one call goes after the other."

Times = list[tuple[str, float]]

_turn = threading.RLock()


class Sending(TypedDict, total=False):
    """The rest of moto's arguments of `send_message`."""

    message_attributes: dict[str, object] | None
    delay_seconds: int | None
    deduplication_id: str | None
    group_id: str | None
    system_attributes: dict[str, object] | None
    validate_group_id: bool


class FullQueue(Protocol):
    """Moto's queue, with the attributes set by name."""

    fifo_queue: bool
    content_based_deduplication: bool
    deduplication_scope: str
    message_retention_period: int
    _messages: list[Message]


def as_queue(queue: Queue) -> FullQueue:
    """The queue with all its attributes."""
    return cast(FullQueue, queue)


@corrects(
    SQSBackend.send_message,
    why="moto knows a repeat only while the first message lies in the queue, over all groups, and draws sequence numbers; "
    f"SQS knows it for five minutes, by the queue's scope, with growing numbers. {NO_LOCK}",
)
def send_message(
    original: Callable[..., Message], self: SQSBackend, queue_name: str, message_body: str, **named: Unpack[Sending]
) -> Message:
    queue = as_queue(self.get_queue(queue_name))
    given = named.get("deduplication_id")
    if given is None and queue.content_based_deduplication:
        given = hashlib.sha256(message_body.encode()).hexdigest()
    if not queue.fifo_queue or given is None:
        with _turn, counts.unasked():
            message = original(self, queue_name, message_body, **named)
        _count(self, queue_name, "NumberOfMessagesSent")
        return message
    in_group = queue.deduplication_scope == "messageGroup"

    def take() -> Message:
        message = original(self, queue_name, message_body, **named)
        message.sequence_number = f"{time.time_ns():020d}"
        _count(self, queue_name, "NumberOfMessagesSent")
        return message

    with _turn, counts.unasked():
        return first_of(queue, (named.get("group_id") if in_group else None, given), take)


@corrects(
    SQSBackend.receive_message,
    why="moto keeps messages beyond their retention and stumbles over them, and a long poll decides at its start which FIFO "
    "groups are busy, so that it hands out the second message of a group while the first is worked on; SQS does neither.",
)
def receive_message(
    original: Callable[..., list[Message]],
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    *rest: object,
    **named: object,
) -> list[Message]:
    queue = self.get_queue(queue_name)
    end = time.monotonic() + (wait_seconds_timeout or 0)
    while True:
        with _turn:
            _drop_expired(as_queue(queue))
            found = original(self, queue_name, count, 0, *rest, **named)
            seen = times(queue)
        left = end - time.monotonic()
        for _ in found:
            _count(self, queue_name, "NumberOfMessagesReceived")
        if found or left <= 0:
            return found
        queue.wait_for_messages(min(left, LOOK_SECONDS, _seconds_until_next(seen)), seen)  # type: ignore[arg-type,call-arg] # see there


def _drop_expired(queue: FullQueue) -> None:
    oldest = (time.time() - queue.message_retention_period) * 1000
    queue._messages[:] = [message for message in queue._messages if (message.sent_timestamp or 0) > oldest]  # noqa: SLF001


@corrects(
    Queue.wait_for_messages,
    why="moto returns at once while a message is visible, although its group is busy, and so spins; "
    "here it waits until one comes, goes or changes.",
)
def wait_for_messages(_: object, self: Queue, timeout: float, seen: Times | None = None) -> None:
    """`seen` is how the caller has found them, so that no change since is missed. Default: as they are now."""
    before = times(self) if seen is None else seen
    with self._messages_lock:
        self._messages_lock.wait_for(lambda: times(self) != before, timeout)


def times(queue: Queue) -> Times:
    """Id of each message, and when it becomes visible, in milliseconds since 1970."""
    return [(each.id, max(each.visible_at, each.delayed_until)) for each in list(as_queue(queue)._messages)]  # noqa: SLF001


def _seconds_until_next(seen: Times) -> float:
    """Until the next message becomes visible by its time alone."""
    now = time.time() * 1000
    return min(((moment - now) / 1000 + CLOCK_SECONDS for _, moment in seen if moment >= now), default=math.inf)


def _wake(queue: Queue) -> None:
    """Polls look again: a message has become visible, or its group is free. A new message does so by itself."""
    with queue._messages_lock:  # noqa: SLF001
        queue._messages_lock.notify_all()  # noqa: SLF001


@corrects(SQSBackend.delete_message, why=NO_LOCK)
def delete_message(
    original: Callable[[SQSBackend, str, str], None], self: SQSBackend, queue_name: str, receipt_handle: str
) -> None:
    with _turn:
        original(self, queue_name, receipt_handle)
    queue = self.get_queue(queue_name)
    if as_queue(queue).fifo_queue:
        _wake(queue)
    _count(self, queue_name, "NumberOfMessagesDeleted")


def _count(backend: SQSBackend, queue_name: str, metric: str) -> None:
    """Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""
    metrics.count(backend.account_id, backend.region_name, "AWS/SQS", metric, {"QueueName": queue_name})


@corrects(SQSBackend.change_message_visibility, why=NO_LOCK)
def change_message_visibility(
    original: Callable[[SQSBackend, str, str, int], None],
    self: SQSBackend,
    queue_name: str,
    receipt_handle: str,
    visibility_timeout: int,
) -> None:
    with _turn:
        original(self, queue_name, receipt_handle, visibility_timeout)
    _wake(self.get_queue(queue_name))
