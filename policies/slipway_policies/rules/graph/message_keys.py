"""Graph rules for KMS keys of topics and queues: a sender without access to the key loses its messages.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import UnreadableError
from slipway_policies.reading import statements
from slipway_policies.rules.cloudwatch.logs import ALARM_ACTIONS, ALARMS
from slipway_policies.rules.ecs.services import EVENT_TARGET
from slipway_policies.rules.graph.dead_letters import dead_letter_queues
from slipway_policies.rules.graph.fan_out import (
    ALARMS_SERVICE,
    EVENTS_SERVICE,
    NOTHING,
    NOTIFICATION,
    S3_SERVICE,
    SNS_SERVICE,
)
from slipway_policies.rules.kms.keys import KEY, KEY_POLICY, is_aws_own
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC
from slipway_policies.rules.sqs.queues import QUEUE

ALIAS = "aws:kms/alias:Alias"
NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")
# Type and property by which a service publishes to a topic or sends to a queue, and that service's principal.
PUBLISHERS = (
    *((kind, prop, ALARMS_SERVICE) for kind in ALARMS for prop in ALARM_ACTIONS),
    (EVENT_TARGET, "arn", EVENTS_SERVICE),
    (NOTIFICATION, "topics", S3_SERVICE),
)
SENDERS = ((EVENT_TARGET, "arn", EVENTS_SERVICE), (NOTIFICATION, "queues", S3_SERVICE))


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    fix=(
        "encrypt the topic with a customer managed key, and in its policy allow the service kms:Decrypt and "
        "kms:GenerateDataKey*, events.amazonaws.com without aws:SourceAccount and aws:SourceArn (create_kms_key of slipway's "
        "Topic and FanOut); alias/aws/sns lets no service publish"
    ),
)
def sns_kms_publisher(stack: Graph) -> Outcomes:
    """Alarms, EventBridge and S3 may use the key of their encrypted topic.

    Otherwise AWS drops each message, and the alarm still reports a sent notification. EventBridge tells KMS no source for a
    topic, so a condition on the source keeps it out.
    """
    for kind, prop, service in PUBLISHERS:
        for publisher in stack.of(kind):
            for topic in stack.behind(publisher, prop, TOPIC, "arn"):
                yield from _may_use(stack, publisher, prop, topic, service)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",
    fix=(
        "allow sns.amazonaws.com kms:Decrypt and kms:GenerateDataKey* in the policy of the queue's key, or leave "
        "the queue to SSE-SQS, as slipway's FanOut does without a key"
    ),
)
def sns_to_sqs_kms_grant(stack: Graph) -> Outcomes:
    """SNS may use the key of each encrypted queue subscribed to a topic."""
    for subscription in stack.of(SUBSCRIPTION):
        if subscription.output("protocol") == "sqs":
            for queue in stack.behind(subscription, "endpoint", QUEUE, "arn"):
                yield from _may_use(stack, subscription, "endpoint", queue, SNS_SERVICE)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    fix=(
        "allow the service kms:Decrypt and kms:GenerateDataKey* in the policy of the queue's key (create_kms_key of slipway's "
        "Queue, with senders), or leave the queue to SSE-SQS"
    ),
)
def sqs_kms_sender(stack: Graph) -> Outcomes:
    """EventBridge and S3 may use the key of their encrypted queue.

    EventBridge drops each event otherwise, and S3 refuses the notification.
    """
    for kind, prop, service in SENDERS:
        for sender in stack.of(kind):
            for queue in stack.behind(sender, prop, QUEUE, "arn"):
                yield from _may_use(stack, sender, prop, queue, service)
    for target in stack.of(EVENT_TARGET):
        for queue in dead_letter_queues(stack, target, "deadLetterConfig"):
            yield from _may_use(stack, target, "deadLetterConfig", queue, EVENTS_SERVICE)


def _may_use(stack: Graph, sender: Node, prop: str, receiver: Node, service: str) -> Outcomes:
    """Nothing when the receiver has no KMS key, a key of another stack, or a key policy with the service in it."""
    name, text = receiver.resource.name, receiver.output("kmsMasterKeyId")
    what = "topic" if receiver.resource.type == TOPIC else "queue"
    if text is not None and is_aws_own(text):
        yield Finding(prop, f"is {what} {name!r} with AWS's own key, closed to {service}", sender.urn)
        return
    for key in keys_of(stack, receiver, "kmsMasterKeyId"):
        holders = key_policies(stack, key)
        if any(holder.resource["policy"].unknown for holder in holders):
            yield Deferred("policy", key.urn)
        elif not any(_admits(holder, service, what) for holder in holders):
            yield Finding(
                prop, f"is {what} {name!r}, and its key {key.resource.name!r} does not admit {service}", sender.urn
            )


def keys_of(stack: Graph, owner: Node, prop: str) -> list[Node]:
    """The keys of the stack in a property, also by an alias."""
    keys = stack.behind(owner, prop, KEY, "id", "keyId", "arn")
    for alias in stack.behind(owner, prop, ALIAS, "id", "name", "arn"):
        keys += stack.behind(alias, "targetKeyId", KEY, "id", "keyId", "arn")
    return keys


def key_policies(stack: Graph, key: Node) -> list[Node]:
    """The resources with a policy of the key: the key itself, or a resource of its own."""
    separate = stack.pointing_at(key, KEY_POLICY, "keyId", "id", "keyId", "arn")
    return [*separate, key] if key.has("policy") else separate


def _admits(holder: Node, service: str, what: str) -> bool:
    """Whether a key policy lets the service in. Conditions count where the service is known to tell no source."""
    facts = NOTHING if (service, what) == (EVENTS_SERVICE, "topic") else {}
    try:
        granted = {
            action
            for statement in statements.statements(holder.resource.document("policy"))
            if statements.allows(statement)
            and statements.condition_holds(statement, facts) is not False
            and (statements.anyone(statement) or service in statements.principals(statement, "Service"))
            for action in NEEDED
            if statements.covers(statement, "Action", action)
        }
    except UnreadableError:
        return False
    return granted == set(NEEDED)
