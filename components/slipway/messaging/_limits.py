"""Limits and policies that topics and queues share. Maps values to documents; creates nothing.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slipway.common import ArgumentError, given, whole_number

VISIBILITY_TIMEOUT_SECONDS = 30
LONGEST_VISIBILITY_TIMEOUT_SECONDS = 43200
MAX_RECEIVES = 5
MOST_RECEIVES = 1000
RETENTION_SECONDS = 345600  # 4 days
LONGEST_RETENTION_SECONDS = 1209600  # 14 days; what a dead-letter queue gets
QUEUE_NAME_LENGTH = 80
TOPIC_NAME_LENGTH = 256
FIFO_SUFFIX = ".fifo"
DEAD_SUFFIX = "-dead"


@dataclass(frozen=True)
class Delivery:
    """How often and how long a queue hands out a message, how long it keeps it, and when somebody hears of its age."""

    visibility_timeout_seconds: int
    max_receives: int
    retention_seconds: int
    age_alarm_seconds: int


def delivery(who: str, args: Mapping[str, Any], path: str = "") -> Delivery:
    """Delivery settings of a queue's arguments, within the limits of SQS."""
    visibility = given(args.get("visibility_timeout_seconds"), VISIBILITY_TIMEOUT_SECONDS)
    receives = given(args.get("max_receives"), MAX_RECEIVES)
    kept = given(args.get("retention_seconds"), RETENTION_SECONDS)
    fix = f"dead letters are kept {LONGEST_RETENTION_SECONDS} seconds from their first send and need time of their own"
    retention = whole_number(who, f"{path}retention_seconds", kept, 60, LONGEST_RETENTION_SECONDS - 1, fix)
    # By default while there is half of the retention left to act in.
    age = given(args.get("age_alarm_seconds"), retention // 2)
    dropped = f"messages are dropped after {retention} seconds"
    return Delivery(
        whole_number(who, f"{path}visibility_timeout_seconds", visibility, 0, LONGEST_VISIBILITY_TIMEOUT_SECONDS),
        whole_number(who, f"{path}max_receives", receives, 1, MOST_RECEIVES),
        retention,
        whole_number(who, f"{path}age_alarm_seconds", age, 1, retention - 1, dropped),
    )


def need_fifo(who: str, args: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    """Refuse what only works in order."""
    for key in keys:
        if args.get(key) and not args.get("fifo"):
            raise ArgumentError(f"{who}: {key} needs fifo, got a standard one; set fifo or leave {key} out")
