"""The role by which SNS writes its delivery log.

Source: https://docs.aws.amazon.com/sns/latest/dg/topics-attrib.html
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws import iam

from slipway.common import Tags, allow, child_name, document, named, trust_within_account

WRITE = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"]


ROLE_NAME_LENGTH = 64
SUFFIX = "-deliveries"


def check_log_role(who: str, name: str) -> None:
    """Refuse a topic's name that is too long for its role."""
    child_name(who, name, ROLE_NAME_LENGTH, SUFFIX)


def delivery_log_role(name: str, tags: Tags | None, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """A role for SNS of this account, limited to the log groups of SNS, once it may write; its ARN."""
    lookup = pulumi.InvokeOutputOptions(parent=child.parent)
    caller, place = aws.get_caller_identity_output(opts=lookup), aws.get_region_output(opts=lookup)
    partition = aws.get_partition_output(opts=lookup).partition
    groups = pulumi.Output.concat("arn:", partition, ":logs:", place.region, ":", caller.account_id, ":log-group:sns/*")
    role = iam.Role(
        name + SUFFIX,
        description=f"Writes the delivery log of {name}",
        assume_role_policy=trust_within_account("sns.amazonaws.com", child),
        tags=named(name + SUFFIX, tags),
        opts=child,
    )
    write = iam.RolePolicy(
        name + SUFFIX,
        role=role.name,
        policy=pulumi.Output.json_dumps(document([allow(WRITE, groups)])),
        opts=child,
    )
    return pulumi.Output.all(role.arn, write.id).apply(lambda both: str(both[0]))
