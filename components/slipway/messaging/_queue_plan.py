"""Arguments of a queue, checked, before anything exists.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import Arguments, child_name

from ._arns import check_alarm_topic, check_source_topics, known_topic_arn
from ._limits import DEAD_SUFFIX, FIFO_SUFFIX, QUEUE_NAME_LENGTH, Delivery, delivery, need_fifo
from ._messaging_key import check_queue_key
from ._senders import Sender, queue_senders, refuse_buckets

LONGEST_DELAY_SECONDS = 900


@dataclass(frozen=True)
class QueuePlan:
    """A queue with every default filled in."""

    delivery: Delivery
    delay_seconds: int
    fifo: bool
    content_based_deduplication: bool
    high_throughput: bool
    kms_key_arn: pulumi.Input[str] | None
    create_kms_key: bool
    topic_arns: Sequence[pulumi.Input[str]]
    senders: Sequence[Sender]
    alarm_topic_arn: pulumi.Input[str] | None


def queue_plan(arguments: Arguments, name: str) -> QueuePlan:
    """Check the arguments of a queue. Raises ArgumentError."""
    child_name(arguments.who, name, QUEUE_NAME_LENGTH, DEAD_SUFFIX + FIFO_SUFFIX)
    settings = delivery(arguments)
    delay = arguments.whole_number("delay_seconds", 0, LONGEST_DELAY_SECONDS, default=0)
    need_fifo(arguments, "content_based_deduplication", "high_throughput")
    check_alarm_topic(arguments)
    arguments.not_both("kms_key_arn", "create_kms_key")
    topics = arguments.inputs("topic_arns")
    check_source_topics(arguments, {f"topic_arns[{index}]": arn for index, arn in enumerate(topics)})
    senders = queue_senders(arguments)
    refuse_buckets(arguments, "senders", senders, fifo=arguments.flag("fifo"))
    check_queue_key(arguments, "kms_key_arn", sent_to=bool(topics or senders))
    return QueuePlan(
        delivery=settings,
        delay_seconds=delay,
        fifo=arguments.flag("fifo"),
        content_based_deduplication=arguments.flag("content_based_deduplication"),
        high_throughput=arguments.flag("high_throughput"),
        kms_key_arn=arguments.input("kms_key_arn"),
        create_kms_key=arguments.flag("create_kms_key"),
        topic_arns=[known_topic_arn(arguments, f"topic_arns[{index}]", arn) for index, arn in enumerate(topics)],
        senders=senders,
        alarm_topic_arn=arguments.input("alarm_topic_arn"),
    )
