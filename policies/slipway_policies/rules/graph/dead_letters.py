"""Graph rules for dead-letter queues: each queue has one, and it works.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import ADVISORY, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import UnreadableError, texts
from slipway_policies.rules.sqs.queues import GUIDE, QUEUE

REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
REDRIVE_ALLOW_POLICY = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
LINK = f"{GUIDE}/sqs-dead-letter-queues.html"
DEFAULT_RETENTION_SECONDS = 345600

# Properties by which a resource of some type names the dead-letter queue of another.
DEAD_LETTER_PROPERTIES = {
    QUEUE: "redrivePolicy",
    REDRIVE_POLICY: "redrivePolicy",
    "aws:sns/topicSubscription:TopicSubscription": "redrivePolicy",
    "aws:lambda/function:Function": "deadLetterConfig",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "destinationConfig",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "destinationConfig",
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig",
}


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    link=LINK,
    fix="set redrivePolicy with the ARN of a dead-letter queue, as slipway's Queue does",
)
def sqs_dlq_configured(stack: Graph) -> Outcomes:
    """Every SQS queue has a dead-letter queue.

    Dead-letter queues need none themselves.
    """
    aside, covered = set_aside(stack), set()
    for node in stack.of(REDRIVE_POLICY):
        covered |= {queue.urn for queue in stack.behind(node, "queueUrl", QUEUE, "url", "id")}
    for queue in stack.of(QUEUE):
        if queue.urn not in aside | covered and not queue.has("redrivePolicy"):
            yield Finding(
                "redrivePolicy",
                "is missing, so a message that cannot be handled comes back until it is dropped",
                queue.urn,
            )


def set_aside(stack: Graph) -> set[str]:
    """The URNs of all dead-letter queues, in use or declared by a redrive allow policy."""
    allow = {queue.urn for queue in stack.of(QUEUE) if queue.has("redriveAllowPolicy")}
    allow |= {
        queue.urn
        for policy in stack.of(REDRIVE_ALLOW_POLICY)
        for queue in stack.behind(policy, "queueUrl", QUEUE, "url", "id")
    }
    return allow | {
        queue.urn
        for kind, prop in DEAD_LETTER_PROPERTIES.items()
        for node in stack.of(kind)
        for queue in dead_letter_queues(stack, node, prop)
    }


def dead_letter_queues(stack: Graph, node: Node, prop: str) -> list[Node]:
    """The dead-letter queues in a property of the node: by an edge, or by a known ARN in it."""
    fed_by = [stack.nodes[urn] for urn in node.sources.get(prop, ()) if urn in stack.nodes]
    named = [source for source in fed_by if source.resource.type == QUEUE]
    if named:
        return named
    try:
        written = node.resource.document(prop).raw
    except UnreadableError:
        return []
    known = stack.by_output((QUEUE,), ("arn",))
    return [queue for text in texts(written) for queue in known.get(text, ())]


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix="set fifoQueue on both or on neither, as slipway's Queue does (fifo)",
)
def sqs_dlq_fifo_match(stack: Graph) -> Outcomes:
    """A FIFO queue's dead-letter queue is FIFO, a standard queue's is standard; SQS refuses the redrive otherwise."""
    for queue, dead in _pairs(stack):
        kinds = (queue.resource["fifoQueue"], dead.resource["fifoQueue"])
        if any(kind.unknown for kind in kinds):
            yield Deferred("fifoQueue", queue.urn)
        elif kinds[0].true != kinds[1].true:
            yield Finding(
                "redrivePolicy", f"names queue {dead.resource.name!r} of the other kind, FIFO or standard", queue.urn
            )


@stack_rule(level=MANDATORY, severity=MEDIUM, link=LINK, fix="name another queue, as slipway's Queue does")
def sqs_dlq_not_self(stack: Graph) -> Outcomes:
    """No queue is its own dead-letter queue."""
    for queue, dead in _pairs(stack):
        if queue.urn == dead.urn:
            yield Finding("redrivePolicy", "names the queue itself", queue.urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix=(
        "set messageRetentionSeconds of the dead-letter queue to 1209600, the most, and of the queue to less, as "
        "slipway's Queue does"
    ),
)
def sqs_dlq_retention(stack: Graph) -> Outcomes:
    """A dead-letter queue keeps messages longer than the queue before it.

    A standard queue's message keeps its age when it moves, so with equal times it may be gone before anybody looks.
    """
    for queue, dead in _pairs(stack):
        before, after = (node.number("messageRetentionSeconds", DEFAULT_RETENTION_SECONDS) for node in (queue, dead))
        if before is None or after is None:
            yield Deferred("messageRetentionSeconds", queue.urn)
        elif queue.urn != dead.urn and after <= before and not queue.resource["fifoQueue"].true:
            yield Finding(
                "redrivePolicy",
                f"names queue {dead.resource.name!r} with no longer retention than this queue",
                queue.urn,
            )


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix="make both with one provider, as slipway's Queue does",
)
def sqs_dlq_same_region(stack: Graph) -> Outcomes:
    """A dead-letter queue is in the region of the queue before it."""
    for queue, dead in _pairs(stack):
        regions = {queue.output("region"), dead.output("region")} - {None}
        if len(regions) > 1:
            yield Finding("redrivePolicy", f"names queue {dead.resource.name!r} of another region", queue.urn)


def _pairs(stack: Graph) -> list[tuple[Node, Node]]:
    """Pairs of a queue and its dead-letter queue, from its own or a separate redrive policy."""
    found = [(queue, dead) for queue in stack.of(QUEUE) for dead in dead_letter_queues(stack, queue, "redrivePolicy")]
    for policy in stack.of(REDRIVE_POLICY):
        for queue in stack.behind(policy, "queueUrl", QUEUE, "url", "id"):
            found += [(queue, dead) for dead in dead_letter_queues(stack, policy, "redrivePolicy")]
    return found
