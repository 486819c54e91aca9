"""ECS clusters and services on Fargate: scaling, deployments, what stands in front of the tasks."""

from ._peers import PeerArgs
from ._scaling import (
    MOST_TASKS,
    SCALE_IN_COOLDOWN_SECONDS,
    SCALE_OUT_COOLDOWN_SECONDS,
    ScalingArgs,
    ScheduleArgs,
    scalable_target,
)
from ._service_args import FargateServiceArgs
from ._service_plan import plan
from ._strategy import DeploymentArgs
from .cluster import Cluster, ClusterArgs
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
    "ScalingArgs",
    "ScheduleArgs",
    "plan",
    "scalable_target",
]
