"""What one stack shares with others: a platform's parts as one output with a version, and its typed reader."""

from ._parts import PlatformCluster, PlatformLoadBalancer, PlatformNetwork, PlatformQueue, PlatformTopic
from .export_platform import SharedPlatformArgs, SharedQueueArgs, SharedTopicArgs, export_platform
from .platform import Platform

__all__ = [
    "Platform",
    "PlatformCluster",
    "PlatformLoadBalancer",
    "PlatformNetwork",
    "PlatformQueue",
    "PlatformTopic",
    "SharedPlatformArgs",
    "SharedQueueArgs",
    "SharedTopicArgs",
    "export_platform",
]
