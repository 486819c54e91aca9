"""Pulumi components that take a container from source to a running service on AWS.

A room is imported when one of its names is first used, so that a program, and the provider of dynamic resources beside it,
starts without what it does not use. Room `dynamic` is imported at once: it knows the earlier paths of classes in stacks' state.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .access import Bastion, BastionArgs, BastionTargetArgs, Host, HostArgs, HostInboundArgs
    from .common import ArgumentError
    from .eks import EksAddOnArgs, EksCluster, EksClusterArgs, EksNodeGroupArgs
    from .image import BuildSecretArgs, ContainerImage, ContainerImageArgs
    from .job import Job, JobArgs, RetryOnErrorArgs
    from .links import LinkArgs
    from .load_balancing import ListenerArgs, ListenerRuleArgs, LoadBalancer, LoadBalancerArgs
    from .messaging import FanOut, FanOutArgs, FanOutQueueArgs, Queue, QueueArgs, SenderArgs, Topic, TopicArgs
    from .network import Network, NetworkAclArgs, NetworkArgs
    from .program import GuardError, guard, speed_up_program
    from .run_before import RunBeforeArgs
    from .schedules import next_runs, unless_passed
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
    from .task import (
        ContainerHealthCheckArgs,
        MountPointArgs,
        PermissionArgs,
        ServiceConnectArgs,
        SidecarArgs,
        VolumeArgs,
    )
    from .worker import QueueWorker, QueueWorkerArgs, QueueWorkerQueueArgs, QueueWorkerTopicArgs

__version__ = "0.1.0"

import_module(".dynamic", __name__)

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
    "EksAddOnArgs",
    "EksCluster",
    "EksClusterArgs",
    "EksNodeGroupArgs",
    "FanOut",
    "FanOutArgs",
    "FanOutQueueArgs",
    "FargateService",
    "FargateServiceArgs",
    "GuardError",
    "Host",
    "HostArgs",
    "HostInboundArgs",
    "Job",
    "JobArgs",
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
    "RetryOnErrorArgs",
    "RunBeforeArgs",
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
    "guard",
    "next_runs",
    "speed_up_program",
    "unless_passed",
]

_ROOMS = {
    "access": "Bastion BastionArgs BastionTargetArgs Host HostArgs HostInboundArgs",
    "common": "ArgumentError",
    "eks": "EksAddOnArgs EksCluster EksClusterArgs EksNodeGroupArgs",
    "image": "BuildSecretArgs ContainerImage ContainerImageArgs",
    "job": "Job JobArgs RetryOnErrorArgs",
    "links": "LinkArgs",
    "load_balancing": "ListenerArgs ListenerRuleArgs LoadBalancer LoadBalancerArgs",
    "messaging": "FanOut FanOutArgs FanOutQueueArgs Queue QueueArgs SenderArgs Topic TopicArgs",
    "network": "Network NetworkAclArgs NetworkArgs",
    "program": "GuardError guard speed_up_program",
    "run_before": "RunBeforeArgs",
    "schedules": "next_runs unless_passed",
    "service": "Cluster ClusterArgs DeploymentArgs FargateService FargateServiceArgs PeerArgs ScalingArgs ScheduleArgs",
    "sharing": "Platform PlatformCluster PlatformLoadBalancer PlatformNetwork PlatformQueue PlatformTopic SharedPlatformArgs "
    "SharedQueueArgs SharedTopicArgs export_platform",
    "task": "ContainerHealthCheckArgs MountPointArgs PermissionArgs ServiceConnectArgs SidecarArgs VolumeArgs",
    "worker": "QueueWorker QueueWorkerArgs QueueWorkerQueueArgs QueueWorkerTopicArgs",
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """A public name, from its room."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Every public name, imported or not."""
    return sorted({*globals(), *__all__})
