"""Graph rules for messages on their way from a topic to its queues, and from EventBridge to either.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

from dataclasses import dataclass

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import UnreadableError, Value
from slipway_policies.reading import statements
from slipway_policies.rules.ecs.services import EVENT_TARGET
from slipway_policies.rules.graph.dead_letters import dead_letter_queues
from slipway_policies.rules.sns.filters import EVENT_RULE
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC, TOPIC_POLICY
from slipway_policies.rules.sqs.queues import QUEUE, QUEUE_POLICY

SNS_SERVICE, EVENTS_SERVICE = "sns.amazonaws.com", "events.amazonaws.com"
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
            yield from _may_send(stack, Sender(subscription, "redrivePolicy", "topic", services, arn), queue)
        for queue in stack.behind(subscription, "endpoint", QUEUE, "arn"):
            yield from _may_send(stack, Sender(subscription, "endpoint", "topic", services, arn), queue)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
    fix=f"attach a QueuePolicy or TopicPolicy allowing {EVENTS_SERVICE} sqs:SendMessage or sns:Publish with ArnEquals "
    "aws:SourceArn = the rule's ARN; slipway has no component for EventBridge",
)
def events_target_policy(stack: Graph) -> Outcomes:
    """The policy of each EventBridge target lets its rule send.

    Without the policy EventBridge accepts the target and drops each event. Targets with a role are not judged.
    """
    for target in stack.of(EVENT_TARGET):
        rules = stack.behind(target, "rule", EVENT_RULE, "name", "id")
        arn = rules[0].output("arn") if rules else None
        for queue in dead_letter_queues(stack, target, "deadLetterConfig"):
            yield from _may_send(stack, Sender(target, "deadLetterConfig", "rule", {EVENTS_SERVICE}, arn), queue)
        for receiver in () if target.has("roleArn") else stack.behind(target, "arn", (QUEUE, TOPIC), "arn"):
            yield from _may_send(stack, Sender(target, "arn", "rule", {EVENTS_SERVICE}, arn), receiver)


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender: the resource and property with the receiver's name, and the sender's names in a policy."""

    node: Node
    prop: str
    kind: str
    services: set[str]
    """Names of the service. From an opt-in region, SNS calls a queue elsewhere by a regional name."""
    arn: str | None


def _may_send(stack: Graph, sender: Sender, receiver: Node) -> Outcomes:
    what, action, policies = RECEIVERS[receiver.resource.type]
    name, urn = receiver.resource.name, sender.node.urn
    holders = list(stack.pointing_at(receiver, *policies))
    if receiver.has("policy"):
        holders.append(receiver)
    if not holders:
        yield Finding(sender.prop, f"is {what} {name!r} without a {what} policy", urn)
        return
    arn = receiver.output("arn")
    if sender.arn is None or arn is None or any(holder.resource["policy"].unknown for holder in holders):
        yield Deferred("policy", urn)
        return
    try:
        verdicts = [
            _verdict(statement, sender.services, sender.arn, action, arn)
            for holder in holders
            for statement in statements.statements(holder.resource.document("policy"))
        ]
    except UnreadableError as error:
        yield Finding(sender.prop, f"is {what} {name!r}: in its policy {error}", urn)
        return
    if "deny" in verdicts:
        yield Finding(sender.prop, f"is {what} {name!r}: its policy denies this {sender.kind}", urn)
    elif "allow" not in verdicts:
        yield Finding(sender.prop, f"is {what} {name!r}: its policy does not let this {sender.kind} send", urn)


def _verdict(statement: Value, services: set[str], source: str, action: str, receiver: str) -> str:
    """The verdict of one statement on the sender: allow, deny or nothing."""
    if not statements.anyone(statement) and services.isdisjoint(statements.principals(statement, "Service")):
        return ""
    if not statements.covers(statement, "Action", action) or not statements.covers(statement, "Resource", receiver):
        return ""
    # No service tells an owner, which the policy that AWS gives a new topic asks for.
    facts = {"aws:sourcearn": source, "aws:sourceaccount": statements.account(source), "aws:sourceowner": ""}
    holds = statements.condition_holds(statement, facts)
    if statements.allows(statement):
        return "" if holds is False else "allow"
    return "deny" if holds else ""
