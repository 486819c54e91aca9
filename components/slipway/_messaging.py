"""Limits and policies that topics and queues share. Maps values to documents; creates nothing.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._checks import ArgumentError, given, whole_number

VISIBILITY_TIMEOUT_SECONDS = 30
LONGEST_VISIBILITY_TIMEOUT_SECONDS = 43200
MAX_RECEIVES = 5
MOST_RECEIVES = 1000
QUEUE_NAME_LENGTH = 80
TOPIC_NAME_LENGTH = 256
FIFO_SUFFIX = ".fifo"
DEAD_SUFFIX = "-dead"


@dataclass(frozen=True)
class Delivery:
    """How often and how long a queue hands out a message."""

    visibility_timeout_seconds: int
    max_receives: int


def delivery(
    who: str, visibility_timeout_seconds: float | None, max_receives: float | None, path: str = ""
) -> Delivery:
    """Delivery settings within the limits of SQS."""
    visibility = given(visibility_timeout_seconds, VISIBILITY_TIMEOUT_SECONDS)
    receives = given(max_receives, MAX_RECEIVES)
    longest = LONGEST_VISIBILITY_TIMEOUT_SECONDS
    return Delivery(
        whole_number(who, f"{path}visibility_timeout_seconds", visibility, 0, longest),
        whole_number(who, f"{path}max_receives", receives, 1, MOST_RECEIVES),
    )


def need_fifo(who: str, args: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    """Refuse what only works in order."""
    for key in keys:
        if args.get(key) and not args.get("fifo"):
            raise ArgumentError(f"{who}: {key} needs fifo, got a standard one; set fifo or leave {key} out")
