"""SNS topics with a copy of each message for N SQS queues, every queue with a dead-letter queue.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

import pulumi
from pulumi_aws import sns

from slipway.common import Arguments, Context

from ._arns import region_in
from ._fan_out_plan import FanOutPlan, FanOutQueueArgs, QueueSubscription, fan_out_plan, further_prefix
from ._messaging_key import OF_QUEUES, OF_TOPICS, messaging_key
from ._senders import SenderArgs
from .queue import Queue, QueueArgs
from .topic import Topic, TopicArgs


class FanOutArgs(TypedDict):
    """Arguments of FanOut."""

    queues: Mapping[str, FanOutQueueArgs]
    """Queue key to its settings, at least one. A renamed key replaces its queue; a new one changes no other queue."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """An existing topic. Default: a topic is created."""
    additional_topic_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further existing topics, topic key to ARN, of any account and region. Every queue is subscribed to each of them, in
    the topic's region; from another region, undeliverable messages are lost, as SNS knows dead-letter queues of its own
    region only. Another account's topic has to let this account subscribe. Default: none."""
    publishers: NotRequired[list[SenderArgs]]
    """AWS services that may publish to the created topic, such as EventBridge or S3. They need create_kms_key, or a
    kms_key_arn with a policy for them. Default: alarms of this account, where the topic is standard and has such a key."""
    fifo: NotRequired[bool]
    """Topic and queues keep order within a message group. Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the created topic. Default: the account's own key for SNS."""
    queue_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts the queues, with a policy for SNS. Default: a key of SQS."""
    create_kms_key: NotRequired[bool]
    """Create one KMS key for the created topic and the queues, with access for SNS, alarms, publishers and senders.
    Principals that publish need kms:GenerateDataKey and kms:Decrypt, consumers kms:Decrypt. Default: false."""
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
        services = OF_TOPICS + OF_QUEUES
        created_key = messaging_key(context, services, plan.all_senders).arn if plan.create_kms_key else None
        keys = Keys(plan.kms_key_arn, plan.queue_kms_key_arn) if created_key is None else Keys(created_key, created_key)
        topic_arn = plan.topic_arn
        if topic_arn is None:
            topic_arn = Topic(name, topic_args(context, plan, keys.topic), context.child).topic_arn
        self.topic_arn = pulumi.Output.from_input(topic_arn)
        self.kms_key_arn = pulumi.Output.from_input(None) if created_key is None else created_key
        sources = sources_by_prefix(name, self.topic_arn, plan)
        queues: dict[str, Queue] = {}
        for subscription in plan.subscriptions:
            queue = None
            if subscription.queue_arn is None:
                settings = queue_args(context, plan, subscription, keys.queues)
                settings["topic_arns"] = [source.topic_arn for source in sources.values()]
                queue = queues[subscription.key] = Queue(f"{name}-{subscription.key}", settings, context.child)
            for prefix, source in sources.items():
                subscribe(f"{prefix}-{subscription.key}", source, subscription, queue, self)
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


@dataclass(frozen=True)
class Source:
    """A topic to subscribe queues to."""

    topic_arn: pulumi.Input[str]
    region: pulumi.Output[str] | None
    """Region of an existing topic, where SNS keeps its subscriptions; none for a created topic, in the provider's."""


def sources_by_prefix(name: str, topic_arn: pulumi.Output[str], plan: FanOutPlan) -> dict[str, Source]:
    """Prefix of subscription names to topic; a further topic's key is in its prefix, so no topic renames another's."""
    first = Source(topic_arn, None if plan.topic_arn is None else region_in(topic_arn))
    more = {further_prefix(name, key): Source(arn, region_in(arn)) for key, arn in plan.additional_topic_arns.items()}
    return {name: first, **more}


def subscribe(
    name: str, source: Source, subscription: QueueSubscription, queue: Queue | None, parent: pulumi.Resource
) -> None:
    """Subscribe a queue to a topic, with a dead-letter queue for undeliverable messages."""
    dead = queue.dead_letter_queue_arn if queue else subscription.dead_letter_queue_arn
    filters, start = subscription.filter_policy, subscription.replay_from
    sns.TopicSubscription(
        name,
        region=source.region,
        topic=source.topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn if queue else subscription.queue_arn,
        filter_policy=pulumi.Output.json_dumps(dict(filters)) if filters else None,
        filter_policy_scope=subscription.filter_policy_scope,
        raw_message_delivery=subscription.raw_message_delivery,
        redrive_policy=redrive_policy(source, dead) if dead is not None else None,
        replay_policy=json.dumps({"PointType": "Timestamp", "StartingPoint": start}) if start is not None else None,
        # A message published before the queue has its policy would be lost.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[queue] if queue else []),
    )


def redrive_policy(source: Source, dead_arn: pulumi.Input[str]) -> pulumi.Output[str | None]:
    """Redrive policy as JSON; none across regions.

    "The Amazon SNS subscription and Amazon SQS queue must be under the same AWS account and Region."
    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    """
    policy = pulumi.Output.json_dumps({"deadLetterTargetArn": dead_arn})
    if source.region is None:
        return policy.apply(str)
    known = pulumi.Output.all(policy, source.region, region_in(dead_arn))
    return known.apply(lambda values: str(values[0]) if values[1] == values[2] else None)


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
    if plan.publishers:
        args["publishers"] = [*plan.publishers]
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
