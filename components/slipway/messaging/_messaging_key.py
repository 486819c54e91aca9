"""KMS keys of queues and topics: a key that SNS may use, and the refusal of one that it can not.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws import kms

from slipway.common import ArgumentError, Tags, document, named

MANAGED_ALIAS = "alias/aws/"
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]


def refuse_managed_key(who: str, argument: str, key: object) -> None:
    """Refuse a key whose policy cannot be changed, where SNS has to be let in."""
    if isinstance(key, str) and MANAGED_ALIAS in key:
        why = "its policy cannot let SNS in, and every message would be dropped in silence"
        fix = "give a key of your own, set create_kms_key, or leave it out"
        raise ArgumentError(
            f"{who}: {argument} must not be a key of AWS on a subscribed queue, got {key!r}; {why}; {fix}"
        )


def messaging_key(name: str, tags: Tags | None, child: pulumi.ResourceOptions) -> kms.Key:
    """A key, rotated yearly, that IAM of its account governs and that SNS and alarms may use for that account."""
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=child.parent))
    partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).partition
    policy = pulumi.Output.all(partition, caller.account_id).apply(lambda both: key_policy(both[0], both[1]))
    return kms.Key(
        name,
        description=f"Messages of {name}",
        enable_key_rotation=True,
        policy=pulumi.Output.json_dumps(policy),
        tags=named(name, tags),
        opts=child,
    )


def key_policy(partition: str, account: str) -> dict[str, object]:
    """Who may use the key: whom IAM lets, and the services that deliver and publish on behalf of the account."""
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
