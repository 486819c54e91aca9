"""Graph rules for messages on their way from a topic to its queues, and from EventBridge, alarms and S3 to either.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import UnreadableError, Value
from slipway_policies.reading import statements
from slipway_policies.rules.cloudwatch.logs import ALARM_ACTIONS, ALARMS
from slipway_policies.rules.ecs.services import EVENT_TARGET
from slipway_policies.rules.graph.dead_letters import dead_letter_queues
from slipway_policies.rules.sns.filters import EVENT_RULE
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC, TOPIC_POLICY
from slipway_policies.rules.sqs.queues import QUEUE, QUEUE_POLICY

SNS_SERVICE, EVENTS_SERVICE = "sns.amazonaws.com", "events.amazonaws.com"
ALARMS_SERVICE, S3_SERVICE = "cloudwatch.amazonaws.com", "s3.amazonaws.com"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
# What a receiver is called, what is done to it, and its policies: their type, and the property that names it by outputs.
RECEIVERS = {
    QUEUE: ("queue", "sqs:SendMessage", (QUEUE_POLICY, "queueUrl", "url", "id")),
    TOPIC: ("topic", "sns:Publish", (TOPIC_POLICY, "arn", "arn")),
}


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    fix="attach a QueuePolicy allowing sns.amazonaws.com sqs:SendMessage on the queue with ArnEquals "
    "aws:SourceArn = the topic's ARN, as slipway's FanOut does",
)
def sns_to_sqs_queue_policy(stack: Graph) -> Outcomes:
    """The policy of each subscribed queue lets its topic send.

    Without the policy AWS accepts the subscription and drops each message. The rule also judges dead-letter queues of
    subscriptions, finds a missing policy in the first preview, and skips queues of other stacks.
    """
    for subscription in stack.of(SUBSCRIPTION):
        topics = stack.behind(subscription, "topic", TOPIC, "arn")
        arn = topics[0].output("arn") if topics else subscription.output("topic")
        region = arn.split(":")[3:4] if arn else []
        services = {SNS_SERVICE, *(f"sns.{one}.amazonaws.com" for one in region)}
        for queue in dead_letter_queues(stack, subscription, "redrivePolicy"):
            yield from _may_send(stack, Sender(subscription, "redrivePolicy", "topic", services, told(arn)), queue)
        for queue in stack.behind(subscription, "endpoint", QUEUE, "arn"):
            yield from _may_send(stack, Sender(subscription, "endpoint", "topic", services, told(arn)), queue)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
    fix=f"attach a QueuePolicy allowing {EVENTS_SERVICE} sqs:SendMessage with ArnEquals aws:SourceArn = the rule's ARN, or a "
    "TopicPolicy allowing it sns:Publish without a condition (senders of slipway's Queue and FanOut, publishers of its Topic)",
)
def events_target_policy(stack: Graph) -> Outcomes:
    """The policy of each EventBridge target lets its rule send.

    Without the policy EventBridge accepts the target and drops each event. It names no source to a topic, so a condition on
    the source keeps it out. Targets with a role are not judged.
    """
    for target in stack.of(EVENT_TARGET):
        rules = stack.behind(target, "rule", EVENT_RULE, "name", "id")
        source = told(rules[0].output("arn") if rules else None)
        for queue in dead_letter_queues(stack, target, "deadLetterConfig"):
            yield from _may_send(stack, Sender(target, "deadLetterConfig", "rule", {EVENTS_SERVICE}, source), queue)
        for receiver in () if target.has("roleArn") else stack.behind(target, "arn", (QUEUE, TOPIC), "arn"):
            known = source if receiver.resource.type == QUEUE else NOTHING
            yield from _may_send(stack, Sender(target, "arn", "rule", {EVENTS_SERVICE}, known), receiver)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    fix=f"allow {ALARMS_SERVICE} sns:Publish in the TopicPolicy with ArnLike aws:SourceArn = arn:aws:cloudwatch:<region>:"
    "<account>:alarm:*, as slipway's Topic and FanOut do with a key of your own (create_kms_key)",
)
def alarm_topic_policy(stack: Graph) -> Outcomes:
    """The policy of each topic in an alarm's actions lets the alarm publish.

    A policy takes the place of AWS's default, which lets alarms of the account in. A topic without one passes.
    """
    for alarm in stack.of(*ALARMS):
        for prop in ALARM_ACTIONS:
            for topic in stack.behind(alarm, prop, TOPIC, "arn"):
                if _policies(stack, topic):
                    arn = alarm.output("arn")
                    source = told(arn, owner=statements.account(arn)) if arn else None
                    yield from _may_send(stack, Sender(alarm, prop, "alarm", {ALARMS_SERVICE}, source), topic)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
    fix=f"allow {S3_SERVICE} sqs:SendMessage or sns:Publish in the QueuePolicy or TopicPolicy with ArnLike aws:SourceArn = the "
    "bucket's ARN and StringEquals aws:SourceAccount (senders of slipway's Queue and FanOut, publishers of its Topic)",
)
def s3_notification_policy(stack: Graph) -> Outcomes:
    """The policy of each queue and topic that a bucket notifies lets S3 in.

    S3 refuses the notification otherwise, as it cannot validate the destination.
    """
    for notification in stack.of(NOTIFICATION):
        for prop, kind in (("queues", QUEUE), ("topics", TOPIC)):
            for receiver in stack.behind(notification, prop, kind, "arn"):
                source = _bucket(stack, notification, receiver)
                yield from _may_send(stack, Sender(notification, prop, "bucket", {S3_SERVICE}, source), receiver)


def _bucket(stack: Graph, notification: Node, receiver: Node) -> Mapping[str, str] | None:
    """What S3 tells for a bucket; it is taken for one of the receiver's account."""
    buckets = stack.behind(notification, "bucket", BUCKETS, "bucket", "id")
    name, arn = notification.output("bucket"), receiver.output("arn")
    bucket_arn = buckets[0].output("arn") if buckets else name and f"arn:aws:s3:::{name}"
    return told(bucket_arn, statements.account(arn)) if bucket_arn and arn else None


