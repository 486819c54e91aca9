"""Roles of a cluster and of its nodes, with AWS's managed policies: EKS refuses roles without them.

Source: https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html
Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import iam

from slipway.common import Context, Statement, allow, document

EKS, EC2 = "eks.amazonaws.com", "ec2.amazonaws.com"
CLUSTER_POLICIES = {
    True: (
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    ),
    False: ("AmazonEKSClusterPolicy",),
}
"""Managed policies of the control plane's role, with Auto Mode and without."""
NODE_POLICIES = {
    True: ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"),
    False: ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"),
}
# https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey")


@dataclass(frozen=True)
class Role:
    """A role, and its policies, for which its users wait."""

    resource: iam.Role
    policies: Sequence[pulumi.Resource]


def cluster_role(context: Context, key_arn: pulumi.Input[str], *, is_auto: bool) -> Role:
    """The control plane's role, named after the component. The cluster has the same name."""
    role = new_role(context, "Control plane of an EKS cluster", EKS, ("sts:AssumeRole", "sts:TagSession"))
    policies = attached(context, role, CLUSTER_POLICIES[is_auto])
    policy = pulumi.Output.json_dumps(document([allow(KEY_ACTIONS, key_arn)]))
    grant = iam.RolePolicy(context.name, role=role.name, policy=policy, opts=context.child)
    return Role(role, [*policies, grant])


def node_role(context: Context, *, is_auto: bool) -> Role:
    """The nodes' role: they join the cluster and pull images."""
    role = new_role(context, "Nodes of an EKS cluster", EC2, ("sts:AssumeRole",))
    return Role(role, attached(context, role, NODE_POLICIES[is_auto]))


def new_role(context: Context, description: str, service: str, actions: Sequence[str]) -> iam.Role:
    """A role for a service."""
    trust: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions)}
    return iam.Role(
        context.name,
        description=description,
        assume_role_policy=json.dumps(document([trust])),
        tags=context.tagged(context.name),
        opts=context.child,
    )


def attached(context: Context, role: iam.Role, policies: Sequence[str]) -> list[pulumi.Resource]:
    """Attachments of AWS's managed policies."""
    partition = aws.get_partition_output(opts=context.lookup).partition
    return [
        iam.RolePolicyAttachment(
            f"{context.name}-{policy.replace('_', '-')}",
            role=role.name,
            policy_arn=pulumi.Output.concat("arn:", partition, ":iam::aws:policy/", policy),
            opts=context.child,
        )
        for policy in policies
    ]
