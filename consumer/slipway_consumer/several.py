"""Runs consumers until SIGTERM, and ends them in time even when SQS does not answer."""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Protocol

from slipway_consumer.protection import TaskProtection

logger = logging.getLogger("slipway_consumer")

POLL_SECONDS = 1  # a consumer may be stopped by a call in place of a signal


class Runs(Protocol):
    """The methods of a Consumer that this module calls."""

    protection: TaskProtection

    def consume(self) -> bool:
        """Consume until `stop`; True when it drained."""

    def stop(self) -> None:
        """End soon."""

    def stopped(self) -> bool:
        """True when it was told to end."""

    def ends_by(self) -> float:
        """Monotonic time of its latest end, once it was stopped."""


class _Thread(threading.Thread):
    """One consumer. A daemon, because a call without SQS's answer must not delay the exit."""

    def __init__(self, consumer: Runs, news: SimpleQueue[None]) -> None:
        super().__init__(name="consumer", daemon=True)
        self.consumer, self._news = consumer, news
        self.drained = False
        self.defect: BaseException | None = None

    def run(self) -> None:
        try:
            self.drained = self.consumer.consume()
        except BaseException as error:  # noqa: BLE001 - `run_all` raises it
            self.defect = error
        finally:
            self._news.put(None)


def run_all(consumers: Sequence[Runs]) -> bool:
    """Run several consumers, one for each queue, until SIGTERM or until one of them ends. Call from the main thread, once.

    True when every handler finished. The task is protected while any of them works.
    """
    # Its put may be called from a signal handler, at whatever point of the main thread; an Event's set may not.
    news: SimpleQueue[None] = SimpleQueue()

    def stop_all() -> None:
        for consumer in consumers:
            consumer.stop()
        news.put(None)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: stop_all())
    for consumer in consumers:
        consumer.protection = consumers[0].protection
    threads = [_Thread(consumer, news) for consumer in consumers]
    for thread in threads:
        thread.start()
    while not any(consumer.stopped() for consumer in consumers):
        with contextlib.suppress(Empty):
            news.get(timeout=POLL_SECONDS)
            break
    stop_all()
    for thread in threads:
        thread.join(max(0, thread.consumer.ends_by() - time.monotonic()))
        if thread.is_alive():
            logger.error("not drained", extra={"reason": "SQS did not answer within the stop timeout"})
        if thread.defect:
            raise thread.defect
    return all(thread.drained for thread in threads)
