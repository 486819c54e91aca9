"""EKS clusters: control plane, access, nodes and add-ons."""

from ._eks_args import EksAddOnArgs, EksClusterArgs, EksNodeGroupArgs
from .eks_cluster import EksCluster

__all__ = ["EksAddOnArgs", "EksCluster", "EksClusterArgs", "EksNodeGroupArgs"]
