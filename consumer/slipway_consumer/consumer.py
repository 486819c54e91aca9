"""The loop of a queue worker: receive, handle in parallel, delete what succeeded, drain at SIGTERM.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices.html
"""

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from slipway_consumer.handlers import MOST_IN_A_BATCH, Batch, Handler, Runner
from slipway_consumer.health import HealthServer
from slipway_consumer.heartbeat import Heartbeat
from slipway_consumer.limit import Limit
from slipway_consumer.message import Message
from slipway_consumer.protection import TaskProtection
from slipway_consumer.queue import Queue
from slipway_consumer.several import run_all

logger = logging.getLogger("slipway_consumer")

WAIT_SECONDS = 5  # of one long poll; SQS accepts 0-20. A drain lasts no longer than this when nothing is in flight.
VISIBILITY_SECONDS = 60  # of a message whose worker died: after this another one gets it
CONCURRENCY = 10  # handlers at once, the largest batch that ReceiveMessage returns
LONGEST_RETRY_SECONDS = 900  # between two deliveries of a message that fails
RECONNECT_SECONDS = 1  # between calls while SQS cannot be reached
STOP_TIMEOUT_SECONDS = 30  # what ECS gives a container by default
GIVE_BACK_SECONDS = 3  # of the stop timeout, to hand back what is unfinished and to exit
TURN_SECONDS = 1  # longest wait for a free slot before the loop looks around again
STUCK_SECONDS = 120  # without a turn of the loop, whose longest call is a long poll with botocore's retries


class Consumer:
    """Feeds the messages of one queue to a handler until it is told to stop.

    A message is deleted when the handler returns. When the handler raises, the reason is logged and the message stays:
    SQS delivers it again later and moves it to the dead-letter queue after maxReceiveCount. On a FIFO queue messages
    are taken one by one, so that SQS holds back a group's next message until this one is deleted or set aside.
    """

    def __init__(
        self,
        queue_url: str,
        handler: Handler | Batch,
        *,
        sqs: Any = None,
        concurrency: int = CONCURRENCY,
        visibility_seconds: int = VISIBILITY_SECONDS,
        wait_seconds: int = WAIT_SECONDS,
        retry_after_seconds: int | None = None,
        stop_timeout_seconds: int = STOP_TIMEOUT_SECONDS,
        health_port: int | None = None,
    ) -> None:
        """`sqs` is a boto3 client. Default: one from the environment.

        `retry_after_seconds` is what a failed message waits for its next delivery. Default: 2, 4, 8, ... seconds by
        the number of its deliveries, at most 15 minutes. `stop_timeout_seconds` is the container's: what is unfinished
        3 seconds before its end goes back to the queue. `health_port` serves GET /health. Default: no endpoint.

        Raises ValueError on a Batch for a FIFO queue: messages behind one that fails would use up their deliveries
        unhandled, and end in the dead-letter queue with it. Raises it also when no time is left to drain.
        """
        self._runner = Runner(handler)
        if self._runner.batch_size > 1 and queue_url.endswith(".fifo"):
            raise ValueError(f"Consumer: a FIFO queue takes no Batch, got {queue_url}; handle one message at a time")
        if stop_timeout_seconds <= wait_seconds + GIVE_BACK_SECONDS:
            least = f"more than {wait_seconds + GIVE_BACK_SECONDS}, a long poll and {GIVE_BACK_SECONDS} seconds"
            raise ValueError(f"Consumer: stop_timeout_seconds must be {least}, got {stop_timeout_seconds}")
        if sqs is None:
            import boto3  # noqa: PLC0415 - a caller that brings a client does not pay for the import

            sqs = boto3.client("sqs")
        self._queue = Queue(sqs, queue_url, visibility_seconds, wait_seconds)
        self._retry_after_seconds = retry_after_seconds
        self._drain_seconds = stop_timeout_seconds - GIVE_BACK_SECONDS
        self._heartbeat = Heartbeat(sqs, queue_url, visibility_seconds)
        self._limit = Limit(concurrency)
        self.protection = TaskProtection(os.environ.get("ECS_AGENT_URI"))
        self._health = None if health_port is None else HealthServer(health_port, self._look)
        self._stopping = threading.Event()
        self._stopped_at = self._turned_at = time.monotonic()
        self._in_flight: dict[int, Sequence[Message]] = {}
        self._counts = {"handled": 0, "failed": 0}
        self._changed = threading.Condition()
        self._defect: BaseException | None = None

    def run(self) -> bool:
        """Consume until `stop` or SIGTERM, then finish what is in flight. Call from the main thread, once.

        True when every handler finished; False when the stop timeout ended first and messages went back.
        """
        return run_all([self])

    def consume(self) -> bool:
        """What `run` does, without signals: for a thread."""
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
        """Whether it takes no further message."""
        return self._stopping.is_set()

    def ends_by(self) -> float:
        """Monotonic time by which a stopped consumer has ended: a second before SIGKILL."""
        return self._stopped_at + self._drain_seconds + GIVE_BACK_SECONDS - 1

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
        facts: dict[str, Any] = {"messageId": message.id, "receiveCount": message.receive_count}
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
        grown = 0 if last else min(2**message.receive_count, LONGEST_RETRY_SECONDS)
        self._queue.show_again(message, grown if self._retry_after_seconds is None else self._retry_after_seconds)

    def _drain(self) -> bool:
        with self._changed:
            logger.info("draining", extra={"inFlight": sum(map(len, self._in_flight.values()))})
            left = self._drain_seconds - (time.monotonic() - self._stopped_at)
            drained = self._changed.wait_for(lambda: not self._in_flight, max(0, left))
            unfinished = [message for messages in self._in_flight.values() for message in messages]
        for message in unfinished:
            self._heartbeat.release(message)
            self._queue.show_again(message, 0)
            logger.warning("message given back unfinished", extra={"messageId": message.id})
        return drained

    def _look(self) -> tuple[bool, Mapping[str, Any]]:
        turning = self._stopping.is_set() or time.monotonic() - self._turned_at < STUCK_SECONDS
        status = "draining" if self._stopping.is_set() else "consuming" if turning else "stuck"
        with self._changed:
            facts: dict[str, Any] = {"status": status, "inFlight": len(self._in_flight), "concurrency": self._limit.now}
            return turning, facts | self._counts
