"""Volumes of a task: directories that its containers share, on the task's disk or on an EFS file system.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ecs

from slipway.common import Arguments, Statement, allow, not_empty, shown

NFS = 2049
FILE_SYSTEM_ARN = re.compile(r"arn:aws[a-z-]*:elasticfilesystem:[^:]+:[0-9]{12}:file-system/fs-[0-9a-f]+")
ACCESS_POINT_ARN = re.compile(r"arn:aws[a-z-]*:elasticfilesystem:[^:]+:[0-9]{12}:access-point/fsap-[0-9a-f]+")
ONLY_EFS = ("access_point_arn", "security_group_id", "read_only")


class VolumeArgs(TypedDict):
    """A directory that containers of a task share. It is empty at the start of a task; on EFS it outlives tasks."""

    file_system_arn: NotRequired[pulumi.Input[str]]
    """EFS file system, mounted over TLS with the task's role. Default: the task's own disk."""
    access_point_arn: NotRequired[pulumi.Input[str]]
    """Access point of the file system: its directory and its user. Default: the root of the file system."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the file system's mount targets, needed with `file_system_arn`. Opens NFS from the tasks, in
    both groups. Default: none."""
    read_only: NotRequired[bool]
    """Allow the task's role to read only. Default: false."""


class MountPointArgs(TypedDict):
    """A volume at a path of a container."""

    volume: str
    """Name of a volume in `volumes`."""
    path: str
    """Absolute path in the container, such as /data."""
    read_only: NotRequired[bool]
    """Allow the container to read only. Default: false."""


@dataclass(frozen=True)
class MountPoint:
    """A checked mount point."""

    volume: str
    path: str
    read_only: bool


@dataclass(frozen=True)
class Volume:
    """A checked volume; without a file system it is on the task's disk."""

    name: str
    file_system_arn: pulumi.Input[str] | None
    access_point_arn: pulumi.Input[str] | None
    security_group_id: pulumi.Input[str] | None
    read_only: bool

    def definition(self) -> ecs.TaskDefinitionVolumeArgsDict:
        """The volume in a task definition."""
        if self.file_system_arn is None:
            return {"name": self.name}
        point = self.access_point_arn
        mount: ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgsDict = {
            "file_system_id": pulumi.Output.from_input(self.file_system_arn).apply(last_part),
            "transit_encryption": "ENABLED",
            "authorization_config": {
                "iam": "ENABLED",
                "access_point_id": None if point is None else pulumi.Output.from_input(point).apply(last_part),
            },
        }
        return {"name": self.name, "efs_volume_configuration": mount}

    def statements(self) -> list[Statement]:
        """Permissions of the task's role to mount the file system."""
        if self.file_system_arn is None:
            return []
        actions = ["elasticfilesystem:ClientMount"]
        if not self.read_only:
            actions.append("elasticfilesystem:ClientWrite")
        statement = allow(actions, self.file_system_arn)
        if self.access_point_arn is not None:
            condition = {"elasticfilesystem:AccessPointArn": self.access_point_arn}
            statement["Condition"] = {"StringEquals": condition}
        return [statement]


def volumes(arguments: Arguments) -> list[Volume]:
    """Check the volumes of a task. Raises ArgumentError."""
    names = arguments.child_keys("volumes")
    return [volume(name, entry) for name, (_, entry) in zip(names, arguments.each("volumes"), strict=True)]


def volume(name: str, arguments: Arguments) -> Volume:
    """Check one volume: EFS settings need a file system, and a file system needs its security group."""
    arn, point = arguments.input("file_system_arn"), arguments.input("access_point_arn")
    for key in ONLY_EFS:
        if arn is None and arguments.has(key):
            raise arguments.error(key, f"needs file_system_arn, got none; set it or leave {key} out")
    if isinstance(arn, str) and not FILE_SYSTEM_ARN.fullmatch(arn):
        raise arguments.error("file_system_arn", f"must be the ARN of an EFS file system, got {shown(arn)}")
    if isinstance(point, str) and not ACCESS_POINT_ARN.fullmatch(point):
        raise arguments.error("access_point_arn", f"must be the ARN of an access point, got {shown(point)}")
    group_id = arguments.input("security_group_id")
    if arn is not None and group_id is None:
        fix = "without it the tasks reach HTTPS only"
        raise arguments.error("file_system_arn", f"needs security_group_id, got none; {fix}")
    return Volume(
        name=name,
        file_system_arn=None if arn is None else arguments.written_input("file_system_arn"),
        access_point_arn=None if point is None else arguments.written_input("access_point_arn"),
        security_group_id=group_id,
        read_only=arguments.flag("read_only"),
    )


def mount_points(arguments: Arguments) -> list[MountPoint]:
    """The mount points of one container."""
    return [
        MountPoint(entry.text("volume"), entry.text("path"), entry.flag("read_only"))
        for _, entry in arguments.each("mount_points")
    ]


def check_mount_points(arguments: Arguments, volume_names: Sequence[str]) -> set[str]:
    """Refuse unknown volumes, wrong paths and a path used twice in one container; the volumes that it mounts."""
    paths: set[str] = set()
    for index, point in enumerate(mount_points(arguments)):
        key = f"mount_points[{index}]"
        if point.volume not in volume_names:
            fix = f"the volumes are {', '.join(volume_names)}" if volume_names else "name it in volumes"
            raise arguments.error(f"{key}.volume", f"must be one of volumes, got {shown(point.volume)}; {fix}")
        if not is_below_root(point.path):
            rule = "must be an absolute path below /, without . or .. or a / at the end"
            raise arguments.error(f"{key}.path", f"{rule}, got {shown(point.path)}")
        if point.path in paths:
            raise arguments.error(
                f"{key}.path",
                f"must differ from the container's other paths, got {shown(point.path)} twice; change one",
            )
        paths.add(point.path)
    return {point.volume for point in mount_points(arguments)}


def check_mounts(arguments: Arguments, volume_names: Sequence[str]) -> None:
    """Check the mount points of all containers of a task, and refuse a volume without any."""
    mounted = check_mount_points(arguments, volume_names)
    for _, sidecar in arguments.each("sidecars"):
        mounted |= check_mount_points(sidecar, volume_names)
    for name in volume_names:
        if name not in mounted:
            example = '{"volume": "' + name + '", "path": "/data"}'
            not_empty(arguments.who, f"mount_points of volumes.{name}", [], example)


def is_below_root(path: str) -> bool:
    """Whether a path is absolute, below /, and in its shortest form."""
    # pathlib keeps two slashes at the start: POSIX gives them a meaning of their own.
    below = path.startswith("/") and not path.startswith("//") and path != "/"
    return below and str(PurePosixPath(path)) == path and ".." not in path.split("/")


def last_part(arn: str) -> str:
    """The id after the last slash of an ARN."""
    return arn.rpartition("/")[2]
