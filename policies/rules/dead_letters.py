"""Graph rules for dead-letter queues: that there is one, and that it can do its work.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from policies.graph import Graph, Node
from policies.registry import ADVISORY, MEDIUM, Finding, Outcomes, rule
from policies.rules.sqs import GUIDE, QUEUE
from policies.values import UnreadableError

REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
LINK = f"{GUIDE}/sqs-dead-letter-queues.html"
DEFAULT_RETENTION_SECONDS = 345600

# Properties by which a resource of some type names the dead-letter queue of another.
DEAD_LETTER_PROPERTIES = {
    QUEUE: "redrivePolicy",
    REDRIVE_POLICY: "redrivePolicy",
    "aws:sns/topicSubscription:TopicSubscription": "redrivePolicy",
    "aws:lambda/function:Function": "deadLetterConfig",
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig",
}


@rule(
    level=ADVISORY,
    severity=MEDIUM,
    link=LINK,
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
