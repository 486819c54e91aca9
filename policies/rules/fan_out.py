"""Graph rules for messages on their way from a topic to its queues.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

from policies import statements
from policies.graph import Graph, Node
from policies.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, rule
from policies.rules.sns import SUBSCRIPTION, TOPIC
from policies.rules.sqs import QUEUE, QUEUE_POLICY
from policies.values import UnreadableError, Value

SNS_SERVICE = "sns.amazonaws.com"


@rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    fix="attach a QueuePolicy that lets sns.amazonaws.com do sqs:SendMessage on the queue with ArnEquals "
    "aws:SourceArn = the topic's ARN, as slipway's FanOut does",
)
def sns_to_sqs_queue_policy(stack: Graph) -> Outcomes:
    """Every queue that subscribes to a topic lets that topic send to it.

    Without such a policy AWS accepts the subscription and drops each message. The graph shows a missing policy in
    the first preview, before any ARN is known. Queues outside the stack are not judged.
    """
    for subscription in stack.of(SUBSCRIPTION):
        if subscription.resource["protocol"].unknown:
            yield Deferred("protocol", subscription.urn)
        if subscription.output("protocol") != "sqs":
            continue
        topics = stack.behind(subscription, "topic", TOPIC, "arn")
        for queue in stack.behind(subscription, "endpoint", QUEUE, "arn"):
            yield from _may_send(stack, subscription, topics, queue)


def _may_send(stack: Graph, subscription: Node, topics: list[Node], queue: Node) -> Outcomes:
    name, urn = queue.resource.name, subscription.urn
    holders = list(stack.pointing_at(queue, QUEUE_POLICY, "queueUrl", "url", "id"))
    if queue.has("policy"):
        holders.append(queue)
    if not holders:
        yield Finding("endpoint", f"is queue {name!r}, which no queue policy opens", urn)
        return
    topic_arn = topics[0].output("arn") if topics else subscription.output("topic")
    queue_arn = queue.output("arn")
    if topic_arn is None or queue_arn is None or any(holder.resource["policy"].unknown for holder in holders):
        yield Deferred("policy", urn)
        return
    try:
        verdicts = [
            _verdict(one, topic_arn, queue_arn)
            for holder in holders
            for one in statements.statements(holder.resource.document("policy"))
        ]
    except UnreadableError as error:
        yield Finding("endpoint", f"is queue {name!r}, in whose policy {error}", urn)
        return
    if "deny" in verdicts:
        yield Finding("endpoint", f"is queue {name!r}, whose policy denies this topic", urn)
    elif "allow" not in verdicts:
        yield Finding("endpoint", f"is queue {name!r}, whose policy does not let this topic send", urn)


def _sns(topic_arn: str) -> set[str]:
    """The names of SNS; from a region that is opted into, it comes to a queue elsewhere by the region's own."""
    parts = topic_arn.split(":")
    return {SNS_SERVICE, f"sns.{parts[3]}.amazonaws.com" if len(parts) > 4 else SNS_SERVICE}


def _verdict(statement: Value, topic_arn: str, queue_arn: str) -> str:
    """What one statement of the queue's policy says to the topic: allow, deny or nothing."""
    services = set(statements.principals(statement, "Service"))
    if not statements.anyone(statement) and services.isdisjoint(_sns(topic_arn)):
        return ""
    if not statements.covers(statement, "Action", "sqs:SendMessage"):
        return ""
    if not statements.covers(statement, "Resource", queue_arn):
        return ""
    facts = {"aws:sourcearn": topic_arn, "aws:sourceaccount": statements.account(topic_arn)}
    holds = statements.condition_holds(statement, facts)
    if statements.allows(statement):
        return "" if holds is False else "allow"
    return "deny" if holds else ""
