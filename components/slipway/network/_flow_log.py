"""Flow logs of a VPC, written to a log group by a role that can write there only.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from slipway.common import Tags, allow, document, named, trust_within_account

AGGREGATION_SECONDS = 60  # 60 or 600; the shorter shows a rejected connection while someone is still looking


def flow_log(
    name: str, vpc_id: pulumi.Output[str], days: int, tags: Tags | None, child: pulumi.ResourceOptions
) -> cloudwatch.LogGroup:
    """VPC id to the log group that receives a record of every connection, accepted or rejected."""
    flow = f"{name}-flow"
    group = cloudwatch.LogGroup(flow, retention_in_days=days, tags=named(flow, tags), opts=child)
    trusted = trust_within_account("vpc-flow-logs.amazonaws.com", child)
    role = iam.Role(
        flow,
        description=f"Writes the flow logs of {name}",
        assume_role_policy=trusted,
        tags=named(flow, tags),
        opts=child,
    )
    write = allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(group.arn, ":*"))
    find = allow(["logs:DescribeLogGroups", "logs:DescribeLogStreams"], pulumi.Output.concat(group.arn, ":*"))
    grant = iam.RolePolicy(flow, role=role.name, policy=pulumi.Output.json_dumps(document([write, find])), opts=child)
    ec2.FlowLog(
        name,
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=AGGREGATION_SECONDS,
        tags=named(name, tags),
        # AWS refuses a second flow log from one VPC to one group.
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[grant], delete_before_replace=True),
    )
    return group
