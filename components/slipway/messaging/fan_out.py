"""SNS topics with a copy of each message for N SQS queues, every queue with a dead-letter queue.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_aws import sns

from slipway.common import Arguments, Context

from ._fan_out_plan import FanOutPlan, QueueSubscription, fan_out_plan, further_prefix
from ._messaging_key import messaging_key
from .queue import Queue, QueueArgs
from .topic import Topic, TopicArgs


class FanOutQueueArgs(TypedDict):
    """One queue of a FanOut."""

    filter_policy: NotRequired[Mapping[str, Any]]
    """Message attribute to the list of accepted values, or of operators such as {"prefix": "eu-"} in the grammar of
    SNS. A message must match every attribute here, up to 5 of them. Default: every message."""
    filter_policy_scope: NotRequired[str]
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
    queue_arn: NotRequired[pulumi.Input[str]]
    """An existing queue with a policy of its own for the topics. The fan-out subscribes it and changes nothing in it.
    Default: a queue is created."""
    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """With queue_arn, an existing queue for undeliverable messages, with a policy of its own for the topics.
    Default: undeliverable messages to an existing queue are lost; a created queue has a dead-letter queue."""


class FanOutArgs(TypedDict):
    """Arguments of FanOut."""

    queues: Mapping[str, FanOutQueueArgs]
    """Queue key to its settings, at least one. A renamed key replaces its queue; a new one changes no other queue."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """An existing topic. Default: a topic is created."""
    additional_topic_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further existing topics, topic key to ARN, of any account and region. Every queue is subscribed to each of them.
    Another account's topic has to let this account subscribe. Default: none."""
    fifo: NotRequired[bool]
    """Topic and queues keep order within a message group. Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the created topic. Default: the account's own key for SNS."""
    queue_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts the queues, with a policy for SNS. Default: a key of SQS."""
    create_kms_key: NotRequired[bool]
    """Create one KMS key for the created topic and the queues, with access for SNS and alarms. Publishers need
    kms:GenerateDataKey and kms:Decrypt, consumers kms:Decrypt. Default: false."""
    content_based_deduplication: NotRequired[bool]
    """With fifo, recognize repeats by the hash of their body where the publisher gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """With fifo, recognize repeats and count the limit of calls within each message group. Default: false."""
    archive_days: NotRequired[int]
    """With fifo, days that the created topic keeps messages for replay_from, 1-365; 0 ends an archive, and AWS deletes no
    topic before. Default: no archive."""
    log_failed_deliveries: NotRequired[bool]
    """Write failed deliveries of the created topic to CloudWatch Logs, to the group
    sns/<region>/<account>/<topic>/Failure. Default: false."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Standard topic for alarms on dead letters and on messages that wait too long; the policy of its KMS key has to let
    alarms use it. Default: no alarms."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic and every queue. Default: a Name, and the provider's own."""


