"""Whether a service may send to a queue or publish to a topic: by the receiver's policy, and by that of its KMS key.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.policies.resource_policy import Request, allows

ANY_SERVICE = {"aws:securetransport": "true", "aws:principalisawsservice": "true"}


@dataclass(frozen=True)
class Sender:
    """A service with a message."""

    service: str
    """As sentences name it, such as SNS."""
    principals: Sequence[str]
    """Its names in a policy."""
    noun: str
    """What it sends for, such as the topic."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Condition keys, in lower case, by which it tells its source; empty where it tells none."""


@dataclass(frozen=True)
class Receiver:
    """A queue or a topic."""

    arn: str
    kind: str
    action: str
    policy: str | None
    kms_key_id: str


def told(arn: str, account: str) -> dict[str, str]:
    """Condition keys of a service that names the resource it works for, and its account."""
    return {"aws:sourcearn": arn, "aws:sourceaccount": account}


def refusal(sender: Sender, receiver_arn: str) -> str | None:
    """Why AWS would not deliver: its code, a comma and a sentence; None when it would."""
    service, region, account, name = receiver_arn.split(":")[2:6]
    receiver = (
        _queue(receiver_arn, account, region, name) if service == "sqs" else _topic(receiver_arn, account, region)
    )
    if receiver is None:
        return "NonExistentQueue, there is no such queue" if service == "sqs" else "NotFound, there is no such topic"
    request = Request(sender.principals, receiver.action, receiver.arn, {**ANY_SERVICE, **sender.source})
    if not allows(receiver.policy, request):
        verb = "send" if service == "sqs" else "publish"
        return f"AccessDenied, the {receiver.kind}'s policy does not let {sender.noun} {verb}"
    return _key_refusal(sender, receiver, account, region) if receiver.kms_key_id else None


def _queue(arn: str, account: str, region: str, name: str) -> Receiver | None:
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        return None
    return Receiver(arn, "queue", "sqs:SendMessage", queue.policy, kept(queue, "kms_master_key_id", ""))


def _topic(arn: str, account: str, region: str) -> Receiver | None:
    topic = sns_backends[account][region].topics.get(arn)
    if topic is None:
        return None
    return Receiver(arn, "topic", "sns:Publish", topic.policy, kept(topic, "kms_master_key_id", ""))


def _key_refusal(sender: Sender, receiver: Receiver, account: str, region: str) -> str | None:
    """Why the service may not use the key of a receiver; None when it may."""
    key_id = receiver.kms_key_id
    if "alias/aws/" in key_id:
        return f"KMS.AccessDeniedException, nothing lets {sender.service} use {key_id}"
    try:
        key = kms_backends[account][region].describe_key(key_id)
    except (KeyError, AttributeError):  # the latter for an alias
        return f"KMS.NotFoundException, there is no key {key_id}"
    if key.key_state != "Enabled":
        return f"KMS.DisabledException, the {receiver.kind}'s key is {key.key_state}"
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if not allows(key.policy, Request(sender.principals, action, key.arn, {**ANY_SERVICE, **sender.source})):
            owner = f"the policy of the {receiver.kind}'s key"
            return f"KMS.AccessDeniedException, {owner} does not let {sender.service} do {action}"
    return None
