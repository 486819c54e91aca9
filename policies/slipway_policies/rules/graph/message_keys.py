"""Graph rules for KMS keys of topics and queues: a sender without access to the key loses its messages.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import UnreadableError
from slipway_policies.reading import statements
from slipway_policies.rules.kms.keys import KEY, KEY_POLICY, is_aws_own
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC
from slipway_policies.rules.sqs.queues import QUEUE

ALIAS = "aws:kms/alias:Alias"
NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")
# Type and property by which a service publishes to a topic, and that service's principal.
PUBLISHERS = (
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "alarmActions", "cloudwatch.amazonaws.com"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "okActions", "cloudwatch.amazonaws.com"),
    ("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmActions", "cloudwatch.amazonaws.com"),
    ("aws:cloudwatch/eventTarget:EventTarget", "arn", "events.amazonaws.com"),
    ("aws:s3/bucketNotification:BucketNotification", "topics", "s3.amazonaws.com"),
)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    fix=(
        "encrypt the topic with a customer managed key, and in its policy allow the service kms:Decrypt and "
        "kms:GenerateDataKey* (kms_key_arn of slipway's Topic and FanOut); alias/aws/sns lets no service publish"
    ),
)
def sns_kms_publisher(stack: Graph) -> Outcomes:
    """Alarms, EventBridge and S3 may use the key of their encrypted topic.

    Otherwise AWS drops each message, and the alarm still reports a sent notification.
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
                yield from _may_use(stack, subscription, "endpoint", queue, "sns.amazonaws.com")


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
        elif not any(_admits(holder, service) for holder in holders):
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


def _admits(holder: Node, service: str) -> bool:
    try:
        granted = {
            action
            for statement in statements.statements(holder.resource.document("policy"))
            if statements.allows(statement)
            and (statements.anyone(statement) or service in statements.principals(statement, "Service"))
            for action in NEEDED
            if statements.covers(statement, "Action", action)
        }
    except UnreadableError:
        return False
    return granted == set(NEEDED)
