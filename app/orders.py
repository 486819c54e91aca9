"""Orders: the requests that the API accepts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

KINDS = ("physical", "digital")
MAX_ID_CHARACTERS = 128
MAX_BODY_BYTES = 64 * 1024  # an SNS message holds 256 KiB; orders are far smaller


class InvalidOrderError(ValueError):
    """The request body is not an order; the message is a sentence for the caller."""


@dataclass(frozen=True)
class Order:
    """An order; `document` is the whole request, also its keys beyond `id` and `kind`."""

    id: str
    kind: str
    document: Mapping[str, object]


def parse_order(body: bytes) -> Order:
    """Request body to an order. Raises InvalidOrderError."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise InvalidOrderError("the body must be JSON") from error
    if not isinstance(document, dict):
        raise InvalidOrderError("the body must be a JSON object with the keys id and kind")
    order_id, kind = document.get("id"), document.get("kind")
    if not isinstance(order_id, str) or not 1 <= len(order_id) <= MAX_ID_CHARACTERS:
        raise InvalidOrderError(f"id must be a string of 1 to {MAX_ID_CHARACTERS} characters, got {order_id!r:.140}")
    if kind not in KINDS:
        raise InvalidOrderError(f"kind must be one of {', '.join(KINDS)}, got {kind!r:.140}")
    return Order(order_id, kind, document)
