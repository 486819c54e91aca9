"""Runs a consumer in a test until something is true."""

import signal
import threading
import time
from collections.abc import Callable

from slipway_consumer import Batch, Consumer, Settings, run_all
from slipway_consumer.handlers import Handler
from tests.support.aws.aws_endpoint import SqsClient
from tests.support.commands import HANG_SECONDS

QUICK = Settings(wait_seconds=1, retry_after_seconds=0)


def consume(
    sqs: SqsClient, url: str, handler: Handler | Batch, done: Callable[[], bool], settings: Settings = QUICK
) -> bool:
    """Run a consumer until `done`, at most HANG_SECONDS; True when it drained. In the main thread, for its signals."""
    return consume_all([Consumer(url, handler, settings, sqs=sqs)], done)


def consume_all(consumers: list[Consumer], done: Callable[[], bool]) -> bool:
    """The same for several."""
    reached = threading.Event()

    def watch() -> None:
        deadline = time.monotonic() + HANG_SECONDS
        while time.monotonic() < deadline and not reached.is_set():
            if done():
                reached.set()
            reached.wait(0.05)
        consumers[0].stop()

    watcher = threading.Thread(target=watch)
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    watcher.start()
    try:
        drained = run_all(consumers)
    finally:
        for name, handler_before in before.items():
            signal.signal(name, handler_before)
    watcher.join()
    assert reached.is_set(), f"the consumer did not reach the awaited state within {HANG_SECONDS} s"
    return drained


def waiting(sqs: SqsClient, url: str) -> tuple[int, int]:
    """Messages visible and in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(attributes[names[0]]), int(attributes[names[1]])
