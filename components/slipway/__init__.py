"""Pulumi components that take a container from source to a running service on AWS."""

from ._bastion_args import BastionArgs
from ._checks import ArgumentError
from ._container import ContainerHealthCheckArgs
from ._image_args import BuildSecretArgs, ContainerImageArgs
from ._listener_rule import ListenerArgs, ListenerRuleArgs
from ._load_balancer_args import LoadBalancerArgs
from ._network_acls import NetworkAclArgs
from ._peers import PeerArgs
from ._scaling import ScalingArgs, ScheduleArgs
from ._service_args import FargateServiceArgs
from ._service_connect import ServiceConnectArgs
from ._sidecar import SidecarArgs
from ._strategy import DeploymentArgs
from ._targets import BastionTargetArgs
from ._volume import MountPointArgs, VolumeArgs
from ._worker_args import QueueWorkerArgs, QueueWorkerQueueArgs, QueueWorkerTopicArgs
from ._workload import PermissionArgs
from .bastion import Bastion
from .cluster import Cluster, ClusterArgs
from .container_image import ContainerImage
from .fan_out import FanOut, FanOutArgs, FanOutQueueArgs
from .fargate_service import FargateService
from .host import Host, HostArgs, HostInboundArgs
from .load_balancer import LoadBalancer
from .network import Network, NetworkArgs
from .queue import Queue, QueueArgs
from .queue_worker import QueueWorker
from .topic import Topic, TopicArgs

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Bastion",
    "BastionArgs",
    "BastionTargetArgs",
    "BuildSecretArgs",
    "Cluster",
    "ClusterArgs",
    "ContainerHealthCheckArgs",
    "ContainerImage",
    "ContainerImageArgs",
    "DeploymentArgs",
    "FanOut",
    "FanOutArgs",
    "FanOutQueueArgs",
    "FargateService",
    "FargateServiceArgs",
    "Host",
    "HostArgs",
    "HostInboundArgs",
    "ListenerArgs",
    "ListenerRuleArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "MountPointArgs",
    "Network",
    "NetworkAclArgs",
    "NetworkArgs",
    "PeerArgs",
    "PermissionArgs",
    "Queue",
    "QueueArgs",
    "QueueWorker",
    "QueueWorkerArgs",
    "QueueWorkerQueueArgs",
    "QueueWorkerTopicArgs",
    "ScalingArgs",
    "ScheduleArgs",
    "ServiceConnectArgs",
    "SidecarArgs",
    "Topic",
    "TopicArgs",
    "VolumeArgs",
]
