"""What moto 5.2.5 lets pass in SQS and AWS does not; corrected in its classes.

moto knows a repeat only while the first message lies in the queue, counts repeats over all groups whatever the scope says,
keeps messages beyond their retention and stumbles over them, and gives every queue's dead letters to any other.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import hashlib
import json
import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any

DEDUPLICATION_SECONDS = 300


def install() -> None:
    """Corrects moto; to be called once, before what takes its calls in turn."""
    from moto.sqs.models import Queue, SQSBackend  # noqa: PLC0415 - after moto's environment is set

    backend: Any = SQSBackend
    queue: Any = Queue
    backend.send_message = _once(backend.send_message)
    backend.receive_message = _unexpired(backend.receive_message)
    queue._setup_dlq = _allowed(queue._setup_dlq)  # noqa: SLF001


def _once(send: Any) -> Any:
    """A repeat within five minutes is answered with the first message and not delivered, consumed or not."""

    @wraps(send)
    def sent(self: Any, queue_name: str, message_body: str, *rest: Any, **named: Any) -> Any:
        queue = self.get_queue(queue_name)
        given = named.get("deduplication_id")
        if given is None and queue.content_based_deduplication:
            given = hashlib.sha256(message_body.encode()).hexdigest()
        if not queue.fifo_queue or given is None:
            return send(self, queue_name, message_body, *rest, **named)
        in_group = queue.deduplication_scope == "messageGroup"

        def take() -> Any:
            message = send(self, queue_name, message_body, *rest, **named)
            # Twenty digits that grow, where moto draws them.
            message.sequence_number = f"{time.time_ns():020d}"
            return message

        return first_of(queue, (named.get("group_id") if in_group else None, given), take)

    return sent


def first_of(holder: Any, key: Hashable, take: Callable[[], Any]) -> Any:
    """What a queue or topic took for this key within five minutes; taken now where there is nothing."""
    now = time.time()
    seen = {it: at for it, at in getattr(holder, "_seen", {}).items() if now - at[0] < DEDUPLICATION_SECONDS}
    if key not in seen:
        seen[key] = (now, take())
    holder._seen = seen  # noqa: SLF001
    return seen[key][1]


def _unexpired(receive: Any) -> Any:
    @wraps(receive)
    def received(self: Any, queue_name: str, *rest: Any, **named: Any) -> Any:
        queue = self.get_queue(queue_name)
        oldest = (time.time() - queue.message_retention_period) * 1000
        queue._messages[:] = [message for message in queue._messages if message.sent_timestamp > oldest]  # noqa: SLF001
        return receive(self, queue_name, *rest, **named)

    return received


def _allowed(setup: Any) -> Any:
    """A queue sets messages aside only where the other's redrive-allow policy takes them."""

    @wraps(setup)
    def set_up(self: Any, policy: Any) -> None:
        from moto.sqs.exceptions import SQSException  # noqa: PLC0415 - as above

        setup(self, policy)
        taking = self.dead_letter_queue.redrive_allow_policy if self.dead_letter_queue else None
        rule = json.loads(taking) if taking else {}
        permission, sources = rule.get("redrivePermission", "allowAll"), rule.get("sourceQueueArns", [])
        if permission == "denyAll" or (permission == "byQueue" and self.queue_arn not in sources):
            dead = self.dead_letter_queue.queue_arn
            self.dead_letter_queue = self.redrive_policy = None
            raise SQSException(
                "InvalidParameterValue",
                f"Value for parameter RedrivePolicy is invalid. Reason: {dead} does not take messages of {self.queue_arn}.",
            )

    return set_up
