"""What moto 5.2.5 gets wrong in SQS when several consumers poll at once; corrected in its backend.

A long poll decides at its start which FIFO groups are busy, so one that waits is given the second message of a group while
another consumer works on the first; it spins while all that is visible belongs to a busy group; and without a lock a message
sent during a deletion is lost, or a deleted one comes back.
"""

import threading
import time
from functools import wraps
from typing import Any

LOOK_SECONDS = 0.05  # between two looks of a long poll, unless a message arrives sooner

_turn = threading.RLock()


def install() -> None:
    """Corrects moto; to be called once."""
    from moto.sqs.models import Queue, SQSBackend  # noqa: PLC0415 - after moto's environment is set

    backend: Any = SQSBackend
    queue_type: Any = Queue
    queue_type.wait_for_messages = _wait
    for name in ("send_message", "delete_message", "change_message_visibility"):
        setattr(backend, name, _one_at_a_time(getattr(backend, name)))
    receive = backend.receive_message

    @wraps(receive)
    def look_again(self: Any, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any, **named: Any) -> Any:
        queue = self.get_queue(queue_name)
        end = time.monotonic() + (wait_seconds_timeout or 0)
        while True:
            with _turn:
                found = receive(self, queue_name, count, 0, *rest, **named)
            left = end - time.monotonic()
            if found or left <= 0:
                return found
            queue.wait_for_messages(min(left, LOOK_SECONDS))

    backend.receive_message = look_again


def _wait(self: Any, timeout: float) -> None:
    """Until a message arrives, where moto returns at once while one is visible, although its group is busy."""
    with self._messages_lock:  # moto announces a new message on it
        self._messages_lock.wait(timeout)


def _one_at_a_time(call: Any) -> Any:
    @wraps(call)
    def in_turn(*args: Any, **named: Any) -> Any:
        with _turn:
            return call(*args, **named)

    return in_turn
