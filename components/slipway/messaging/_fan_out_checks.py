"""What a fan-out refuses before anything exists. Checks values; creates nothing.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import re
from collections.abc import Mapping
from typing import Any

from slipway.common import ArgumentError, child_name, given, not_empty, one_of

from ._delivery_log import check_log_role
from ._filter_policy import SCOPES, check_filter_policy
from ._limits import DEAD_SUFFIX, FIFO_SUFFIX, QUEUE_NAME_LENGTH, delivery, need_fifo
from ._messaging_key import refuse_managed_key
from ._queue_alarms import check_alarm_topic
from ._queue_policy import check_queue_arn, check_topic_arn

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
# What a queue of its own takes from its settings, and a queue that exists has already.
OF_THE_QUEUE = ("visibility_timeout_seconds", "max_receives", "retention_seconds", "age_alarm_seconds")


def check_fan_out(who: str, name: str, args: Mapping[str, Any]) -> None:
    """Refuse arguments that cannot work, before anything is registered."""
    not_empty(who, "queues", args["queues"], '{"billing": {}}')
    if args.get("log_failed_deliveries"):
        check_log_role(who, name)
    for key, whose in (
        ("kms_key_id", "the key belongs"),
        ("archive_days", "the archive belongs"),
        ("log_failed_deliveries", "the log belongs"),
    ):
        if args.get("topic_arn") is not None and args.get(key) is not None:
            raise ArgumentError(f"{who}: set topic_arn or {key}, got both; {whose} to a topic of its own")
    for key in ("kms_key_id", "queue_kms_key_id"):
        if args.get(key) is not None and args.get("create_kms_key"):
            raise ArgumentError(f"{who}: set {key} or create_kms_key, got both")
    need_fifo(who, args, ("content_based_deduplication", "high_throughput", "archive_days"))
    refuse_managed_key(who, "queue_kms_key_id", args.get("queue_kms_key_id"))
    check_alarm_topic(who, args.get("alarm_topic_arn"))
    further = given(args.get("more_topic_arns"), {})
    named = {"topic_arn": args.get("topic_arn")} | {f"more_topic_arns.{key}": arn for key, arn in further.items()}
    for argument, arn in named.items():
        check_source(who, argument, arn, given(args.get("fifo"), False))
    for key, wanted in args["queues"].items():
        child_name(f"{who} queue {key!r}", f"{name}-{key}", QUEUE_NAME_LENGTH, DEAD_SUFFIX + FIFO_SUFFIX)
        check_queue(who, f"queues.{key}.", wanted)
        check_existing(who, f"queues.{key}.", wanted, given(args.get("fifo"), False))
        check_replay(who, f"queues.{key}.replay_from", wanted.get("replay_from"), args)


def check_replay(who: str, argument: str, start: str | None, args: Mapping[str, Any]) -> None:
    """Refuse a time that is none, and a replay of what no topic keeps."""
    if start is None:
        return
    if not TIME.fullmatch(start):
        example = "2026-11-25T08:00:00Z"
        raise ArgumentError(f"{who}: {argument} must be a time in UTC, got {start!r}; write it like {example}")
    if args.get("topic_arn") is None and not args.get("archive_days"):
        raise ArgumentError(f"{who}: {argument} needs archive_days, got none; only what was archived can be replayed")


def check_source(who: str, argument: str, arn: object, fifo: bool) -> None:
    """Refuse a topic that is none, or that could not deliver to these queues."""
    check_topic_arn(who, argument, arn)
    if fifo and isinstance(arn, str) and not arn.endswith(FIFO_SUFFIX):
        fix = "a standard topic delivers to standard queues only"
        raise ArgumentError(f"{who}: {argument} must be a fifo topic as the queues are fifo, got {arn!r}; {fix}")


def check_existing(who: str, path: str, wanted: Mapping[str, Any], fifo: bool) -> None:
    """Refuse a queue that exists and is none, or that the topic cannot deliver to."""
    queue, dead = wanted.get("queue_arn"), wanted.get("dead_letter_queue_arn")
    check_queue_arn(who, f"{path}queue_arn", queue)
    check_queue_arn(who, f"{path}dead_letter_queue_arn", dead)
    if not isinstance(queue, str):
        return
    if queue.endswith(FIFO_SUFFIX) and not fifo:
        fix = "a standard topic delivers to standard queues only; set fifo, or name another queue"
        raise ArgumentError(
            f"{who}: {path}queue_arn must be a standard queue as the topic is one, got {queue!r}; {fix}"
        )
    if isinstance(dead, str) and dead.endswith(FIFO_SUFFIX) != queue.endswith(FIFO_SUFFIX):
        kind = "fifo" if queue.endswith(FIFO_SUFFIX) else "standard"
        rule = f"must be a {kind} queue as queue_arn is one"
        raise ArgumentError(f"{who}: {path}dead_letter_queue_arn {rule}, got {dead!r}; SNS takes no other kind")


def check_queue(who: str, path: str, wanted: Mapping[str, Any]) -> None:
    """Refuse the settings of one queue that cannot work."""
    delivery(who, wanted, path)
    if wanted.get("queue_arn") is not None:
        for key in OF_THE_QUEUE:
            if wanted.get(key) is not None:
                raise ArgumentError(f"{who}: set {path}queue_arn or {path}{key}, got both; it is set on that queue")
    elif wanted.get("dead_letter_queue_arn") is not None:
        fix = "a queue of its own has one of its own"
        raise ArgumentError(f"{who}: {path}dead_letter_queue_arn needs {path}queue_arn, got none; {fix}")
    scope = wanted.get("filter_policy_scope")
    if scope is not None:
        one_of(who, f"{path}filter_policy_scope", scope, SCOPES)
        if not wanted.get("filter_policy"):
            raise ArgumentError(f"{who}: {path}filter_policy_scope needs filter_policy, got none; leave it out")
    check_filter_policy(who, f"{path}filter_policy", given(wanted.get("filter_policy"), {}), given(scope, SCOPES[0]))
