"""A workload to its ECS task definition: containers, volumes, roles, sizes."""

from ._container import STOP_BOUNDS_SECONDS, check_secret_arn, check_variable_name
from ._health_check import ContainerHealthCheckArgs
from ._service_connect import ServiceConnect, ServiceConnectArgs, service_connect
from ._sidecar import SidecarArgs
from ._task_definition import Task, task
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
    "ServiceConnect",
    "ServiceConnectArgs",
    "SidecarArgs",
    "Task",
    "Volume",
    "VolumeArgs",
    "Workload",
    "check_secret_arn",
    "check_variable_name",
    "service_connect",
    "task",
    "workload",
]
