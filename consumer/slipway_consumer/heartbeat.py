"""Keeps messages invisible to other workers for as long as their handlers run.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

import logging
import threading

from botocore.exceptions import BotoCoreError, ClientError

from slipway_consumer.message import Message
from slipway_consumer.sqs import Sqs

logger = logging.getLogger("slipway_consumer")

LAST_CALL_SECONDS = 1


class Heartbeat:
    """Extends every held message to `visibility_seconds` from now, three times in this span."""

    def __init__(self, sqs: Sqs, queue_url: str, visibility_seconds: int) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._visibility_seconds = visibility_seconds
        self._held: dict[str, Message] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to extend; call once."""
        self._thread.start()

    def stop(self) -> None:
        """Extend nothing any more; waits a second at most for an open call, because the stop timeout runs."""
        self._stopped.set()
        self._thread.join(LAST_CALL_SECONDS)

    def hold(self, message: Message) -> None:
        """Keep `message` invisible until it is released."""
        with self._lock:
            self._held[message.receipt_handle] = message

    def release(self, message: Message) -> None:
        """Leave `message` alone from now on."""
        with self._lock:
            self._held.pop(message.receipt_handle, None)

    def _run(self) -> None:
        while not self._stopped.wait(self._visibility_seconds / 3):
            with self._lock:
                held = list(self._held.values())
            for message in held:
                self._extend(message)

    def _extend(self, message: Message) -> None:
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url,
                ReceiptHandle=message.receipt_handle,
                VisibilityTimeout=self._visibility_seconds,
            )
        except (BotoCoreError, ClientError) as error:
            # The handler may have finished between the copy and this call: then there is nothing left to extend.
            with self._lock:
                still_held = message.receipt_handle in self._held
            if still_held:
                logger.warning("visibility not extended", extra={"messageId": message.id, "reason": str(error)})
