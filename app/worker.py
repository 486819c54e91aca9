"""The queue worker of the sample workload: `python -m app.worker` reads orders from its queues and fulfils them."""

import logging
import os
import sys
from collections.abc import Mapping

from slipway_consumer import Consumer, Message, Settings, log_as_json, run_all

logger = logging.getLogger("app.worker")


def fulfil(message: Message) -> None:
    """Log the order as fulfilled. Raises ValueError on any other text; after its last delivery SQS sets it aside."""
    order = message.json()
    if not isinstance(order, dict) or not isinstance(order.get("id"), str):
        raise ValueError("the message is not an order: a JSON object with a string `id`")  # noqa: TRY004 - one kind
    logger.info("order fulfilled", extra={"orderId": order["id"], "kind": order.get("kind")})


def queue_urls(environ: Mapping[str, str]) -> list[str]:
    """The queue of QUEUE_URL, or those of QUEUE_URL_<KEY>, as QueueWorker sets them."""
    if url := environ.get("QUEUE_URL"):
        return [url]
    return [url for name, url in sorted(environ.items()) if name.startswith("QUEUE_URL_")]


def main() -> None:
    """Consume until SIGTERM; exit 0 when drained, 1 when the stop timeout was too short for that."""
    urls = queue_urls(os.environ)
    if not urls:
        sys.exit("app.worker: QUEUE_URL is not set; set it to the URL of the queue to read orders from")
    log_as_json()
    settings = Settings(stop_timeout_seconds=int(os.environ.get("STOP_TIMEOUT_SECONDS", "30")))
    sys.exit(0 if run_all([Consumer(url, fulfil, settings) for url in urls]) else 1)


if __name__ == "__main__":
    main()
