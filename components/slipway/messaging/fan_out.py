"""SNS topics that copy each message to N SQS queues, every queue with a dead-letter queue.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_aws import sns

from slipway.common import check_keys, given

from ._fan_out_checks import OF_THE_QUEUE, check_fan_out
from ._messaging_key import messaging_key
from .queue import Queue, QueueArgs
from .topic import Topic, TopicArgs


class FanOutQueueArgs(TypedDict):
    """One queue of a FanOut."""

    filter_policy: NotRequired[Mapping[str, Any]]
    """Message attribute to the list of values let through, or of operators such as {"prefix": "eu-"} in the grammar of
    SNS; a message must match every attribute named, up to 5 of them. Default: every message."""
    filter_policy_scope: NotRequired[str]
    """What the filter looks at: MessageAttributes, or MessageBody for keys of a JSON body, which may be nested.
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
    """Age of the oldest message that raises an alarm at alarm_topic_arn, below retention_seconds.
    Default: half of retention_seconds."""
    replay_from: NotRequired[str]
    """Deliver again what a topic with archive_days took since this time, such as 2026-11-25T08:00:00Z; once, when the
    value is new. Default: nothing."""
    queue_arn: NotRequired[pulumi.Input[str]]
    """Queue that exists already, whose own policy lets the topics send; it is subscribed and otherwise left alone.
    Default: a queue of its own."""
    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """With queue_arn, the queue for what SNS cannot deliver, whose own policy lets the topics send too. Default: with a
    queue that exists, what cannot be delivered is gone; else the dead-letter queue of its own."""


class FanOutArgs(TypedDict):
    """Arguments of FanOut."""

    queues: Mapping[str, FanOutQueueArgs]
    """Queue key to its settings, at least one. Renaming a key replaces its queue; adding one touches no other."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that exists already. Default: a topic of its own."""
    more_topic_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further topics that exist already, topic key to ARN, of any account and region; each queue gets what passes its
    filter from every one. Another account's topic has to let this account subscribe. Default: none."""
    fifo: NotRequired[bool]
    """Topic and queues keep order within a message group. Default: false."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the topic of its own. Default: the account's own key for SNS."""
    queue_kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts the queues, whose policy lets SNS in. Default: a key of SQS."""
    create_kms_key: NotRequired[bool]
    """Make one KMS key for the topic of its own and the queues, that SNS can deliver with and alarms can publish with;
    publishers need kms:GenerateDataKey and kms:Decrypt, consumers kms:Decrypt. Default: false."""
    content_based_deduplication: NotRequired[bool]
    """With fifo, repeats are told by the hash of their body, where the publisher gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """With fifo, repeats are dropped and limits of calls counted within each message group. Default: false."""
    archive_days: NotRequired[int]
    """With fifo, days that the topic of its own keeps messages for replay_from, 1-365; 0 ends an archive, which AWS wants
    before the topic can be deleted. Default: no archive."""
    log_failed_deliveries: NotRequired[bool]
    """Write what the topic of its own could not deliver to CloudWatch Logs, to the group
    sns/<region>/<account>/<topic>/Failure. Default: false."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Standard topic that hears of dead letters and of messages that wait too long; a key of its own has to let alarms
    use it. Default: no alarms, since nobody would hear them."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic and every queue. Default: a Name, and the provider's own."""