def told(arn: str | None, account: str = "", owner: str = "") -> Mapping[str, str] | None:
    """What a service tells of the resource it sends for; None while that is unknown.

    Only alarms tell an owner, for whom the policy that AWS gives a new topic asks.
    """
    if arn is None:
        return None
    return {"aws:sourcearn": arn, "aws:sourceaccount": account or statements.account(arn), "aws:sourceowner": owner}


# EventBridge names no source to a topic: "You can't use of Condition blocks in Amazon SNS topic policies for EventBridge."
NOTHING: Mapping[str, str] = dict.fromkeys(
    ("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"), ""
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender: the resource and property with the receiver's name, and the sender's names in a policy."""

    node: Node
    prop: str
    kind: str
    services: set[str]
    """Names of the service. From an opt-in region, SNS calls a queue elsewhere by a regional name."""
    source: Mapping[str, str] | None
    """What it tells of its source, by condition key; None while that is unknown."""


def _policies(stack: Graph, receiver: Node) -> list[Node]:
    """The resources with a policy of the queue or topic, itself among them."""
    holders = list(stack.pointing_at(receiver, *RECEIVERS[receiver.resource.type][2]))
    return [*holders, receiver] if receiver.has("policy") else holders


def _may_send(stack: Graph, sender: Sender, receiver: Node) -> Outcomes:
    what, action, _ = RECEIVERS[receiver.resource.type]
    name, urn = receiver.resource.name, sender.node.urn
    holders = _policies(stack, receiver)
    if not holders:
        yield Finding(sender.prop, f"is {what} {name!r} without a {what} policy", urn)
        return
    if any(holder.resource["policy"].unknown for holder in holders):
        yield Deferred("policy", urn)
        return
    arn = receiver.output("arn")
    try:
        verdicts = [
            _verdict(statement, sender, action, arn)
            for holder in holders
            for statement in statements.statements(holder.resource.document("policy"))
        ]
    except UnreadableError as error:
        yield Finding(sender.prop, f"is {what} {name!r}: in its policy {error}", urn)
        return
    known = sender.source is not None and arn is not None
    if known and "deny" in verdicts:
        yield Finding(sender.prop, f"is {what} {name!r}: its policy denies this {sender.kind}", urn)
    elif "allow" not in verdicts:
        yield Finding(sender.prop, f"is {what} {name!r}: its policy does not let this {sender.kind} send", urn)
    elif not known:
        yield Deferred("policy", urn)


def _verdict(statement: Value, sender: Sender, action: str, receiver: str | None) -> str:
    """The verdict of one statement on the sender: allow, deny or nothing. An unknown ARN may be the one it names."""
    if not statements.anyone(statement) and sender.services.isdisjoint(statements.principals(statement, "Service")):
        return ""
    if not statements.covers(statement, "Action", action):
        return ""
    if receiver is not None and not statements.covers(statement, "Resource", receiver):
        return ""
    holds = statements.condition_holds(statement, sender.source or {})
    if statements.allows(statement):
        return "" if holds is False else "allow"
    return "deny" if holds else ""
