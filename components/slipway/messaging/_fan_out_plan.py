"""Arguments of a fan-out, checked, before anything exists.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from slipway.common import ArgumentError, Arguments, child_name, different_names, not_empty

from ._arns import check_alarm_topic, check_queue_arn, check_source_topics
from ._delivery_log import check_log_role
from ._filter_policy import SCOPES, check_filter_policy
from ._limits import DEAD_SUFFIX, FIFO_SUFFIX, MOST_ARCHIVE_DAYS, QUEUE_NAME_LENGTH, delivery, need_fifo
from ._messaging_key import check_queue_key

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)
# Settings of a created queue; an existing queue has its own.
DELIVERY_KEYS = ("visibility_timeout_seconds", "max_receives", "retention_seconds", "age_alarm_seconds")


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
    """Delivery settings of a created queue as the caller wrote them, by argument of Queue."""


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


def fan_out_plan(arguments: Arguments, name: str) -> FanOutPlan:
    """Check the arguments of a fan-out. Raises ArgumentError."""
    not_empty(arguments.who, "queues", cast("Mapping[str, object]", arguments.values["queues"]), '{"billing": {}}')
    check_keys(arguments, name)
    if arguments.flag("log_failed_deliveries"):
        check_log_role(arguments.who, name)
    for key, noun in (("kms_key_arn", "key"), ("archive_days", "archive"), ("log_failed_deliveries", "log")):
        if arguments.has("topic_arn") and arguments.has(key):
            raise ArgumentError(
                f"{arguments.who}: set topic_arn or {key}, got both; the {noun} belongs to a created topic"
            )
    arguments.not_both("kms_key_arn", "create_kms_key")
    arguments.not_both("queue_kms_key_arn", "create_kms_key")
    need_fifo(arguments, "content_based_deduplication", "high_throughput", "archive_days")
    check_queue_key(arguments, "queue_kms_key_arn", subscribed=True)
    check_alarm_topic(arguments)
    more_topics = arguments.input_map("additional_topic_arns")
    topics = {f"additional_topic_arns.{key}": arn for key, arn in more_topics.items()}
    check_source_topics(arguments, {"topic_arn": arguments.input("topic_arn"), **topics})
    return FanOutPlan(
        topic_arn=arguments.input("topic_arn"),
        additional_topic_arns=more_topics,
        subscriptions=[subscription(arguments, name, key, queue) for key, queue in arguments.each("queues")],
        fifo=arguments.flag("fifo"),
        content_based_deduplication=arguments.flag("content_based_deduplication"),
        high_throughput=arguments.flag("high_throughput"),
        archive_days=arguments.optional_whole_number("archive_days", 0, MOST_ARCHIVE_DAYS),
        log_failed_deliveries=arguments.flag("log_failed_deliveries"),
        kms_key_arn=arguments.arn("kms_key_arn", "kms", "a KMS key"),
        queue_kms_key_arn=arguments.input("queue_kms_key_arn"),
        create_kms_key=arguments.flag("create_kms_key"),
        alarm_topic_arn=arguments.input("alarm_topic_arn"),
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
    return QueueSubscription(
        key=key,
        filter_policy=filters,
        filter_policy_scope=scope if queue.has("filter_policy_scope") else None,
        raw_message_delivery=queue.flag("raw_message_delivery"),
        replay_from=queue.optional_text("replay_from"),
        queue_arn=queue.input("queue_arn"),
        dead_letter_queue_arn=queue.input("dead_letter_queue_arn"),
        delivery={setting: queue.values[setting] for setting in DELIVERY_KEYS if queue.has(setting)},
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
