"""SNS topic that copies each message to N SQS queues, every queue with a dead-letter queue.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import sns

from ._checks import ArgumentError, check_keys, child_name, given, not_empty
from ._messaging import DEAD_SUFFIX, FIFO_SUFFIX, QUEUE_NAME_LENGTH, delivery
from .queue import Queue, QueueArgs
from .topic import Topic, TopicArgs

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
MOST_FILTER_ATTRIBUTES = 5
MOST_FILTER_COMBINATIONS = 150


class FanOutQueueArgs(TypedDict):
    """One queue of a FanOut."""

    filter_policy: NotRequired[Mapping[str, list[str]]]
    """Message attribute to the values let through; a message must match every attribute named, up to 5 of them.
    Default: every message."""
    raw_message_delivery: NotRequired[bool]
    """Deliver the message as published, without the envelope of SNS. Default: false."""
    visibility_timeout_seconds: NotRequired[int]
    """Seconds a message stays hidden while a consumer works on it, 0-43200; longer than the work. Default: 30."""
    max_receives: NotRequired[int]
    """Deliveries before a message is set aside in the dead-letter queue, 1-1000. Default: 5."""


class FanOutArgs(TypedDict):
    """Arguments of FanOut."""

    queues: Mapping[str, FanOutQueueArgs]
    """Queue key to its settings, at least one. Renaming a key replaces its queue; adding one touches no other."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that exists already. Default: a topic of its own."""
    fifo: NotRequired[bool]
    """Topic and queues keep order within a message group. Default: false."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the topic of its own. Default: the account's own key for SNS."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic and every queue. Default: a Name, and the provider's own."""


class FanOut(pulumi.ComponentResource):
    """Publish once; each consumer reads its own copy. A Topic, and per queue a Queue and a subscription.

    Raises ArgumentError on no queues, a filter without values or beyond the limits of SNS, a number outside the limits
    of SQS, a name that is none or too long, or a key for a topic that is not its own.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to."""
    queue_arns: pulumi.Output[Mapping[str, str]]
    """Queue key to the ARN of its queue."""
    queue_urls: pulumi.Output[Mapping[str, str]]
    """Queue key to the URL to receive from."""
    dead_letter_queue_arns: pulumi.Output[Mapping[str, str]]
    """Queue key to the ARN of its dead-letter queue."""
    dead_letter_queue_urls: pulumi.Output[Mapping[str, str]]
    """Queue key to the URL of its dead-letter queue."""

    def __init__(self, name: str, args: FanOutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_fan_out(name, args)
        super().__init__("slipway:index:FanOut", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        topic_arn = args.get("topic_arn")
        if topic_arn is None:
            topic_arn = Topic(name, topic_args(args), child).topic_arn
        self.topic_arn = pulumi.Output.from_input(topic_arn)
        queues: dict[str, Queue] = {}
        for key, wanted in args["queues"].items():
            queue = Queue(f"{name}-{key}", queue_args(args, wanted, self.topic_arn), child)
            queues[key] = queue
            filters = wanted.get("filter_policy")
            sns.TopicSubscription(
                f"{name}-{key}",
                topic=self.topic_arn,
                protocol="sqs",
                endpoint=queue.queue_arn,
                filter_policy=pulumi.Output.json_dumps(dict(filters)) if filters else None,
                raw_message_delivery=given(wanted.get("raw_message_delivery"), False),
                redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": queue.dead_letter_queue_arn}),
                # A message published before the queue's policy stands would be lost.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[queue]),
            )
        self.queue_arns = by_key(queues, [queue.queue_arn for queue in queues.values()])
        self.queue_urls = by_key(queues, [queue.queue_url for queue in queues.values()])
        self.dead_letter_queue_arns = by_key(queues, [queue.dead_letter_queue_arn for queue in queues.values()])
        self.dead_letter_queue_urls = by_key(queues, [queue.dead_letter_queue_url for queue in queues.values()])
        self.register_outputs(
            {
                "topicArn": self.topic_arn,
                "queueArns": self.queue_arns,
                "queueUrls": self.queue_urls,
                "deadLetterQueueArns": self.dead_letter_queue_arns,
                "deadLetterQueueUrls": self.dead_letter_queue_urls,
            }
        )


def check_fan_out(name: str, args: FanOutArgs) -> None:
    """Refuse arguments that cannot work, before anything is registered."""
    who = f"FanOut {name!r}"
    check_keys(who, args, FanOutArgs)
    not_empty(who, "queues", args["queues"], '{"billing": {}}')
    if args.get("topic_arn") is not None and args.get("kms_key_id") is not None:
        raise ArgumentError(f"{who}: set topic_arn or kms_key_id, got both; the key belongs to a topic of its own")
    for key, wanted in args["queues"].items():
        child_name(f"{who} queue {key!r}", f"{name}-{key}", QUEUE_NAME_LENGTH, DEAD_SUFFIX + FIFO_SUFFIX)
        path = f"queues.{key}."
        delivery(who, wanted.get("visibility_timeout_seconds"), wanted.get("max_receives"), path)
        check_filter(who, f"{path}filter_policy", given(wanted.get("filter_policy"), {}))


def check_filter(who: str, argument: str, filters: Mapping[str, Sequence[str]]) -> None:
    """Refuse a filter that SNS would refuse, or that lets nothing through."""
    for attribute, values in filters.items():
        not_empty(who, f"{argument}.{attribute}", values, "[physical]")
    if len(filters) > MOST_FILTER_ATTRIBUTES:
        rule = f"must name at most {MOST_FILTER_ATTRIBUTES} attributes"
        raise ArgumentError(f"{who}: {argument} {rule}, got {len(filters)}; that is the limit of SNS")
    combinations = prod(len(values) for values in filters.values())
    if combinations > MOST_FILTER_COMBINATIONS:
        rule = f"must have at most {MOST_FILTER_COMBINATIONS} combinations of values"
        raise ArgumentError(f"{who}: {argument} {rule}, got {combinations}; that is the limit of SNS")


def topic_args(args: FanOutArgs) -> TopicArgs:
    """What a topic of its own takes over from the fan-out."""
    own: TopicArgs = {"fifo": given(args.get("fifo"), False)}
    if (key := args.get("kms_key_id")) is not None:
        own["kms_key_id"] = key
    if (tags := args.get("tags")) is not None:
        own["tags"] = tags
    return own


def queue_args(args: FanOutArgs, wanted: FanOutQueueArgs, topic_arn: pulumi.Input[str]) -> QueueArgs:
    """What a queue takes over from the fan-out and from its own settings."""
    handed = delivery("", wanted.get("visibility_timeout_seconds"), wanted.get("max_receives"))
    own: QueueArgs = {
        "fifo": given(args.get("fifo"), False),
        "topic_arns": [topic_arn],
        "visibility_timeout_seconds": handed.visibility_timeout_seconds,
        "max_receives": handed.max_receives,
    }
    if (tags := args.get("tags")) is not None:
        own["tags"] = tags
    return own


def by_key(keys: Mapping[str, object], values: Sequence[pulumi.Output[str]]) -> pulumi.Output[Mapping[str, str]]:
    """Values in the order of the keys to a mapping."""
    return pulumi.Output.all(**dict(zip(keys, values, strict=True)))
