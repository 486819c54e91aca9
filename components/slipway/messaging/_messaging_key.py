"""KMS keys of queues and topics: a key with access for SNS, and the refusal of keys without it.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws import kms

from slipway.common import Arguments, Context, JsonObject, document

MANAGED_ALIAS = "alias/aws/"
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]


def check_queue_key(arguments: Arguments, key: str, *, subscribed: bool) -> None:
    """Refuse a KMS key of AWS on a subscribed queue, and another ARN than a key's. Raises ArgumentError."""
    arn = arguments.input(key)
    if subscribed and isinstance(arn, str) and MANAGED_ALIAS in arn:
        reason = "its policy cannot let SNS in, and every message would be dropped in silence"
        fix = "give a key of your own, set create_kms_key, or leave it out"
        raise arguments.error(key, f"must not be a key of AWS on a subscribed queue, got {arn!r}; {reason}; {fix}")
    arguments.arn(key, "kms", "a KMS key")


def messaging_key(context: Context) -> kms.Key:
    """A key, rotated yearly, for the principals of its account by IAM, and for SNS, alarms and EventBridge."""
    caller = aws.get_caller_identity_output(opts=context.lookup)
    partition = aws.get_partition_output(opts=context.lookup).partition
    policy = pulumi.Output.all(partition, caller.account_id).apply(lambda both: key_policy(both[0], both[1]))
    return kms.Key(
        context.name,
        description=f"Messages of {context.name}",
        enable_key_rotation=True,
        policy=pulumi.Output.json_dumps(policy),
        tags=context.tagged(context.name),
        opts=context.child,
    )


def key_policy(partition: str, account: str) -> JsonObject:
    """Key policy: IAM of the account governs the key, and services use it to deliver and publish for the account."""
    return document(
        [
            {
                "Sid": "AllowIam",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "AllowDelivery",
                "Effect": "Allow",
                "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"]},
                "Action": USE,
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            },
        ]
    )