class FanOut(pulumi.ComponentResource):
    """Publish once; each consumer reads its own copy. A Topic, and per queue a Queue and a subscription to each topic.

    Raises ArgumentError on no queues, a filter that SNS would refuse or that lets nothing through, a number outside the
    limits of SQS, a name that is none or too long, kinds or keys that do not go together, or a topic that is none.
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
    dead_letter_alarm_names: pulumi.Output[Mapping[str, str]]
    """Queue key to the name of the alarm that messages were set aside; none without alarm_topic_arn."""
    kms_key_arn: pulumi.Output[str | None]
    """ARN of the key that create_kms_key made; none without."""

    def __init__(self, name: str, args: FanOutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"FanOut {name!r}"
        check_keys(who, args, FanOutArgs)
        check_fan_out(who, name, args)
        super().__init__("slipway:index:FanOut", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        key = messaging_key(name, args.get("tags"), child).arn if args.get("create_kms_key") else None
        self.kms_key_arn = key if key is not None else pulumi.Output.from_input(None)
        topic_arn = args.get("topic_arn")
        if topic_arn is None:
            topic_arn = Topic(name, topic_args(args, key), child).topic_arn
        self.topic_arn = pulumi.Output.from_input(topic_arn)
        sources = sources_of(name, args, self.topic_arn)
        queues: dict[str, Queue] = {}
        for queue_key, wanted in args["queues"].items():
            queue = None
            if wanted.get("queue_arn") is None:
                queue = queues[queue_key] = Queue(f"{name}-{queue_key}", queue_args(args, wanted, sources, key), child)
            for prefix, source in sources.items():
                subscribe(f"{prefix}-{queue_key}", source, wanted, queue, self)
        self.queue_arns = by_key({key: queue.queue_arn for key, queue in queues.items()})
        self.queue_urls = by_key({key: queue.queue_url for key, queue in queues.items()})
        self.dead_letter_queue_arns = by_key({key: queue.dead_letter_queue_arn for key, queue in queues.items()})
        self.dead_letter_queue_urls = by_key({key: queue.dead_letter_queue_url for key, queue in queues.items()})
        alarmed = queues if args.get("alarm_topic_arn") is not None else {}
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


def sources_of(name: str, args: FanOutArgs, topic_arn: pulumi.Output[str]) -> dict[str, pulumi.Input[str]]:
    """Start of a subscription's name to its topic; a further topic's key is in it, so that none renames another."""
    further = given(args.get("more_topic_arns"), {})
    return {name: topic_arn, **{f"{name}-from-{key}": arn for key, arn in further.items()}}


def subscribe(
    name: str, topic_arn: pulumi.Input[str], wanted: FanOutQueueArgs, queue: Queue | None, parent: pulumi.Resource
) -> None:
    """Send what passes the filter to the queue, and what cannot be delivered to its dead-letter queue."""
    filters = wanted.get("filter_policy")
    dead = queue.dead_letter_queue_arn if queue else wanted.get("dead_letter_queue_arn")
    start = wanted.get("replay_from")
    sns.TopicSubscription(
        name,
        topic=topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn if queue else wanted["queue_arn"],
        filter_policy=pulumi.Output.json_dumps(dict(filters)) if filters else None,
        filter_policy_scope=wanted.get("filter_policy_scope") if filters else None,
        raw_message_delivery=given(wanted.get("raw_message_delivery"), False),
        redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dead}) if dead is not None else None,
        replay_policy=json.dumps({"PointType": "Timestamp", "StartingPoint": start}) if start is not None else None,
        # A message published before the queue's policy stands would be lost.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[queue] if queue else []),
    )


def topic_args(args: FanOutArgs, key: pulumi.Output[str] | None) -> TopicArgs:
    """What a topic of its own takes over from the fan-out."""
    own: TopicArgs = {
        "fifo": given(args.get("fifo"), False),
        "content_based_deduplication": given(args.get("content_based_deduplication"), False),
        "high_throughput": given(args.get("high_throughput"), False),
        "log_failed_deliveries": given(args.get("log_failed_deliveries"), False),
    }
    if (chosen := args.get("kms_key_id") if key is None else key) is not None:
        own["kms_key_id"] = chosen
    if (days := args.get("archive_days")) is not None:
        own["archive_days"] = days
    if (tags := args.get("tags")) is not None:
        own["tags"] = tags
    return own


def queue_args(
    args: FanOutArgs,
    wanted: FanOutQueueArgs,
    sources: Mapping[str, pulumi.Input[str]],
    made_key: pulumi.Output[str] | None,
) -> QueueArgs:
    """What a queue takes over from the fan-out and from its own settings."""
    own: QueueArgs = {
        "fifo": given(args.get("fifo"), False),
        # Without it a queue refuses what its topic lets through: a message with no id of its own.
        "content_based_deduplication": given(args.get("content_based_deduplication"), False),
        "high_throughput": given(args.get("high_throughput"), False),
        "topic_arns": list(sources.values()),
    }
    own |= cast("QueueArgs", {key: value for key, value in wanted.items() if key in OF_THE_QUEUE and value is not None})
    if (alarmed := args.get("alarm_topic_arn")) is not None:
        own["alarm_topic_arn"] = alarmed
    if (chosen := args.get("queue_kms_key_id") if made_key is None else made_key) is not None:
        own["kms_key_id"] = chosen
    if (tags := args.get("tags")) is not None:
        own["tags"] = tags
    return own


def by_key(values: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[Mapping[str, str]]:
    """Values by queue key to one value."""
    # Output.all of no keys is a list.
    return pulumi.Output.all(**values) if values else pulumi.Output.from_input({})
