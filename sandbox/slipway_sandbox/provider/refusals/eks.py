"""EKS's refusals of roles and subnets.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, text, texts
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def cluster_role_of_others(scope: Scope) -> str | None:
    """A cluster with a missing role, or one without trust in EKS."""
    arn = text(scope.inputs, "roleArn")
    if lookups.may_assume(scope, arn, "eks.amazonaws.com"):
        return None
    return f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"


def one_zone(scope: Scope) -> str | None:
    """A cluster with all subnets in one zone."""
    subnets = lookups.subnets(scope, texts(block(scope.inputs, "vpcConfig"), "subnetIds"))
    zones = {text(subnet, "AvailabilityZone") for subnet in subnets}
    return "Subnets specified must be in at least two different AZs" if len(zones) == 1 else None


def group_of_another_vpc(scope: Scope) -> str | None:
    """A cluster with a security group of another VPC."""
    network = block(scope.inputs, "vpcConfig")
    groups = texts(network, "securityGroupIds")
    if lookups.foreign_group(scope, texts(network, "subnetIds"), groups) is None:
        return None
    return f"Security group(s) [{', '.join(groups)}] are not associated to the same VPC as the subnets."


def node_role_of_others(scope: Scope) -> str | None:
    """Nodes with a missing role, or one without trust in EC2."""
    arn = text(scope.inputs, "nodeRoleArn")
    if lookups.may_assume(scope, arn, "ec2.amazonaws.com"):
        return None
    return (
        "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of "
        f"nodeRole {arn}"
    )


def pod_role_of_others(scope: Scope) -> str | None:
    """A Fargate profile with a missing role, or one without trust in Fargate's pods."""
    if lookups.may_assume(scope, text(scope.inputs, "podExecutionRoleArn"), "eks-fargate-pods.amazonaws.com"):
        return None
    return (
        "Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal"
    )


def public_subnet(scope: Scope) -> str | None:
    """A Fargate profile in a subnet with a route to an internet gateway."""
    for subnet in lookups.subnets(scope, texts(scope.inputs, "subnetIds")):
        routes = lookups.routes_of(scope, subnet)
        if any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes):
            return f"Subnet {subnet['SubnetId']} provided in Fargate Profile is not a private subnet"
    return None


CLUSTER = ("aws:eks/cluster:Cluster", "CreateCluster", "InvalidParameterException")
PROFILE = ("aws:eks/fargateProfile:FargateProfile", "CreateFargateProfile", "InvalidParameterException")
REFUSALS = (
    Refusal(
        *CLUSTER,
        "roleArn",
        cluster_role_of_others,
        "its trust policy must allow sts:AssumeRole to eks.amazonaws.com",
    ),
    Refusal(*CLUSTER, "vpcConfig", one_zone, "name subnets of two zones"),
    Refusal(*CLUSTER, "vpcConfig", group_of_another_vpc, "take both from one VPC"),
    Refusal(
        "aws:eks/nodeGroup:NodeGroup",
        "CreateNodegroup",
        "InvalidParameterException",
        "nodeRoleArn",
        node_role_of_others,
        "its trust policy must allow sts:AssumeRole to ec2.amazonaws.com",
    ),
    Refusal(*PROFILE, "podExecutionRoleArn", pod_role_of_others, "its trust policy must allow sts:AssumeRole to it"),
    Refusal(*PROFILE, "subnetIds", public_subnet, "take subnets with a route to a NAT gateway"),
)
