"""Limits of SQS and SNS: how long messages are kept and hidden, how often they are delivered, how long names may be.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
"""

from dataclasses import dataclass

from slipway.common import Arguments

VISIBILITY_TIMEOUT_SECONDS = 30
LONGEST_VISIBILITY_TIMEOUT_SECONDS = 43200
MAX_RECEIVES = 5
MOST_RECEIVES = 1000
RETENTION_SECONDS = 345600  # 4 days
LONGEST_RETENTION_SECONDS = 1209600  # 14 days; the retention of dead-letter queues
MOST_ARCHIVE_DAYS = 365  # https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html
QUEUE_NAME_LENGTH = 80
TOPIC_NAME_LENGTH = 256
FIFO_SUFFIX = ".fifo"
DEAD_SUFFIX = "-dead"


@dataclass(frozen=True)
class Delivery:
    """Times and counts of a queue's deliveries."""

    visibility_timeout_seconds: int
    max_receives: int
    retention_seconds: int
    age_alarm_seconds: int


def delivery(arguments: Arguments) -> Delivery:
    """Delivery settings of a queue, within the limits of SQS. Raises ArgumentError."""
    fix = f"dead letters are kept {LONGEST_RETENTION_SECONDS} seconds from their first send and need time of their own"
    longest = LONGEST_RETENTION_SECONDS - 1
    retention = arguments.whole_number("retention_seconds", 60, longest, RETENTION_SECONDS, fix)
    # The default leaves half of the retention for the repair.
    age, dropped = retention // 2, f"messages are dropped after {retention} seconds"
    return Delivery(
        arguments.whole_number(
            "visibility_timeout_seconds", 0, LONGEST_VISIBILITY_TIMEOUT_SECONDS, VISIBILITY_TIMEOUT_SECONDS
        ),
        arguments.whole_number("max_receives", 1, MOST_RECEIVES, MAX_RECEIVES),
        retention,
        arguments.whole_number("age_alarm_seconds", 1, retention - 1, age, dropped),
    )


def need_fifo(arguments: Arguments, *keys: str) -> None:
    """Refuse settings of fifo queues and topics on a standard one. Raises ArgumentError."""
    for key in keys:
        if arguments.values.get(key) and not arguments.flag("fifo"):
            raise arguments.error(key, f"needs fifo, got a standard one; set fifo or leave {key} out")
