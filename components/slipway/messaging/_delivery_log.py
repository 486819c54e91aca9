"""Role with which SNS writes its delivery log.

Source: https://docs.aws.amazon.com/sns/latest/dg/topics-attrib.html
"""

import pulumi
from pulumi_aws import iam

from slipway.common import Context, allow, child_name, document, trust_within_account

WRITE = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"]
ROLE_NAME_LENGTH = 64
SUFFIX = "-deliveries"


def check_log_role(who: str, name: str) -> None:
    """Refuse a topic's name too long for its role. Raises ArgumentError."""
    child_name(who, name, ROLE_NAME_LENGTH, SUFFIX)


def delivery_log_role(context: Context) -> pulumi.Output[str]:
    """ARN of a role for SNS of this account, limited to the log groups of SNS; known once the role may write."""
    groups = pulumi.Output.concat(
        "arn:", context.partition, ":logs:", context.region, ":", context.account_id, ":log-group:sns/*"
    )
    name = context.name + SUFFIX
    role = iam.Role(
        name,
        description=f"Writes the delivery log of {context.name}",
        assume_role_policy=trust_within_account("sns.amazonaws.com", context.child),
        tags=context.tagged(name),
        opts=context.child,
    )
    permission = iam.RolePolicy(
        name,
        role=role.name,
        policy=pulumi.Output.json_dumps(document([allow(WRITE, groups)])),
        opts=context.child,
    )
    return pulumi.Output.all(role.arn, permission.id).apply(lambda both: str(both[0]))
