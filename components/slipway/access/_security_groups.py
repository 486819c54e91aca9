"""Security groups of a bastion: its own, its endpoint's, and the rules in the groups of its targets.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html
"""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import ec2transitgateway, vpc

from slipway.common import ANYWHERE, HTTPS, Context, Gate, block_name, closed_group
from slipway.ec2 import SSH

from ._targets import Target

EVERY_PORT = (0, 65535)


def bastion_group(context: Context, vpc_id: pulumi.Input[str], vpc_cidr_block: pulumi.Input[str]) -> Gate:
    """A group that allows connections to the VPC, and to HTTPS for Session Manager and packages."""
    gate = closed_group(context.name, vpc_id, "Bastion", context.tags, context.child)
    gate.let_out("vpc", EVERY_PORT, "Everything in the VPC", vpc_cidr_block)
    gate.let_out("https", (HTTPS, HTTPS), "Session Manager and packages", ANYWHERE)
    return gate


def let_ssh_in(gate: Gate, blocks: Sequence[str], prefix_list_ids: Sequence[str]) -> None:
    """Open ssh to networks and prefix lists."""
    for block in blocks:
        gate.let_in(f"ssh-{block_name(block)}", SSH, f"ssh from {block}", block)
    for prefix_list in prefix_list_ids:
        gate.let_in_listed(f"ssh-{prefix_list}", SSH, f"ssh from {prefix_list}", prefix_list)


def connect_endpoint(context: Context, subnet_id: pulumi.Input[str], vpc_id: pulumi.Input[str], bastion: Gate) -> None:
    """An EC2 Instance Connect Endpoint with access to the bastion's ssh and nothing else."""
    name = f"{context.name}-connect"
    gate = closed_group(name, vpc_id, "Instance Connect Endpoint of a bastion", context.tags, context.child)
    gate.let_out_to("ssh", SSH, f"ssh to {context.name}", bastion.group_id)
    bastion.let_in_from("ssh-connect", SSH, "ssh from the Instance Connect Endpoint", gate.group_id)
    ec2transitgateway.InstanceConnectEndpoint(
        name,
        subnet_id=subnet_id,
        security_group_ids=[gate.group_id],
        preserve_client_ip=False,  # the bastion's rule names the endpoint's group, not its clients
        tags=context.tagged(name),
        # A VPC can have one endpoint, and an endpoint cannot be changed.
        opts=pulumi.ResourceOptions(parent=context.child.parent, delete_before_replace=True),
    )


def open_targets(context: Context, bastion: Gate, targets: Mapping[str, Target]) -> None:
    """Let the bastion into the security groups of its targets, each on its port."""
    for key, target in targets.items():
        if target.security_group_id is None:
            continue
        name = f"{context.name}-to-{key}"
        vpc.SecurityGroupIngressRule(
            name,
            security_group_id=target.security_group_id,
            description=f"From bastion {context.name} to {key}",
            ip_protocol="tcp",
            from_port=target.port,
            to_port=target.port,
            referenced_security_group_id=bastion.group_id,
            tags=context.tagged(name),
            opts=context.child,
        )
