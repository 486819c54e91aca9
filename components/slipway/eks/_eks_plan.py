"""Checks of the arguments of EksCluster.

Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments, check_not_everyone, child_name, key_arn, shown

from ._access_plan import AccessPlan, access_plan, check_role
from ._add_on_plan import AddOnPlan, add_on_plans
from ._eks_args import EksClusterArgs
from ._node_plan import NodePlan, node_plan

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
KUBERNETES = re.compile(r"1\.[1-9][0-9]", re.ASCII)
ROLE_NAME_LENGTH = 64  # of IAM; the cluster has its role's name
STANDARD = "STANDARD"
SUPPORT_TYPES = (STANDARD, "EXTENDED")
MOST_BLOCKS = 40  # https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
# EKS: "The blocks cannot include reserved addresses".
RESERVED = [
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
]
OF_EXISTING = ("cluster_name", "deployer_role_arn")


@dataclass(frozen=True)
class ExistingPlan:
    """A cluster of somebody else."""

    name: pulumi.Input[str]
    deployer_role_arn: pulumi.Input[str]


@dataclass(frozen=True)
class ClusterPlan:
    """A checked new cluster with every default filled in."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    access: AccessPlan
    nodes: NodePlan
    add_ons: Mapping[str, AddOnPlan]
    version: str | None
    """None for EKS's own."""
    support_type: str
    allowed_cidr_blocks: Sequence[str]
    """Empty for a private address only."""
    kms_key_arn: pulumi.Input[str] | None
    """None for a new key."""
    log_retention_days: int
    deletion_protection: bool


def cluster_plan(arguments: Arguments, name: str) -> ClusterPlan | ExistingPlan:
    """Check the arguments of a cluster. Raises ArgumentError."""
    arguments.goes_with("deployer_role_arn", "cluster_name")
    if arguments.has("cluster_name"):
        return existing_plan(arguments)
    child_name(arguments.who, name, ROLE_NAME_LENGTH, "-nodes")
    subnets = arguments.input("subnet_ids")
    if subnets is None:
        fix = "give it private subnets of two zones, such as those of a Network"
        raise arguments.error("subnet_ids", f"is required for a new cluster, got nothing; {fix}")
    if isinstance(subnets, Sequence) and len(subnets) < 2:
        raise arguments.error("subnet_ids", f"must be of two zones at least, got {len(subnets)}")
    key_arn(arguments.who, "kms_key_arn", arguments.input("kms_key_arn"))
    access, nodes = access_plan(arguments), node_plan(arguments)
    return ClusterPlan(
        subnet_ids=arguments.required_inputs("subnet_ids"),
        access=access,
        nodes=nodes,
        add_ons=add_on_plans(arguments, is_auto=nodes.is_auto),
        version=kubernetes_version(arguments),
        support_type=arguments.one_of("support_type", SUPPORT_TYPES, STANDARD),
        allowed_cidr_blocks=allowed_cidr_blocks(arguments),
        kms_key_arn=arguments.input("kms_key_arn"),
        log_retention_days=arguments.retention_days("log_retention_days"),
        deletion_protection=arguments.flag("deletion_protection"),
    )


def existing_plan(arguments: Arguments) -> ExistingPlan:
    """Name and role of an existing cluster, and nothing beside them."""
    others = [key for key in EksClusterArgs.__annotations__ if key not in OF_EXISTING]
    arguments.not_with("cluster_name", others, "which uses an existing cluster without changes")
    name, role = arguments.required_input("cluster_name"), arguments.input("deployer_role_arn")
    if isinstance(name, str) and not NAME.fullmatch(name):
        rule = "must be 1-100 letters, digits, hyphens and underscores, and start with a letter or digit"
        raise arguments.error("cluster_name", f"{rule}, got {shown(name)}")
    if role is None:
        fix = "set the role of your deployments, which the cluster's owner has let in"
        raise arguments.error("deployer_role_arn", f"is required with cluster_name, got nothing; {fix}")
    check_role(arguments, "deployer_role_arn", role)
    return ExistingPlan(name, role)


def kubernetes_version(arguments: Arguments) -> str | None:
    """A minor version of Kubernetes."""
    version = arguments.optional_text("version")
    if version is not None and not KUBERNETES.fullmatch(version):
        fix = "write it like 1.35, EKS chooses the patch"
        raise arguments.error("version", f"must be a minor version of Kubernetes, got {shown(version)}; {fix}")
    return version


def allowed_cidr_blocks(arguments: Arguments) -> Sequence[str]:
    """Public networks with access to the Kubernetes API."""
    blocks = arguments.cidr_blocks("allowed_cidr_blocks")
    if len(blocks) > MOST_BLOCKS:
        fix = "join networks, or use a private address"
        raise arguments.error(
            "allowed_cidr_blocks", f"must be at most {MOST_BLOCKS} networks, got {len(blocks)}; {fix}"
        )
    check_not_everyone(arguments.who, "allowed_cidr_blocks", blocks)
    for index, block in enumerate(blocks):
        if any(ipaddress.IPv4Network(block).overlaps(reserved) for reserved in RESERVED):
            fix = "the private address needs no entry, remove it"
            place = f"allowed_cidr_blocks[{index}]"
            raise ArgumentError(f"{arguments.who}: {place} must be a public network, got {block}; {fix}")
    return blocks
