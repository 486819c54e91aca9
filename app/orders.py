"""What an order is: the one place that says which requests the API accepts."""

import json
from typing import Any

KINDS = ("physical", "digital")
MAX_ID_CHARACTERS = 128
MAX_BODY_BYTES = 64 * 1024  # an SNS message holds 256 KiB; orders are far smaller


class InvalidOrderError(ValueError):
    """The request body is not an order; the message is a sentence for the caller."""


def parse_order(body: bytes) -> dict[str, Any]:
    """Request body to an order; keys beyond `id` and `kind` are kept. Raises InvalidOrderError."""
    try:
        order = json.loads(body)
    except ValueError as error:
        raise InvalidOrderError("the body must be JSON") from error
    if not isinstance(order, dict):
        raise InvalidOrderError("the body must be a JSON object with the keys id and kind")
    order_id = order.get("id")
    if not isinstance(order_id, str) or not 1 <= len(order_id) <= MAX_ID_CHARACTERS:
        raise InvalidOrderError(f"id must be a string of 1 to {MAX_ID_CHARACTERS} characters, got {order_id!r:.140}")
    if order.get("kind") not in KINDS:
        raise InvalidOrderError(f"kind must be one of {', '.join(KINDS)}, got {order.get('kind')!r:.140}")
    return order
