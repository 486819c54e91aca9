"""A workload to its ECS task definition: containers, volumes, roles, sizes."""

from ._container import STOP_BOUNDS_SECONDS, ContainerHealthCheckArgs
from ._service_connect import ServiceConnectArgs, check_service_connect, service_connect
from ._sidecar import SidecarArgs
from ._task_definition import Task, port_owner, task
from ._volume import NFS, MountPointArgs, Volume, VolumeArgs
from ._workload import ARCHITECTURE, ARCHITECTURES, PermissionArgs, Workload, workload

__all__ = [
    "ARCHITECTURE",
    "ARCHITECTURES",
    "NFS",
    "STOP_BOUNDS_SECONDS",
    "ContainerHealthCheckArgs",
    "MountPointArgs",
    "PermissionArgs",
    "ServiceConnectArgs",
    "SidecarArgs",
    "Task",
    "Volume",
    "VolumeArgs",
    "Workload",
    "check_service_connect",
    "port_owner",
    "service_connect",
    "task",
    "workload",
]
