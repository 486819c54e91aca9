"""Counts of a queue's messages: one look at the clock for all of them, so that deep queues answer as shallow ones."""

import contextlib
import threading
from collections.abc import Iterator

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue

from slipway_sandbox.corrections._decorator import corrects

SLOW = (
    "moto reads the clock for each message of a queue, so that a call to a deep one takes seconds; SQS answers at once."
)

_unasked = threading.local()


@contextlib.contextmanager
def unasked() -> Iterator[None]:
    """Nobody asks for counts inside: moto makes all attributes of a queue to read one when it takes a message."""
    _unasked.is_on = True
    try:
        yield
    finally:
        _unasked.is_on = False


@corrects(Queue.messages, why=SLOW)
def messages(_: object, self: Queue) -> list[Message]:
    now = unix_time_millis()
    return [each for each in self._messages if each.visible_at < now and each.delayed_until <= now]


@corrects(Queue.approximate_number_of_messages, why=SLOW)
def approximate_number_of_messages(_: object, self: Queue) -> int:
    return 0 if _is_unasked() else len(self.messages)


@corrects(Queue.approximate_number_of_messages_not_visible, why=SLOW)
def approximate_number_of_messages_not_visible(_: object, self: Queue) -> int:
    now = unix_time_millis()
    return 0 if _is_unasked() else sum(each.visible_at >= now for each in self._messages)


@corrects(Queue.approximate_number_of_messages_delayed, why=SLOW)
def approximate_number_of_messages_delayed(_: object, self: Queue) -> int:
    now = unix_time_millis()
    return 0 if _is_unasked() else sum(each.delayed_until > now for each in self._messages)


def _is_unasked() -> bool:
    return getattr(_unasked, "is_on", False)
