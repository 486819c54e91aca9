"""The queue worker of the sample workload: `python -m app.worker` reads orders from QUEUE_URL and fulfils them."""

import logging
import os
import sys

from app.consumer import Consumer, Message, log_as_json

logger = logging.getLogger("app.worker")


def fulfil(message: Message) -> None:
    """Log the order as fulfilled. Raises ValueError on text that is not an order, which sends it to the DLQ."""
    order = message.json()
    if not isinstance(order, dict) or not isinstance(order.get("id"), str):
        raise ValueError("the message is not an order: a JSON object with a string `id`")  # noqa: TRY004 - one kind
    logger.info("order fulfilled", extra={"orderId": order["id"], "kind": order.get("kind")})


def main() -> None:
    """Consume until SIGTERM; exit 0 when drained, 1 when the stop timeout was too short for that."""
    queue_url = os.environ.get("QUEUE_URL")
    if not queue_url:
        sys.exit("app.worker: QUEUE_URL is not set; set it to the URL of the queue to read orders from")
    log_as_json()
    stop_timeout_seconds = int(os.environ.get("STOP_TIMEOUT_SECONDS", "30"))
    sys.exit(0 if Consumer(queue_url, fulfil, stop_timeout_seconds=stop_timeout_seconds).run() else 1)


if __name__ == "__main__":
    main()
