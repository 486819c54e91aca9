"""Rules for SQS queues.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html
"""

from policies.graph import Graph, Node
from policies.registry import ADVISORY, CRITICAL, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, rule
from policies.statements import public_statements
from policies.values import Resource, UnreadableError

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html"

# Properties by which a resource of some type names the dead-letter queue of another.
DEAD_LETTER_PROPERTIES = {
    QUEUE: "redrivePolicy",
    REDRIVE_POLICY: "redrivePolicy",
    "aws:sns/topicSubscription:TopicSubscription": "redrivePolicy",
    "aws:lambda/function:Function": "deadLetterConfig",
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig",
}


@rule(
    QUEUE,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP SQS.1", "NIST SC-28"),
    link=f"{CONTROLS}#sqs-1",
    fix="remove sqsManagedSseEnabled (AWS encrypts by default) or set kmsMasterKeyId; slipway's Queue is encrypted",
)
def sqs_queue_encrypted(queue: Resource) -> Outcomes:
    """SQS queues encrypt their messages.

    AWS encrypts a queue that says nothing with SSE-SQS, so that passes here; other tools report it.
    """
    managed, key = queue["sqsManagedSseEnabled"], queue["kmsMasterKeyId"]
    if not managed.unknown and not managed.false:
        return
    if managed.unknown and not key.absent and not key.unknown:
        return
    if managed.unknown or key.unknown:
        yield Deferred(managed.path if managed.unknown else key.path)
    elif not key.text():
        yield Finding(managed.path, "is false and there is no KMS key, so messages lie in clear")


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
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    fix="set redrivePolicy with the ARN of a dead-letter queue, as slipway's Queue does",
)
def sqs_dlq_configured(stack: Graph) -> Outcomes:
    """Every SQS queue sets aside messages that keep failing.

    A queue that is the dead-letter queue of something, or allows to be one, needs none itself.
    """
    aside = {queue.urn for queue in stack.of(QUEUE) if queue.sets("redriveAllowPolicy")}
    covered = set()
    for kind, prop in DEAD_LETTER_PROPERTIES.items():
        for node in stack.of(kind):
            aside |= {queue.urn for queue in _dead_letter_queues(stack, node, prop)}
    for node in stack.of(REDRIVE_POLICY):
        covered |= {queue.urn for queue in stack.behind(node, "queueUrl", QUEUE, "url", "id")}
    for queue in stack.of(QUEUE):
        if queue.urn not in aside | covered and not queue.sets("redrivePolicy"):
            yield Finding(
                "redrivePolicy",
                "is missing, so a message that cannot be handled comes back until it is dropped",
                queue.urn,
            )


def _dead_letter_queues(stack: Graph, node: Node, prop: str) -> list[Node]:
    fed_by = [stack.nodes[urn] for urn in node.sources.get(prop, ()) if urn in stack.nodes]
    named = [source for source in fed_by if source.resource.type == QUEUE]
    if named:
        return named
    try:
        target = node.resource.document(prop)["deadLetterTargetArn"].raw
    except UnreadableError:
        return []
    return [queue for queue in stack.of(QUEUE) if isinstance(target, str) and queue.output("arn") == target]
