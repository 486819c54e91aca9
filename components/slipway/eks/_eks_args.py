"""Arguments of EksCluster.

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.words import NodePool, SupportType


class EksNodeGroupArgs(TypedDict):
    """A managed node group of an EksCluster. Its nodes run Amazon Linux 2023 on an encrypted disk."""

    instance_types: NotRequired[list[str]]
    """Instance types of one processor architecture; EKS takes the first that is available. Default: [m7i.large]."""
    min_size: NotRequired[int]
    """Fewest nodes, 0-450. Default: 2."""
    max_size: NotRequired[int]
    """Most nodes, 1-450; at least min_size. Default: 4, or min_size where that is more."""
    disk_gib: NotRequired[int]
    """Size of each node's disk in GiB, 20-16384. Default: 20."""
    spot: NotRequired[bool]
    """Take Spot capacity, which AWS may take back after two minutes. Default: false."""


class EksAddOnArgs(TypedDict):
    """An add-on of an EksCluster."""

    version: NotRequired[str]
    """Version, such as v1.20.4-eksbuild.1. Default: EKS's own for the cluster's version, when the add-on is made."""
    service_account_role_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Role of each service account of the add-on, by Pod Identity; its trust policy lets in pods.eks.amazonaws.com.
    Default: none."""


class EksClusterArgs(TypedDict):
    """Arguments of EksCluster."""

    cluster_name: NotRequired[pulumi.Input[str]]
    """Name of an existing cluster, used without any change; nothing is created, and the outputs are the same.
    Default: a new cluster."""
    deployer_role_arn: NotRequired[pulumi.Input[str]]
    """With cluster_name, the role of deployments, which its owner has let in as an administrator.
    Default: a new cluster has `deployer`."""
    subnet_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Private subnets in at least two zones, for the control plane's interfaces and the nodes; required for a new
    cluster, which keeps those of its creation. Default: an existing cluster has its own."""
    admins: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Roles with every right in Kubernetes, by a name of your choice; required for a new cluster. Nobody else comes in,
    not even the creator. Default: none, with cluster_name."""
    viewers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Roles that may read everything in Kubernetes but secrets, by a name of your choice. Default: none."""
    deployer: NotRequired[str]
    """Which of `admins` deploys, by its name; its role is in the kubeconfig. Default: the only one; with several it is
    required."""
    version: NotRequired[str]
    """Version of Kubernetes, such as 1.35; it is raised by one minor version at a time, and never lowered. Default:
    EKS's own at the creation, which EKS raises when its support ends."""
    support_type: NotRequired[SupportType]
    """When standard support of the version ends: STANDARD upgrades the cluster; EXTENDED keeps the version for another
    year, at six times the price. Default: STANDARD."""
    node_pools: NotRequired[list[NodePool]]
    """Built-in node pools of Auto Mode: general-purpose for workloads, system for add-ons. Default: both."""
    node_groups: NotRequired[Mapping[str, EksNodeGroupArgs]]
    """Managed node groups, by a name of your choice, in place of Auto Mode. Default: Auto Mode."""
    add_ons: NotRequired[Mapping[str, EksAddOnArgs]]
    """Add-ons of EKS by their own names, such as aws-efs-csi-driver. Default: metrics-server; with node groups also
    vpc-cni, kube-proxy, coredns and eks-pod-identity-agent, which Auto Mode has built in."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """Public IPv4 networks with access to the Kubernetes API, at most 40. Default: none, the API has a private address
    only."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key for Kubernetes secrets. The cluster keeps it for good. Default: a new key, rotated yearly."""
    log_retention_days: NotRequired[int]
    """Retention of the control plane's logs in days, one of the values of CloudWatch Logs, such as 7, 30 or 365.
    Default: 30."""
    deletion_protection: NotRequired[bool]
    """Refuse to delete the cluster until this is switched off. Default: false."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource. Default: a Name, and the provider's own."""
