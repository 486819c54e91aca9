"""The loop of a queue worker: receive, handle in parallel, delete what succeeded, drain at SIGTERM.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.consumer.heartbeat import Heartbeat
from app.consumer.message import Message, from_sqs

logger = logging.getLogger("app.consumer")

WAIT_SECONDS = 5  # of one long poll; SQS accepts 0-20. A drain lasts no longer than this when nothing is in flight.
VISIBILITY_SECONDS = 60  # of a message whose worker died: after this another one gets it
CONCURRENCY = 10  # handlers at once, the largest batch that ReceiveMessage returns
LONGEST_RETRY_SECONDS = 900  # between two deliveries of a message that fails
RECONNECT_SECONDS = 1  # between calls while SQS cannot be reached


class Consumer:
    """Feeds the messages of one queue to a handler until it is told to stop.

    A message is deleted when the handler returns. When the handler raises, the reason is logged and the message stays:
    SQS delivers it again later and moves it to the dead-letter queue after maxReceiveCount.
    """

    def __init__(
        self,
        queue_url: str,
        handler: Callable[[Message], None],
        *,
        sqs: Any = None,
        concurrency: int = CONCURRENCY,
        visibility_seconds: int = VISIBILITY_SECONDS,
        wait_seconds: int = WAIT_SECONDS,
        retry_after_seconds: int | None = None,
    ) -> None:
        """`sqs` is a boto3 client. Default: one from the environment.

        `retry_after_seconds` is what a failed message waits for its next delivery. Default: 2, 4, 8, ... seconds by
        the number of its deliveries, at most 15 minutes.
        """
        if sqs is None:
            import boto3  # noqa: PLC0415 - a caller that brings a client does not pay for the import

            sqs = boto3.client("sqs")
        self._sqs = sqs
        self._queue_url = queue_url
        self._handler = handler
        self._concurrency = concurrency
        self._visibility_seconds = visibility_seconds
        self._wait_seconds = wait_seconds
        self._retry_after_seconds = retry_after_seconds
        self._heartbeat = Heartbeat(sqs, queue_url, visibility_seconds)
        self._stopping = threading.Event()

    def run(self) -> None:
        """Consume until `stop` or SIGTERM, then finish what is in flight. Call from the main thread, once."""
        signal.signal(signal.SIGTERM, lambda _signal, _frame: self.stop())
        signal.signal(signal.SIGINT, lambda _signal, _frame: self.stop())
        logger.info("consuming", extra={"queueUrl": self._queue_url, "concurrency": self._concurrency})
        self._heartbeat.start()
        in_flight: set[Future[None]] = set()
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="handler") as handlers:
            while not self._stopping.is_set():
                for message in self._receive(self._concurrency - len(in_flight)):
                    self._heartbeat.hold(message)
                    in_flight.add(handlers.submit(self._handle, message))
                full = len(in_flight) >= self._concurrency
                done, in_flight = wait(in_flight, timeout=None if full else 0, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()  # a defect in this class must end the worker, not vanish
            logger.info("draining", extra={"inFlight": len(in_flight)})
        self._heartbeat.stop()
        logger.info("stopped")

    def stop(self) -> None:
        """Take no further message; `run` returns when the handlers in flight have."""
        self._stopping.set()

    def _receive(self, slots: int) -> list[Message]:
        try:
            reply = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=min(10, slots),
                WaitTimeSeconds=self._wait_seconds,
                VisibilityTimeout=self._visibility_seconds,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        except (BotoCoreError, ClientError) as error:
            logger.error("receive failed", extra={"queueUrl": self._queue_url, "reason": str(error)})  # noqa: TRY400
            self._stopping.wait(RECONNECT_SECONDS)
            return []
        messages = [from_sqs(received) for received in reply.get("Messages", [])]
        if self._stopping.is_set():
            # These arrived after the signal: another worker shall have them now, not after the visibility timeout.
            for message in messages:
                self._show_again(message, 0)
            return []
        return messages

    def _handle(self, message: Message) -> None:
        facts: dict[str, Any] = {"messageId": message.id, "receiveCount": message.receive_count}
        started = time.monotonic()
        try:
            self._handler(message)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the worker goes on with the next message
            self._heartbeat.release(message)
            facts["durationMs"] = round((time.monotonic() - started) * 1000)
            logger.warning("message not handled", extra=facts | {"reason": f"{type(error).__name__}: {error}"})
            grown = min(2**message.receive_count, LONGEST_RETRY_SECONDS)
            self._show_again(message, grown if self._retry_after_seconds is None else self._retry_after_seconds)
            return
        facts["durationMs"] = round((time.monotonic() - started) * 1000)
        try:
            self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message.receipt_handle)
            logger.info("message handled", extra=facts)
        except (BotoCoreError, ClientError) as error:
            logger.error("handled message not deleted", extra=facts | {"reason": str(error)})  # noqa: TRY400
        finally:
            self._heartbeat.release(message)

    def _show_again(self, message: Message, after_seconds: int) -> None:
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=after_seconds
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("message stays invisible", extra={"messageId": message.id, "reason": str(error)})
