"""ECS clusters and services on Fargate: plans, fronts, scaling, deployments; peers and placement of every task."""

from ._cluster_plan import ClusterArgs
from ._peers import PeerArgs, Peers, open_to_peers, peers
from ._planned_service import Service, planned_service
from ._scaling import (
    MOST_TASKS,
    SCALE_IN_COOLDOWN_SECONDS,
    SCALE_OUT_COOLDOWN_SECONDS,
    ScalingArgs,
    ScheduleArgs,
    scalable_target,
)
from ._service_args import FargateServiceArgs
from ._service_plan import Placement, ServicePlan, placement, service_plan
from ._strategy import DeploymentArgs
from .cluster import Cluster
from .fargate_service import FargateService

__all__ = [
    "MOST_TASKS",
    "SCALE_IN_COOLDOWN_SECONDS",
    "SCALE_OUT_COOLDOWN_SECONDS",
    "Cluster",
    "ClusterArgs",
    "DeploymentArgs",
    "FargateService",
    "FargateServiceArgs",
    "PeerArgs",
    "Peers",
    "Placement",
    "ScalingArgs",
    "ScheduleArgs",
    "Service",
    "ServicePlan",
    "open_to_peers",
    "peers",
    "placement",
    "planned_service",
    "scalable_target",
    "service_plan",
]
