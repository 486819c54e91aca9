"""Pulumi components that take a container from source to a running service on AWS."""

from .access import Bastion, BastionArgs, BastionTargetArgs, Host, HostArgs, HostInboundArgs
from .common import ArgumentError
from .image import BuildSecretArgs, ContainerImage, ContainerImageArgs
from .links import LinkArgs
from .load_balancing import ListenerArgs, ListenerRuleArgs, LoadBalancer, LoadBalancerArgs
from .messaging import FanOut, FanOutArgs, FanOutQueueArgs, Queue, QueueArgs, SenderArgs, Topic, TopicArgs
from .network import Network, NetworkAclArgs, NetworkArgs
from .program import speed_up_program
from .service import (
    Cluster,
    ClusterArgs,
    DeploymentArgs,
    FargateService,
    FargateServiceArgs,
    PeerArgs,
    ScalingArgs,
    ScheduleArgs,
)
from .sharing import (
    Platform,
    PlatformCluster,
    PlatformLoadBalancer,
    PlatformNetwork,
    PlatformQueue,
    PlatformTopic,
    SharedPlatformArgs,
    SharedQueueArgs,
    SharedTopicArgs,
    export_platform,
)
from .task import ContainerHealthCheckArgs, MountPointArgs, PermissionArgs, ServiceConnectArgs, SidecarArgs, VolumeArgs
from .worker import QueueWorker, QueueWorkerArgs, QueueWorkerQueueArgs, QueueWorkerTopicArgs

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
    "LinkArgs",
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
    "Platform",
    "PlatformCluster",
    "PlatformLoadBalancer",
    "PlatformNetwork",
    "PlatformQueue",
    "PlatformTopic",
    "Queue",
    "QueueArgs",
    "QueueWorker",
    "QueueWorkerArgs",
    "QueueWorkerQueueArgs",
    "QueueWorkerTopicArgs",
    "ScalingArgs",
    "ScheduleArgs",
    "SenderArgs",
    "ServiceConnectArgs",
    "SharedPlatformArgs",
    "SharedQueueArgs",
    "SharedTopicArgs",
    "SidecarArgs",
    "Topic",
    "TopicArgs",
    "VolumeArgs",
    "export_platform",
    "speed_up_program",
]
