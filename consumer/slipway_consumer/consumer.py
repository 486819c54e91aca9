"""One queue's consumer: polls, hands messages to the handler, settles them, and drains when it is told to stop."""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from slipway_consumer.handlers import MOST_IN_A_BATCH, Batch, Handler, Runner
from slipway_consumer.health import Health, HealthServer
from slipway_consumer.heartbeat import Heartbeat
from slipway_consumer.limit import Limit
from slipway_consumer.message import Message
from slipway_consumer.protection import TaskProtection
from slipway_consumer.queue import Queue
from slipway_consumer.settings import RETURN_SECONDS, Settings
from slipway_consumer.several import run_all
from slipway_consumer.sqs import Sqs

logger = logging.getLogger("slipway_consumer")

LONGEST_RETRY_SECONDS = 900  # between two deliveries of a message that fails
RECONNECT_SECONDS = 1  # between calls while SQS cannot be reached
TURN_SECONDS = 1  # longest wait for a free handler before the loop turns again
STUCK_SECONDS = 120  # without a turn of the loop; its longest call is a long poll with botocore's retries


class Consumer:
    """Feeds the messages of one queue to a handler until it is told to stop.

    A message is deleted when the handler returns. When the handler raises, the reason is logged and the message stays:
    SQS delivers it again later and moves it to the dead-letter queue after maxReceiveCount. On a FIFO queue messages
    are taken one by one: SQS holds back a group's next message until this one is deleted or set aside::

        Consumer(queue_url, handle, Settings(stop_timeout_seconds=60)).run()
    """

    def __init__(
        self, queue_url: str, handler: Handler | Batch, settings: Settings | None = None, *, sqs: Sqs | None = None
    ) -> None:
        """`sqs` is a boto3 client. Default: one from the environment.

        Raises ValueError on a Batch for a FIFO queue: messages behind one that fails would use up their deliveries
        unhandled, and end in the dead-letter queue with it.
        """
        self._runner = Runner(handler)
        self._settings = settings or Settings()
        if self._runner.batch_size > 1 and queue_url.endswith(".fifo"):
            raise ValueError(f"Consumer: a FIFO queue takes no Batch, got {queue_url}; handle one message at a time")
        client = sqs or _client()
        self._queue = Queue(client, queue_url, self._settings.visibility_seconds, self._settings.wait_seconds)
        self._heartbeat = Heartbeat(client, queue_url, self._settings.visibility_seconds)
        self._limit = Limit(self._settings.concurrency)
        self.protection = TaskProtection(os.environ.get("ECS_AGENT_URI"))
        port = self._settings.health_port
        self._health = None if port is None else HealthServer(port, self._look)
        self._stopping = threading.Event()
        self._stopped_at = self._turned_at = time.monotonic()
        self._in_flight: dict[int, Sequence[Message]] = {}
        self._counts = Counter(handled=0, failed=0)
        self._changed = threading.Condition()
        self._defect: BaseException | None = None

    def run(self) -> bool:
        """Consume until `stop` or SIGTERM, then finish the handlers in flight. Call from the main thread, once.

        True when every handler finished; False when the stop timeout ended first and messages went back.
        """
        return run_all([self])

    def consume(self) -> bool:
        """The same as `run` without signals, for a thread."""
        facts = {"queueUrl": self._queue.url, "concurrency": self._limit.now, "acknowledgesProbes": True}
        logger.info("consuming", extra=facts)
        self._queue.look()
        self._heartbeat.start()
        if self._health:
            self._health.start()
        while not self._stopping.is_set():
            self._turned_at = time.monotonic()
            if self._in_flight:
                self.protection.on(self)
            self._turn()
        drained = self._drain()
        self.protection.off(self)
        self._heartbeat.stop()
        self._runner.close()
        if self._health:
            self._health.stop()
        logger.info("stopped", extra={"drained": drained, **self._counts})
        if self._defect:
            raise self._defect  # a defect of this class must end the worker, not vanish
        return drained

    def stopped(self) -> bool:
        """True when it takes no further message."""
        return self._stopping.is_set()

    def ends_by(self) -> float:
        """Monotonic time of the latest end of a stopped consumer: a second before SIGKILL."""
        return self._stopped_at + self._settings.drain_seconds + RETURN_SECONDS - 1

    def stop(self) -> None:
        """Take no further message; `run` returns when the handlers in flight have."""
        if not self._stopping.is_set():
            self._stopped_at = time.monotonic()
            self._stopping.set()

    def _turn(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._in_flight) < self._limit.now, TURN_SECONDS)
            room = self._limit.now - len(self._in_flight)
        if room <= 0 or self._stopping.is_set():
            return
        size = self._runner.batch_size
        most = 1 if self._queue.fifo else size if size > 1 else min(MOST_IN_A_BATCH, room)
        messages = self._receive(most)
        if not messages:
            if not self._in_flight:
                self.protection.off(self)
            return
        for message in messages:
            self._heartbeat.hold(message)
        self.protection.on(self)
        for first in range(0, len(messages), size):
            self._start(messages[first : first + size])

    def _receive(self, most: int) -> list[Message]:
        try:
            messages = self._queue.receive(most)
        except (BotoCoreError, ClientError) as error:
            logger.error("receive failed", extra={"queueUrl": self._queue.url, "reason": str(error)})  # noqa: TRY400
            self._stopping.wait(RECONNECT_SECONDS)
            return []
        if self._stopping.is_set():
            # These arrived after the signal: another worker shall have them now, not after the visibility timeout.
            for message in messages:
                self._queue.show_again(message, 0)
            return []
        return messages

    def _start(self, messages: Sequence[Message]) -> None:
        key = id(messages)
        with self._changed:
            self._in_flight[key] = messages
        # A daemon, since a handler that outlasts the drain must not hold up the exit.
        threading.Thread(target=self._work, args=(key, messages), name=f"handler-{messages[0].id}", daemon=True).start()

    def _work(self, key: int, messages: Sequence[Message]) -> None:
        try:
            started = time.monotonic()
            failures = self._runner.run(messages)
            milliseconds = round((time.monotonic() - started) * 1000)
            for message in messages:
                self._settle(message, failures.get(message.id), milliseconds)
        except BaseException as error:  # noqa: BLE001 - `run` raises it
            self._defect = error
            self.stop()
        finally:
            for message in messages:
                self._heartbeat.release(message)
            with self._changed:
                self._in_flight.pop(key, None)
                self._changed.notify_all()

    def _settle(self, message: Message, reason: str | None, milliseconds: int) -> None:
        facts: dict[str, object] = {"messageId": message.id, "receiveCount": message.receive_count}
        facts |= {"durationMs": milliseconds} | ({"groupId": message.group_id} if message.group_id else {})
        before, now = self._limit.now, self._limit.record(failed=reason is not None)
        if now < before:
            logger.warning("most messages fail", extra={"concurrency": now})
        with self._changed:
            self._counts["handled" if reason is None else "failed"] += 1
        if reason is None:
            # Released after it is deleted, so that it cannot become visible in between.
            if self._queue.delete(message):
                logger.info("message handled", extra=facts)
            self._heartbeat.release(message)
            return
        self._heartbeat.release(message)
        last = self._queue.max_receives is not None and message.receive_count >= self._queue.max_receives
        level = logging.ERROR if last else logging.WARNING
        logger.log(level, "message not handled", extra=facts | {"reason": reason, "givenUp": last})
        # Given up, it is moved when it is next asked for: at once, so that it does not hold up its group.
        growing = 0 if last else min(2**message.receive_count, LONGEST_RETRY_SECONDS)
        fixed = self._settings.retry_after_seconds
        self._queue.show_again(message, growing if fixed is None else fixed)

    def _drain(self) -> bool:
        with self._changed:
            logger.info("draining", extra={"inFlight": sum(map(len, self._in_flight.values()))})
            left = self._settings.drain_seconds - (time.monotonic() - self._stopped_at)
            drained = self._changed.wait_for(lambda: not self._in_flight, max(0, left))
            unfinished = [message for messages in self._in_flight.values() for message in messages]
        for message in unfinished:
            self._heartbeat.release(message)
            self._queue.show_again(message, 0)
            logger.warning("message given back unfinished", extra={"messageId": message.id})
        return drained

    def _look(self) -> Health:
        turning = self._stopping.is_set() or time.monotonic() - self._turned_at < STUCK_SECONDS
        status = "draining" if self._stopping.is_set() else "consuming" if turning else "stuck"
        with self._changed:
            facts = {"status": status, "inFlight": len(self._in_flight), "concurrency": self._limit.now, **self._counts}
            return Health(turning, facts)


def _client() -> Sqs:
    import boto3  # noqa: PLC0415 - a caller with a client of its own does not pay for the import

    client: Sqs = boto3.client("sqs")
    return client
