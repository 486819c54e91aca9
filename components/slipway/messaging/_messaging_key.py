"""KMS keys of queues and topics: a key with access for those who send, and the refusal of keys without it.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from collections.abc import Sequence
from dataclasses import replace

import pulumi
from pulumi_aws import kms

from slipway.common import Arguments, Context, JsonObject, Statement, allow_iam, document

from ._senders import ALARMS, EVENTS, SNS, Sender, known_senders, source_condition

MANAGED_ALIAS = "alias/aws/"
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]
OF_QUEUES, OF_TOPICS = (SNS,), (ALARMS,)
"""Services that use a created key for every resource of the account: SNS to deliver, alarms to publish."""


def check_queue_key(arguments: Arguments, key: str, *, sent_to: bool) -> None:
    """Refuse a KMS key of AWS on a queue with topics or senders, and another ARN than a key's. Raises ArgumentError."""
    arn = arguments.input(key)
    if sent_to and isinstance(arn, str) and MANAGED_ALIAS in arn:
        reason = "its policy lets no service in, and every message would be dropped in silence"
        fix = "give a key of your own, set create_kms_key, or leave it out"
        raise arguments.error(key, f"must not be a key of AWS where services send, got {arn!r}; {reason}; {fix}")
    arguments.arn(key, "kms", "a KMS key")


def check_publishers_key(arguments: Arguments) -> None:
    """Refuse services as publishers of a topic with a KMS key of AWS. Raises ArgumentError."""
    key = arguments.input("kms_key_arn")
    closed = key is None or (isinstance(key, str) and MANAGED_ALIAS in key)
    if arguments.values.get("publishers") and closed and not arguments.flag("create_kms_key"):
        got = "none" if key is None else repr(key)
        fix = (
            "no service can use the account's own key for SNS, set create_kms_key, or give a key with a policy for them"
        )
        raise arguments.error("publishers", f"needs a key of your own, got {got}; {fix}")


def messaging_key(context: Context, services: Sequence[str], senders: Sequence[Sender]) -> kms.Key:
    """A key, rotated yearly, for the principals of its account by IAM, for these services of it, and for the senders."""
    partition = context.partition
    policy = pulumi.Output.all(partition, context.account_id, known_senders(senders)).apply(
        lambda known: key_policy(known[0], known[1], services, known[2])
    )
    return kms.Key(
        context.name,
        description=f"Messages of {context.name}",
        enable_key_rotation=True,
        policy=pulumi.Output.json_dumps(policy),
        tags=context.tagged(context.name),
        opts=context.child,
    )


def key_policy(partition: str, account: str, services: Sequence[str], senders: Sequence[Sender]) -> JsonObject:
    """Key policy: IAM of the account governs the key, and services use it to deliver and publish."""
    own: Statement = {"Condition": {"StringEquals": {"aws:SourceAccount": account}}}
    statements = [allow_iam(partition, account), allow_use("AllowDelivery", list(services)) | own]
    if any(sender.service == EVENTS for sender in senders):
        # KMS is told no source: "not supported for EventBridge-to-encrypted topics", says the guide of SNS.
        statements.append(allow_use("AllowEventBridge", EVENTS))
    others = [sender for sender in senders if sender.service != EVENTS]
    for number, sender in enumerate(others, start=1):
        # The guide of SQS names the services that tell KMS a source ARN, S3 among them; it names none that add an account.
        by_arn = replace(sender, source_account_id=None)
        condition = source_condition(by_arn, "") if sender.source_arn else source_condition(sender, account)
        statements.append(allow_use(f"AllowSender{number}", sender.service) | {"Condition": condition})
    return document(statements)


def allow_use(sid: str, service: str | list[str]) -> Statement:
    """Statement that lets services encrypt and decrypt."""
    return {"Sid": sid, "Effect": "Allow", "Principal": {"Service": service}, "Action": USE, "Resource": "*"}
