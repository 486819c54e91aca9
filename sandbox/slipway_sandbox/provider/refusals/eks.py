"""What EKS refuses: roles that it may not assume, subnets that do not do.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def cluster_role_of_others(scope: Scope) -> str | None:
    """A cluster's role that does not exist, or that EKS may not assume."""
    arn = scope.inputs["roleArn"]
    if lookups.may_assume(scope, arn, "eks.amazonaws.com"):
        return None
    return f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"


def one_zone(scope: Scope) -> str | None:
    """A cluster whose subnets are all in one zone."""
    zones = {each["AvailabilityZone"] for each in lookups.subnets(scope, scope.inputs["vpcConfig"]["subnetIds"])}
    return "Subnets specified must be in at least two different AZs" if len(zones) == 1 else None


def group_of_another_vpc(scope: Scope) -> str | None:
    """A cluster with a security group of another VPC."""
    network = scope.inputs["vpcConfig"]
    groups = network.get("securityGroupIds") or []
    if lookups.foreign_group(scope, network["subnetIds"], groups) is None:
        return None
    return f"Security group(s) [{', '.join(groups)}] are not associated to the same VPC as the subnets."


def node_role_of_others(scope: Scope) -> str | None:
    """Nodes with a role that does not exist, or that EC2 may not assume."""
    arn = scope.inputs["nodeRoleArn"]
    if lookups.may_assume(scope, arn, "ec2.amazonaws.com"):
        return None
    return (
        "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of "
        f"nodeRole {arn}"
    )


def pod_role_of_others(scope: Scope) -> str | None:
    """A Fargate profile with a role that does not exist, or that Fargate may not assume for pods."""
    if lookups.may_assume(scope, scope.inputs["podExecutionRoleArn"], "eks-fargate-pods.amazonaws.com"):
        return None
    return (
        "Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal"
    )


def public_subnet(scope: Scope) -> str | None:
    """A Fargate profile in a subnet with a route to an internet gateway."""
    for subnet in lookups.subnets(scope, scope.inputs.get("subnetIds") or []):
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
    Refusal(*PROFILE, "subnetIds", public_subnet, "take subnets whose way out is a NAT gateway"),
)
