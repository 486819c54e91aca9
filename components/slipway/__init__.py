"""Pulumi components that take a container from source to a running service on AWS."""

from ._checks import ArgumentError
from ._load_balancer import LoadBalancerArgs
from ._workload import PermissionArgs
from ._targets import BastionTargetArgs
from .bastion import Bastion, BastionArgs
from .cluster import Cluster, ClusterArgs
from .container_image import ContainerImage, ContainerImageArgs
from .fan_out import FanOut, FanOutArgs, FanOutQueueArgs
from .fargate_service import FargateService, FargateServiceArgs
from .network import Network, NetworkArgs
from .host import Host, HostArgs, HostInboundArgs
from .queue import Queue, QueueArgs
from .queue_worker import QueueWorker, QueueWorkerArgs
from .topic import Topic, TopicArgs

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Bastion",
    "BastionArgs",
    "Cluster",
    "BastionTargetArgs",
    "ClusterArgs",
    "ContainerImage",
    "ContainerImageArgs",
    "FanOut",
    "FanOutArgs",
    "FanOutQueueArgs",
    "FargateService",
    "FargateServiceArgs",
    "LoadBalancerArgs",
    "Network",
    "Host",
    "HostArgs",
    "HostInboundArgs",
    "NetworkArgs",
    "PermissionArgs",
    "Queue",
    "QueueArgs",
    "QueueWorker",
    "QueueWorkerArgs",
    "Topic",
    "TopicArgs",
]
