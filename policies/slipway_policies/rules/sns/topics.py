"""Rules for SNS topics and their subscriptions.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.reading import statements
from slipway_policies.reading.statements import public_statements

TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html"
POLICIES = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"


@rule(
    TOPIC_POLICY,
    TOPIC,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP SNS.4", "CIS 2.21"),
    link=f"{CONTROLS}#sns-4",
    fix="name the accounts, roles or services that may use the topic, or add a condition with a fixed value, such as "
    "StringEquals on aws:SourceAccount; slipway's Topic and FanOut need no public statement",
)
def sns_topic_policy_no_public(topic: Resource) -> Outcomes:
    """SNS topics cannot be used by just anyone.

    A condition counts only with values free of wildcards, as in AWS's definition of a public policy.
    """
    yield from public_statements(topic.document("policy"))


@rule(
    TOPIC,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("Security Hub SNS.1", "NIST SC-28"),
    link=f"{CONTROLS}#sns-1",
    fix=(
        "set kmsMasterKeyId; topics of alarms, EventBridge or S3 need a customer managed key, as alias/aws/sns is "
        "closed to these; slipway's Topic and FanOut encrypt by default (kms_key_arn)"
    ),
)
def sns_topic_encrypted(topic: Resource) -> Outcomes:
    """SNS topics encrypt messages at rest with KMS.

    AWS always encrypts its disks, so FSBP no longer has SNS.1. A KMS key also controls and records who reads.
    """
    key = topic["kmsMasterKeyId"]
    yield from deny(key, not key.text(), "is missing, so messages are stored without a KMS key")


@rule(
    TOPIC_POLICY,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-3",),
    link=POLICIES,
    fix="name roles of this account, or add the other account to allowedAccounts in the policy config; slipway's Topic "
    "and FanOut name nobody",
    settings={
        "allowedAccounts": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Ids of other accounts allowed in policies.",
        }
    },
)
def sns_topic_policy_no_cross_account(policy: Resource) -> Outcomes:
    """SNS topics let in other accounts only where the policy config names them."""
    document, own = policy.document("policy"), policy["arn"]
    if document.unknown or own.unknown:
        yield Deferred("policy" if document.unknown else own.path)
        return
    known = {statements.account(own.text()), *policy.config.texts("allowedAccounts")}
    for statement in statements.statements(document):
        named = {statements.account(text) for text in statements.principals(statement, "AWS")} - {""}
        if statements.allows(statement) and not named <= known:
            yield Finding(f"{statement.path}.Principal", "names an account outside of allowedAccounts")


@rule(
    TOPIC_POLICY,
    TOPIC,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-8",),
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    fix="add a statement denying sns:Publish to everybody where Bool aws:SecureTransport is false, as slipway's "
    "Topic and FanOut do",
)
def sns_topic_tls_only(policy: Resource) -> Outcomes:
    """Policies of SNS topics refuse messages without TLS."""
    document = policy.document("policy")
    if policy.type == TOPIC_POLICY or not document.absent:
        closed = document.unknown or statements.refuses_without_tls(document, "sns:Publish")
        yield from deny(document, not closed, "does not refuse to publish without TLS")


@rule(
    SUBSCRIPTION,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST SC-8",),
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    fix=(
        "set protocol to https with an HTTPS endpoint, which replaces the subscription; slipway's FanOut subscribes "
        "queues only"
    ),
)
def sns_subscription_https(subscription: Resource) -> Outcomes:
    """SNS subscriptions do not deliver over plain HTTP."""
    protocol = subscription["protocol"]
    yield from deny(protocol, protocol.text() == "http", "is http, so messages travel unencrypted")


@rule(
    SUBSCRIPTION,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST CP-10",),
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
    fix="set redrivePolicy with the ARN of a queue, as slipway's FanOut does",
)
def sns_subscription_redrive(subscription: Resource) -> Outcomes:
    """SNS subscriptions have a dead-letter queue for undelivered messages."""
    redrive = subscription["redrivePolicy"]
    yield from deny(redrive, not redrive.raw, "is missing, so undelivered messages are lost")


@rule(
    TOPIC,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST SC-13",),
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    fix="set signatureVersion to 2, as slipway's Topic and FanOut do",
    remedy={"signatureVersion": 2},
)
def sns_signature_v2(topic: Resource) -> Outcomes:
    """SNS topics sign messages with SHA-256.

    FIFO topics are not judged: they deliver to queues only, and queues check no signature.
    """
    fifo, version = topic["fifoTopic"], topic["signatureVersion"]
    if fifo.unknown:
        yield Deferred(fifo.path)
    elif not fifo.true:
        yield from deny(version, version.number() != 2, "is not 2, so signatures use SHA-1")
