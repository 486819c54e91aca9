"""Arguments of a fan-out, checked, before anything exists.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from slipway.common import Arguments, child_name, different_names, not_empty
from slipway.words import FilterPolicyScope

from ._arns import check_alarm_topic, check_queue_arn, check_source_topics
from ._delivery_log import check_log_role
from ._limits import (
    DEAD_SUFFIX,
    FIFO_SUFFIX,
    MOST_ARCHIVE_DAYS,
    QUEUE_NAME_LENGTH,
    TOPIC_NAME_LENGTH,
    delivery,
    need_fifo,
)
from ._messaging_key import check_publishers_key, check_queue_key
from ._senders import Sender, SenderArgs, queue_senders, refuse_buckets, topic_publishers
from .filters import SCOPES, check_filter_policy

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)
OF_TOPIC = {
    "kms_key_arn": "key",
    "archive_days": "archive",
    "log_failed_deliveries": "log",
    "publishers": "policy for publishers",
}
"""Settings of a created topic, and what each gives it."""
# Settings of a created queue; an existing queue has its own.
DELIVERY_KEYS = ("visibility_timeout_seconds", "max_receives", "retention_seconds", "age_alarm_seconds", "senders")


class FanOutQueueArgs(TypedDict):
    """One queue of a FanOut."""

    filter_policy: NotRequired[Mapping[str, Any]]
    """Message attribute to the list of accepted values, or of operators such as {"prefix": "eu-"} in the grammar of
    SNS. A message must match every attribute here, up to 5 of them. Default: every message."""
    filter_policy_scope: NotRequired[FilterPolicyScope]
    """Part of the message under the filter: MessageAttributes, or MessageBody for keys of a JSON body, also nested ones.
    Default: MessageAttributes."""
    raw_message_delivery: NotRequired[bool]
    """Deliver the message as published, without the envelope of SNS. Default: false."""
    visibility_timeout_seconds: NotRequired[int]
    """Seconds a message stays hidden while a consumer works on it, 0-43200; longer than the work. Default: 30."""
    max_receives: NotRequired[int]
    """Deliveries before a message is set aside in the dead-letter queue, 1-1000. Default: 5."""
    retention_seconds: NotRequired[int]
    """Seconds an unread message is kept, 60-1209599. Default: 345600 (4 days)."""
    age_alarm_seconds: NotRequired[int]
    """Age of the oldest message that raises an alarm at alarm_topic_arn, in seconds, below retention_seconds.
    Default: half of retention_seconds."""
    replay_from: NotRequired[str]
    """Replay the messages in the topic's archive since this time in UTC, such as 2026-11-25T08:00:00Z; once for each new
    value. Default: no replay."""
    senders: NotRequired[list[SenderArgs]]
    """Other AWS services that may send to the queue, such as S3 and EventBridge. Default: none, the topics alone."""
    queue_arn: NotRequired[pulumi.Input[str]]
    """An existing queue with a policy of its own for the topics. The fan-out subscribes it and changes nothing in it.
    Default: a queue is created."""
    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """With queue_arn, an existing queue for undeliverable messages, with a policy of its own for the topics.
    Default: undeliverable messages to an existing queue are lost; a created queue has a dead-letter queue."""


@dataclass(frozen=True)
class QueueSubscription:
    """One queue of a fan-out and its subscription to every topic."""

    key: str
    filter_policy: Mapping[str, object]
    """Conditions by attribute; empty for every message."""
    filter_policy_scope: str | None
    raw_message_delivery: bool
    replay_from: str | None
    queue_arn: pulumi.Input[str] | None
    """An existing queue; none for a created one."""
    dead_letter_queue_arn: pulumi.Input[str] | None
    """Dead-letter queue of an existing queue."""
    delivery: Mapping[str, object]
    """Settings of a created queue as the caller wrote them, by argument of Queue."""
    senders: Sequence[Sender]


@dataclass(frozen=True)
class FanOutPlan:
    """A fan-out with every default filled in."""

    topic_arn: pulumi.Input[str] | None
    """An existing topic; none for a created one."""
    additional_topic_arns: Mapping[str, pulumi.Input[str]]
    subscriptions: Sequence[QueueSubscription]
    fifo: bool
    content_based_deduplication: bool
    high_throughput: bool
    archive_days: int | None
    log_failed_deliveries: bool
    kms_key_arn: pulumi.Input[str] | None
    queue_kms_key_arn: pulumi.Input[str] | None
    create_kms_key: bool
    alarm_topic_arn: pulumi.Input[str] | None
    publishers: Sequence[SenderArgs]
    """As the caller wrote them."""
    all_senders: Sequence[Sender]
    """Everybody who uses a created key, beside SNS and alarms."""


def fan_out_plan(arguments: Arguments, name: str) -> FanOutPlan:
    """Check the arguments of a fan-out. Raises ArgumentError."""
    child_name(arguments.who, name, TOPIC_NAME_LENGTH, FIFO_SUFFIX)
    not_empty(arguments.who, "queues", cast("Mapping[str, object]", arguments.values["queues"]), '{"billing": {}}')
    check_keys(arguments, name)
    if arguments.flag("log_failed_deliveries"):
        check_log_role(arguments.who, name)
    for key, noun in OF_TOPIC.items():
        arguments.not_both("topic_arn", key, f"the {noun} belongs to a created topic")
    arguments.not_both("kms_key_arn", "create_kms_key")
    arguments.not_both("queue_kms_key_arn", "create_kms_key")
    need_fifo(arguments, "content_based_deduplication", "high_throughput", "archive_days")
    check_queue_key(arguments, "queue_kms_key_arn", sent_to=True)
    check_alarm_topic(arguments)
    more_topics = arguments.input_map("additional_topic_arns")
    topics = {f"additional_topic_arns.{key}": arn for key, arn in more_topics.items()}
    check_source_topics(arguments, {"topic_arn": arguments.input("topic_arn"), **topics})
    publishers = topic_publishers(arguments)
    refuse_buckets(arguments, "publishers", publishers, fifo=arguments.flag("fifo"))
    check_publishers_key(arguments)
    subscriptions = [subscription(arguments, name, key, queue) for key, queue in arguments.each("queues")]
    return FanOutPlan(
        topic_arn=arguments.input("topic_arn"),
        additional_topic_arns=more_topics,
        subscriptions=subscriptions,
        fifo=arguments.flag("fifo"),
        content_based_deduplication=arguments.flag("content_based_deduplication"),
        high_throughput=arguments.flag("high_throughput"),
        archive_days=arguments.optional_whole_number("archive_days", 0, MOST_ARCHIVE_DAYS),
        log_failed_deliveries=arguments.flag("log_failed_deliveries"),
        kms_key_arn=arguments.arn("kms_key_arn", "kms", "a KMS key"),
        queue_kms_key_arn=arguments.input("queue_kms_key_arn"),
        create_kms_key=arguments.flag("create_kms_key"),
        alarm_topic_arn=arguments.input("alarm_topic_arn"),
        publishers=cast("Sequence[SenderArgs]", arguments.values.get("publishers") or ()),
        all_senders=[*publishers, *(sender for queue in subscriptions for sender in queue.senders)],
    )


def check_keys(arguments: Arguments, name: str) -> None:
    """Refuse keys unfit for names, and keys with which two queues or two subscriptions share a name."""
    topics = arguments.child_keys("additional_topic_arns")
    queues = arguments.child_keys("queues")
    created = [key for key, queue in arguments.each("queues") if not queue.has("queue_arn")]
    names = [(key, f"{name}-{key}{suffix}") for key in created for suffix in ("", DEAD_SUFFIX)]
    different_names(arguments.who, "queues", names)
    subscriptions = [(key, f"{name}-{key}") for key in queues]
    subscriptions += [(f"{topic}.{key}", further_prefix(name, topic) + f"-{key}") for topic in topics for key in queues]
    different_names(arguments.who, "additional_topic_arns and queues", subscriptions)


def further_prefix(name: str, topic: str) -> str:
    """Prefix of the subscriptions to a further topic."""
    return f"{name}-from-{topic}"


def subscription(arguments: Arguments, name: str, key: str, queue: Arguments) -> QueueSubscription:
    """Check the settings of one queue. Raises ArgumentError."""
    queue_name = f"{name}-{key}"
    subject = f"the name {queue_name} of queues.{key}"
    child_name(arguments.who, queue_name, QUEUE_NAME_LENGTH, DEAD_SUFFIX + FIFO_SUFFIX, subject)
    delivery(queue)
    check_existing_queue(queue, fifo=arguments.flag("fifo"))
    filters = cast("Mapping[str, object]", queue.values["filter_policy"]) if queue.has("filter_policy") else {}
    scope = queue.one_of("filter_policy_scope", SCOPES, SCOPES[0])
    if queue.has("filter_policy_scope") and not filters:
        raise queue.error("filter_policy_scope", "needs filter_policy, got none; leave it out")
    if queue.has("filter_policy"):
        check_filter_policy(queue.who, queue.label("filter_policy"), filters, scope)
    check_replay(arguments, queue)
    senders = queue_senders(queue)
    refuse_buckets(queue, "senders", senders, fifo=arguments.flag("fifo"))
    return QueueSubscription(
        key=key,
        filter_policy=filters,
        filter_policy_scope=scope if queue.has("filter_policy_scope") else None,
        raw_message_delivery=queue.flag("raw_message_delivery"),
        replay_from=queue.optional_text("replay_from"),
        queue_arn=queue.input("queue_arn"),
        dead_letter_queue_arn=queue.input("dead_letter_queue_arn"),
        delivery={setting: queue.values[setting] for setting in DELIVERY_KEYS if queue.has(setting)},
        senders=senders,
    )


def check_existing_queue(queue: Arguments, *, fifo: bool) -> None:
    """Refuse settings of a created queue on an existing one, and a kind without delivery. Raises ArgumentError."""
    arn, dead = queue.input("queue_arn"), queue.input("dead_letter_queue_arn")
    if arn is None and dead is not None:
        fix = "a created queue has a created dead-letter queue"
        raise queue.error("dead_letter_queue_arn", f"needs {queue.label('queue_arn')}, got none; {fix}")
    for setting in DELIVERY_KEYS:
        queue.not_both("queue_arn", setting, "it is set on that queue")
    check_queue_arn(queue.who, queue.label("queue_arn"), arn)
    check_queue_arn(queue.who, queue.label("dead_letter_queue_arn"), dead)
    if not isinstance(arn, str):
        return
    if arn.endswith(FIFO_SUFFIX) and not fifo:
        fix = "a standard topic delivers to standard queues only; set fifo, or name another queue"
        raise queue.error("queue_arn", f"must be a standard queue as the topic is one, got {arn!r}; {fix}")
    if isinstance(dead, str) and dead.endswith(FIFO_SUFFIX) != arn.endswith(FIFO_SUFFIX):
        kind = "fifo" if arn.endswith(FIFO_SUFFIX) else "standard"
        rule = f"must be a {kind} queue as queue_arn is one"
        raise queue.error("dead_letter_queue_arn", f"{rule}, got {dead!r}; SNS takes no other kind")


def is_date(time: str) -> bool:
    """Whether a time is in the calendar."""
    try:
        datetime.datetime.fromisoformat(time)
    except ValueError:
        return False
    return True


def check_replay(arguments: Arguments, queue: Arguments) -> None:
    """Refuse a malformed time, and a replay without an archive. Raises ArgumentError."""
    start = queue.optional_text("replay_from")
    if start is None:
        return
    if not TIME.fullmatch(start) or not is_date(start):
        example = "2026-11-25T08:00:00Z"
        raise queue.error("replay_from", f"must be a time in UTC, got {start!r}; write it like {example}")
    if not arguments.has("topic_arn") and not arguments.values.get("archive_days"):
        raise queue.error("replay_from", "needs archive_days, got none; a topic replays archived messages only")