class FanOut(pulumi.ComponentResource):
    """Publish once, and each consumer reads its own copy: a Topic, and per queue a Queue and a subscription to each topic.

    Example::

        import pulumi
        from slipway import FanOut

        orders = FanOut("orders", {"queues": {"billing": {}, "shipping": {"filter_policy": {"kind": ["physical"]}}}})
        pulumi.export("topicArn", orders.topic_arn)

    Raises ArgumentError without queues, on a filter that SNS refuses or no message matches, a number outside the limits
    of SQS, an unfit name or ARN, and fifo and standard together.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to."""
    queue_arns: pulumi.Output[Mapping[str, str]]
    """Queue key to the ARN of its created queue."""
    queue_urls: pulumi.Output[Mapping[str, str]]
    """Queue key to the URL to receive from."""
    dead_letter_queue_arns: pulumi.Output[Mapping[str, str]]
    """Queue key to the ARN of its dead-letter queue."""
    dead_letter_queue_urls: pulumi.Output[Mapping[str, str]]
    """Queue key to the URL of its dead-letter queue."""
    dead_letter_alarm_names: pulumi.Output[Mapping[str, str]]
    """Queue key to the name of the alarm on dead letters; empty without alarm_topic_arn."""
    kms_key_arn: pulumi.Output[str | None]
    """ARN of the KMS key made by create_kms_key; none without."""

    def __init__(self, name: str, args: FanOutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("FanOut", name, args, FanOutArgs)
        plan = fan_out_plan(arguments, name)
        super().__init__("slipway:index:FanOut", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        created_key = messaging_key(context).arn if plan.create_kms_key else None
        keys = Keys(plan.kms_key_arn, plan.queue_kms_key_arn) if created_key is None else Keys(created_key, created_key)
        topic_arn = plan.topic_arn
        if topic_arn is None:
            topic_arn = Topic(name, topic_args(context, plan, keys.topic), context.child).topic_arn
        self.topic_arn = pulumi.Output.from_input(topic_arn)
        self.kms_key_arn = pulumi.Output.from_input(None) if created_key is None else created_key
        topics = topics_by_prefix(name, self.topic_arn, plan)
        queues: dict[str, Queue] = {}
        for subscription in plan.subscriptions:
            queue = None
            if subscription.queue_arn is None:
                settings = queue_args(context, plan, subscription, keys.queues)
                settings["topic_arns"] = list(topics.values())
                queue = queues[subscription.key] = Queue(f"{name}-{subscription.key}", settings, context.child)
            for prefix, topic in topics.items():
                subscribe(f"{prefix}-{subscription.key}", topic, subscription, queue, self)
        self.queue_arns = by_key({key: queue.queue_arn for key, queue in queues.items()})
        self.queue_urls = by_key({key: queue.queue_url for key, queue in queues.items()})
        self.dead_letter_queue_arns = by_key({key: queue.dead_letter_queue_arn for key, queue in queues.items()})
        self.dead_letter_queue_urls = by_key({key: queue.dead_letter_queue_url for key, queue in queues.items()})
        alarmed = queues if plan.alarm_topic_arn is not None else {}
        self.dead_letter_alarm_names = by_key(
            {key: queue.dead_letter_alarm_name.apply(str) for key, queue in alarmed.items()}
        )
        self.register_outputs(
            {
                "topicArn": self.topic_arn,
                "queueArns": self.queue_arns,
                "queueUrls": self.queue_urls,
                "deadLetterQueueArns": self.dead_letter_queue_arns,
                "deadLetterQueueUrls": self.dead_letter_queue_urls,
                "deadLetterAlarmNames": self.dead_letter_alarm_names,
                "kmsKeyArn": self.kms_key_arn,
            }
        )


@dataclass(frozen=True)
class Keys:
    """KMS keys of the created topic and of the created queues; none for the keys of AWS."""

    topic: pulumi.Input[str] | None
    queues: pulumi.Input[str] | None


def topics_by_prefix(name: str, topic_arn: pulumi.Output[str], plan: FanOutPlan) -> dict[str, pulumi.Input[str]]:
    """Prefix of subscription names to topic; a further topic's key is in its prefix, so no topic renames another's."""
    return {name: topic_arn, **{further_prefix(name, key): arn for key, arn in plan.additional_topic_arns.items()}}


def subscribe(
    name: str,
    topic_arn: pulumi.Input[str],
    subscription: QueueSubscription,
    queue: Queue | None,
    parent: pulumi.Resource,
) -> None:
    """Subscribe a queue to a topic, with a dead-letter queue for undeliverable messages."""
    dead = queue.dead_letter_queue_arn if queue else subscription.dead_letter_queue_arn
    filters, start = subscription.filter_policy, subscription.replay_from
    sns.TopicSubscription(
        name,
        topic=topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn if queue else subscription.queue_arn,
        filter_policy=pulumi.Output.json_dumps(dict(filters)) if filters else None,
        filter_policy_scope=subscription.filter_policy_scope,
        raw_message_delivery=subscription.raw_message_delivery,
        redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dead}) if dead is not None else None,
        replay_policy=json.dumps({"PointType": "Timestamp", "StartingPoint": start}) if start is not None else None,
        # A message published before the queue has its policy would be lost.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[queue] if queue else []),
    )


def topic_args(context: Context, plan: FanOutPlan, key: pulumi.Input[str] | None) -> TopicArgs:
    """Arguments of the created topic, as the stack's state shows them."""
    args: TopicArgs = {
        "fifo": plan.fifo,
        "content_based_deduplication": plan.content_based_deduplication,
        "high_throughput": plan.high_throughput,
        "log_failed_deliveries": plan.log_failed_deliveries,
    }
    if key is not None:
        args["kms_key_arn"] = key
    if plan.archive_days is not None:
        args["archive_days"] = plan.archive_days
    if context.tags is not None:
        args["tags"] = context.tags
    return args


def queue_args(
    context: Context, plan: FanOutPlan, subscription: QueueSubscription, key: pulumi.Input[str] | None
) -> QueueArgs:
    """Arguments of a created queue, as the stack's state shows them."""
    args: QueueArgs = {
        "fifo": plan.fifo,
        # Without it a fifo queue refuses messages without an id, which its topic lets through.
        "content_based_deduplication": plan.content_based_deduplication,
        "high_throughput": plan.high_throughput,
    }
    args |= cast("QueueArgs", dict(subscription.delivery))
    if plan.alarm_topic_arn is not None:
        args["alarm_topic_arn"] = plan.alarm_topic_arn
    if key is not None:
        args["kms_key_arn"] = key
    if context.tags is not None:
        args["tags"] = context.tags
    return args


def by_key(values: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[Mapping[str, str]]:
    """Values by queue key to one output."""
    # Output.all of no keys is a list.
    return pulumi.Output.all(**values) if values else pulumi.Output.from_input({})
