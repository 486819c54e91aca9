"""Whether a service may send to a queue or publish to a topic: by the receiver's policy, and by that of its KMS key.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from slipway_sandbox.authorization.model import Call, Principal
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.policies import asking


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
    session: Principal | None = None
    """The session of a role that it sends with. Default: it sends as itself."""

    @property
    def principal(self) -> Principal:
        """Who sends."""
        name, *aliases = self.principals
        return self.session or Principal(name, "", "service", aliases=tuple(aliases))

    def asks(self, service: str, operation: str, parameters: Mapping[str, object], region: str, account: str) -> Call:
        """A call of the sender."""
        source = {} if self.session else {key: (value,) for key, value in self.source.items()}
        return Call(service, operation, parameters, region, account, context=source)


@dataclass(frozen=True)
class Receiver:
    """A queue or a topic."""

    kind: str
    kms_key_id: str
    operation: str
    parameters: Mapping[str, object]


def told(arn: str, account: str) -> dict[str, str]:
    """Condition keys of a service that names the resource it works for, and its account."""
    return {"aws:sourcearn": arn, "aws:sourceaccount": account}


def refusal(sender: Sender, receiver_arn: str) -> str | None:
    """Why AWS would not deliver: its code, a comma and a sentence; None when it would."""
    service, region, account, name = receiver_arn.split(":")[2:6]
    is_queue = service == "sqs"
    receiver = _queue(account, region, name) if is_queue else _topic(receiver_arn, account, region)
    if receiver is None:
        return "NonExistentQueue, there is no such queue" if is_queue else "NotFound, there is no such topic"
    owner = sender.session.account_id if sender.session else account
    call = sender.asks(service, receiver.operation, receiver.parameters, region, owner)
    denied = asking.denial(call, sender.principal)
    if denied is None:
        return _key_refusal(sender, receiver, account, region)
    if sender.session:
        return f"{denied.code}, {denied.message}"
    action = denied.request.action
    if action.startswith("kms:"):
        owner = f"the policy of the {receiver.kind}'s key"
        return f"KMS.AccessDeniedException, {owner} does not let {sender.service} do {action}"
    return f"AccessDenied, the {receiver.kind}'s policy does not let {sender.noun} {'send' if is_queue else 'publish'}"


def assumed(sender: Sender, role_arn: str, name: str) -> Principal | None:
    """The session of a role under a name; None where the role's trust policy does not let the service assume it."""
    from slipway_sandbox.authorization import cloud  # noqa: PLC0415 - import moto's tables

    account = role_arn.split(":")[4] if role_arn.count(":") == 5 else ""
    parameters = {"RoleArn": role_arn, "RoleSessionName": name}
    call = sender.asks("sts", "AssumeRole", parameters, "us-east-1", account)
    role = cloud.named_in_iam("role", role_arn.rpartition("/")[2], account)
    if role is None or role.arn != role_arn or asking.denial(call, sender.principal):
        return None
    return cloud.session(role_arn, name)


def _queue(account: str, region: str, name: str) -> Receiver | None:
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        return None
    url = {"QueueUrl": f"https://sqs.{region}.amazonaws.com/{account}/{name}"}
    return Receiver("queue", kept(queue, "kms_master_key_id", ""), "SendMessage", url)


def _topic(arn: str, account: str, region: str) -> Receiver | None:
    topic = sns_backends[account][region].topics.get(arn)
    return Receiver("topic", kept(topic, "kms_master_key_id", ""), "Publish", {"TopicArn": arn}) if topic else None


def _key_refusal(sender: Sender, receiver: Receiver, account: str, region: str) -> str | None:
    """Why nobody, or no service, may use the key of a receiver, whatever its policy says."""
    key_id = receiver.kms_key_id
    if not key_id:
        return None
    if "alias/aws/" in key_id:
        return None if sender.session else f"KMS.AccessDeniedException, nothing lets {sender.service} use {key_id}"
    try:
        key = kms_backends[account][region].describe_key(key_id)
    except (KeyError, AttributeError):  # the latter for an alias
        return f"KMS.NotFoundException, there is no key {key_id}"
    return (
        None if key.key_state == "Enabled" else f"KMS.DisabledException, the {receiver.kind}'s key is {key.key_state}"
    )
