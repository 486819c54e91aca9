"""Rules for SQS queues.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
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
from slipway_policies.engine.values import Value
from slipway_policies.reading import statements
from slipway_policies.reading.statements import public_statements
from slipway_policies.rules.kms.keys import is_aws_own

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
USED_ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage")
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html"


@rule(
    QUEUE,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP SQS.1", "NIST SC-28"),
    link=f"{CONTROLS}#sqs-1",
    fix="set sqsManagedSseEnabled to true, or kmsMasterKeyId; slipway's Queue is encrypted by one of them",
    remedy={"sqsManagedSseEnabled": True},
)
def sqs_queue_encrypted(queue: Resource) -> Outcomes:
    """SQS queues encrypt their messages.

    A queue without a setting passes: AWS encrypts it with SSE-SQS.
    """
    managed, key = queue["sqsManagedSseEnabled"], queue["kmsMasterKeyId"]
    if not managed.unknown and not managed.false:
        return
    if managed.unknown and not key.absent and not key.unknown:
        return
    if managed.unknown or key.unknown:
        yield Deferred(managed.path if managed.unknown else key.path)
    elif not key.text():
        yield Finding(managed.path, "is false and there is no KMS key, so messages are stored unencrypted")


@rule(
    QUEUE_POLICY,
    QUEUE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP SQS.3", "CIS 2.21"),
    link=f"{CONTROLS}#sqs-3",
    fix="name the accounts, roles or services that may use the queue, or add a condition with a fixed value, such as "
    "ArnEquals on aws:SourceArn; slipway's FanOut does so",
)
def sqs_policy_no_public(queue: Resource) -> Outcomes:
    """SQS queues cannot be used by just anyone.

    A condition counts only with values free of wildcards, as in AWS's definition of a public policy.
    """
    yield from public_statements(queue.document("policy"))


@rule(
    QUEUE,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST SC-12",),
    link="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    fix="set sqsManagedSseEnabled to true instead, or name a customer managed key (kms_key_arn of slipway's Queue)",
)
def sqs_queue_cmk(queue: Resource) -> Outcomes:
    """SQS queues with KMS use a customer managed key.

    The policy of AWS's key alias/aws/sqs cannot be changed, so no topic, alarm or other account can send.
    """
    key = queue["kmsMasterKeyId"]
    yield from deny(key, is_aws_own(key.text()), "is AWS's own key, closed to every topic")


@rule(
    QUEUE_POLICY,
    QUEUE,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("NIST AC-6",),
    link=f"{GUIDE}/sqs-least-privilege-policy.html",
    fix="name the needed actions, such as sqs:SendMessage, as slipway's Queue and FanOut do",
)
def sqs_policy_no_star_action(queue: Resource) -> Outcomes:
    """Policies of SQS queues do not allow every action.

    Every action for the queue's own account passes: IAM policies of the account then decide.
    """
    document = queue.document("policy")
    if document.unknown:
        yield Deferred(document.path)
        return
    for statement in statements.statements(document):
        every = statements.every_action(statement) or any(
            text.lower() == "sqs:*" for text in statements.texts(statement["Action"])
        )
        if statements.allows(statement) and every and not _to_its_own_account(statement):
            yield Finding(f"{statement.path}.Action", "allows every action, even deletion of the queue")


def _to_its_own_account(statement: Value) -> bool:
    named = statements.texts(statement["Principal"]["AWS"]) if isinstance(statement["Principal"].raw, dict) else []
    alone = statement["Principal"].names() == ["AWS"] if named else False
    owners = {statements.account(arn) for arn in statements.texts(statement["Resource"])}
    whole = all(principal.endswith(":root") or principal.isdigit() for principal in named)
    return alone and whole and {statements.account(principal) for principal in named} == owners


@rule(
    QUEUE_POLICY,
    QUEUE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-8",),
    link=f"{GUIDE}/sqs-security-best-practices.html",
    fix="add a statement denying sqs:* to everybody where Bool aws:SecureTransport is false, as slipway's Queue and "
    "FanOut do",
)
def sqs_policy_tls_only(policy: Resource) -> Outcomes:
    """Policies of SQS queues refuse requests without TLS."""
    document = policy.document("policy")
    if policy.type == QUEUE_POLICY or not document.absent:
        closed = document.unknown or all(statements.refuses_without_tls(document, action) for action in USED_ACTIONS)
        yield from deny(document, not closed, "does not refuse requests without TLS")


@rule(
    QUEUE,
    REDRIVE_POLICY,
    level=ADVISORY,
    severity=LOW,
    link=f"{GUIDE}/sqs-dead-letter-queues.html",
    fix="set maxReceiveCount in redrivePolicy to 2 or more, 1000 at most (max_receives of slipway's Queue and FanOut)",
)
def sqs_max_receive_count(queue: Resource) -> Outcomes:
    """SQS queues deliver a message at least twice before they move it to the dead-letter queue.

    With 1, a message goes to the dead-letter queue when its consumer is stopped once.
    """
    redrive = queue.document("redrivePolicy")
    if not redrive.absent:
        count = redrive["maxReceiveCount"]
        tries = count.number()
        yield from deny(count, tries is None or not 2 <= tries <= 1000, "is not between 2 and 1000")


@rule(
    QUEUE,
    level=MANDATORY,
    severity=LOW,
    link=f"{GUIDE}/sqs-queue-types.html",
    fix="end name with .fifo exactly when fifoQueue is true; slipway's Queue lets Pulumi choose the name",
)
def sqs_fifo_suffix(queue: Resource) -> Outcomes:
    """Names of FIFO queues end with .fifo, and no others do; SQS refuses them otherwise."""
    name, fifo = queue["name"], queue["fifoQueue"]
    if name.unknown or fifo.unknown:
        yield Deferred(name.path if name.unknown else fifo.path)
    elif name.text() and name.text().endswith(".fifo") != fifo.true:
        yield Finding(name.path, "and fifoQueue do not match")


@rule(
    QUEUE,
    level=ADVISORY,
    severity=LOW,
    link=f"{GUIDE}/sqs-short-and-long-polling.html",
    fix="set receiveWaitTimeSeconds to 20, as slipway's Queue and FanOut do",
    remedy={"receiveWaitTimeSeconds": 20},
)
def sqs_long_polling(queue: Resource) -> Outcomes:
    """SQS queues hold a poll until a message comes; each empty answer is paid for."""
    wait = queue["receiveWaitTimeSeconds"]
    yield from deny(wait, not wait.number(), "is 0, so consumers pay for empty answers")
