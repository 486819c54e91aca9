"""SQS's refusals of redrive policies. The declarations of queues and topics have those of attributes.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import json

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.refusals.rule import Refusal

RECEIVES = (1, 1000)


def _policy(scope: Scope) -> dict[str, Value]:
    document = text(scope.inputs, "redrivePolicy", "")
    policy = json.loads(document) if document else {}
    return policy if isinstance(policy, dict) else {}


def _refused(scope: Scope, reason: str) -> str:
    return f"Value {scope.inputs['redrivePolicy']} for parameter RedrivePolicy is invalid. Reason: {reason}."


def dead_letter_queue_of_other_kind(scope: Scope) -> str | None:
    """A FIFO queue with a standard dead-letter queue, or the other way round."""
    target = str(_policy(scope).get("deadLetterTargetArn") or "")
    is_fifo = scope.inputs.get("fifoQueue") is True or str(scope.inputs.get("queueUrl") or "").endswith(".fifo")
    if not target or target.endswith(".fifo") == is_fifo:
        return None
    return _refused(scope, "Dead-letter queue must be same type of queue as the source.")


def receives_out_of_range(scope: Scope) -> str | None:
    """A redrive policy with less than 1 or more than 1,000 receives."""
    low, high = RECEIVES
    receives = _policy(scope).get("maxReceiveCount")
    try:
        is_fine = receives is None or low <= int(str(receives)) <= high
    except ValueError:
        is_fine = False
    reason = f"Invalid value for maxReceiveCount: {receives}, valid values are from {low} to {high} both inclusive"
    return None if is_fine else _refused(scope, reason)


REFUSALS = tuple(
    refusal
    for token, operation, own in (
        ("aws:sqs/queue:Queue", "CreateQueue", "fifoQueue"),
        ("aws:sqs/redrivePolicy:RedrivePolicy", "SetQueueAttributes", "queueUrl"),
    )
    for refusal in (
        Refusal(
            token,
            operation,
            "InvalidParameterValue",
            f"redrivePolicy {own}",
            dead_letter_queue_of_other_kind,
            "a FIFO queue's dead-letter queue is FIFO too",
            plain=True,
        ),
        Refusal(
            token,
            operation,
            "InvalidParameterValue",
            "redrivePolicy",
            receives_out_of_range,
            "5 is a usual value",
            plain=True,
        ),
    )
)
