"""The web API of the sample workload: `python -m app.api` takes orders on port 8080 and publishes them to TOPIC_ARN.

GET /health answers 200; POST /orders {"id", "kind", ...} answers 202. Every answer is JSON; every error one sentence.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from http.server import ThreadingHTTPServer
from typing import Protocol, TypedDict

import boto3
from botocore.config import Config

from app.handler import OrderHandler
from slipway_consumer.logs import log_as_json

logger = logging.getLogger("app.api")

PORT = 8080
DRAIN_SECONDS = 20  # for requests in flight; the stop timeout of an ECS container is 30 s by default


class Attribute(TypedDict):
    """A message attribute."""

    DataType: str
    StringValue: str


class Published(TypedDict):
    """Answer of Publish."""

    MessageId: str


class Topics(Protocol):
    """boto3's SNS client."""

    def publish(self, *, TopicArn: str, Message: str, MessageAttributes: Mapping[str, Attribute]) -> Published:  # noqa: N803 - boto3's spelling
        """Send a message to a topic."""


class OrderServer(ThreadingHTTPServer):
    """Serves OrderHandler, counts requests in flight, and stops without cutting one off."""

    daemon_threads = True  # an idle keep-alive connection must not hold up the exit; requests in flight are counted
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sns: Topics, topic_arn: str) -> None:
        super().__init__(address, OrderHandler)
        self.sns = sns
        self.topic_arn = topic_arn
        self.draining = False
        self._in_flight = 0
        self._changed = threading.Condition()

    def request_begins(self) -> None:
        """One more request to finish before the exit."""
        with self._changed:
            self._in_flight += 1

    def request_ends(self) -> None:
        """One request less."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def drain(self, timeout_seconds: float) -> bool:
        """Stop accepting, wait for the requests in flight; False when some outlived `timeout_seconds`."""
        self.draining = True
        self.shutdown()
        self.socket.close()
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight == 0, deadline - time.monotonic())


def serve(server: OrderServer) -> int:
    """Serve until SIGTERM or SIGINT; exit code 0 when every request in flight was answered, else 1."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: stop.set())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    logger.info("listening", extra={"port": server.server_address[1]})
    stop.wait()
    logger.info("draining")
    drained = server.drain(DRAIN_SECONDS)
    logger.info("stopped", extra={"drained": drained})
    return 0 if drained else 1


def main() -> None:
    """Serve with the topic and credentials of the environment."""
    topic_arn = os.environ.get("TOPIC_ARN")
    if not topic_arn:
        sys.exit("app.api: TOPIC_ARN is not set; set it to the ARN of the topic that orders are published to")
    log_as_json()
    # A caller waits for this call: two quick attempts, then an honest 502.
    sns = boto3.client("sns", config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}))
    # All interfaces: the load balancer reaches the task by its own address; the security group decides who may.
    sys.exit(serve(OrderServer(("0.0.0.0", int(os.environ.get("PORT", PORT))), sns, topic_arn)))  # noqa: S104


if __name__ == "__main__":
    main()
