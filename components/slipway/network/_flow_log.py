"""Flow log of a VPC, with its log group and a role that can write there only.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from slipway.common import allow, document, trust_within_account

from ._routing import Site

AGGREGATION_SECONDS = 60  # 60 or 600; with 60 a rejected connection shows up while someone is still looking


def flow_log(site: Site, retention_days: int) -> cloudwatch.LogGroup:
    """The log group that gets a record of every connection, accepted or rejected."""
    context, name = site.context, f"{site.context.name}-flow"
    tags = context.tagged(name)
    group = cloudwatch.LogGroup(name, retention_in_days=retention_days, tags=tags, opts=context.child)
    role = iam.Role(
        name,
        description=f"Writes the flow logs of {context.name}",
        assume_role_policy=trust_within_account("vpc-flow-logs.amazonaws.com", context.child),
        tags=tags,
        opts=context.child,
    )
    streams = pulumi.Output.concat(group.arn, ":*")
    write = allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams)
    describe = allow(["logs:DescribeLogGroups", "logs:DescribeLogStreams"], streams)
    policy = pulumi.Output.json_dumps(document([write, describe]))
    role_policy = iam.RolePolicy(name, role=role.name, policy=policy, opts=context.child)
    ec2.FlowLog(
        context.name,
        vpc_id=site.vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=AGGREGATION_SECONDS,
        tags=context.tagged(context.name),
        # AWS refuses a second flow log from one VPC to one group.
        opts=pulumi.ResourceOptions(parent=context.child.parent, depends_on=[role_policy], delete_before_replace=True),
    )
    return group
