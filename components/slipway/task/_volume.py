"""Directories that the containers of a task share, or that outlive it on an EFS file system: checked, and for ECS.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import ecs

from slipway.common import ArgumentError, Statement, allow, child_keys, given, not_empty

NFS = 2049
FILE_SYSTEM_ARN = re.compile(r"arn:aws[a-z-]*:elasticfilesystem:[^:]+:\d{12}:file-system/fs-[0-9a-f]+")
ACCESS_POINT_ARN = re.compile(r"arn:aws[a-z-]*:elasticfilesystem:[^:]+:\d{12}:access-point/fsap-[0-9a-f]+")
OF_EFS = ("access_point_arn", "security_group_id", "read_only")


class VolumeArgs(TypedDict):
    """A directory that containers of a task share, empty at its start; or with file_system_arn one that outlives tasks."""

    file_system_arn: NotRequired[pulumi.Input[str]]
    """EFS file system, reached over TLS and as the task's role, which may mount it. Default: the task's own storage."""
    access_point_arn: NotRequired[pulumi.Input[str]]
    """Access point of the file system, with the directory and the user to see it as. Default: its root."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the file system's mount targets, which has to be there with file_system_arn: the tasks are let
    out to it and it lets them in, on NFS only. Default: none."""
    read_only: NotRequired[bool]
    """Whether the task's role may only read the file system. Default: false."""


class MountPointArgs(TypedDict):
    """Where a container finds a volume."""

    volume: str
    """Name of one of volumes."""
    path: str
    """Absolute path in the container."""
    read_only: NotRequired[bool]
    """Whether the container may only read it. Default: false."""


@dataclass(frozen=True)
class Volume:
    """A volume by its name."""

    name: str
    args: VolumeArgs

    def definition(self) -> ecs.TaskDefinitionVolumeArgsDict:
        """As a task definition has it."""
        arn, point = self.args.get("file_system_arn"), self.args.get("access_point_arn")
        if arn is None:
            return {"name": self.name}
        mounted: ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgsDict = {
            "file_system_id": pulumi.Output.from_input(arn).apply(last_part),
            "transit_encryption": "ENABLED",
            "authorization_config": {
                "iam": "ENABLED",
                "access_point_id": None if point is None else pulumi.Output.from_input(point).apply(last_part),
            },
        }
        return {"name": self.name, "efs_volume_configuration": mounted}

    def statements(self) -> list[Statement]:
        """What the task's role needs to mount it."""
        arn, point = self.args.get("file_system_arn"), self.args.get("access_point_arn")
        if arn is None:
            return []
        actions = ["elasticfilesystem:ClientMount"]
        if not given(self.args.get("read_only"), False):
            actions.append("elasticfilesystem:ClientWrite")
        statement = allow(actions, arn)
        if point is not None:
            statement["Condition"] = {"StringEquals": {"elasticfilesystem:AccessPointArn": point}}
        return [statement]


def volumes(who: str, args: Mapping[str, VolumeArgs] | None) -> list[Volume]:
    """Volumes by name; settings of EFS without a file system, and a file system that nobody lets in, are refused."""
    found = []
    child_keys(who, "volumes", given(args, {}))
    for name, volume in given(args, {}).items():
        argument = f"volumes.{name}"
        values: Mapping[str, Any] = volume
        arn, point = volume.get("file_system_arn"), volume.get("access_point_arn")
        for key in OF_EFS:
            if arn is None and values.get(key) is not None:
                raise ArgumentError(
                    f"{who}: {argument}.{key} needs file_system_arn, got none; set it or leave {key} out"
                )
        if isinstance(arn, str) and not FILE_SYSTEM_ARN.fullmatch(arn):
            raise ArgumentError(f"{who}: {argument}.file_system_arn must be the ARN of an EFS file system, got {arn!r}")
        if isinstance(point, str) and not ACCESS_POINT_ARN.fullmatch(point):
            raise ArgumentError(f"{who}: {argument}.access_point_arn must be the ARN of an access point, got {point!r}")
        if arn is not None and volume.get("security_group_id") is None:
            fix = "the tasks reach nothing but HTTPS until it is named"
            raise ArgumentError(f"{who}: {argument}.file_system_arn needs security_group_id, got none; {fix}")
        found.append(Volume(name, volume))
    return found


def is_below_root(path: str) -> bool:
    """Whether a path is absolute, below /, and spelled as Linux would spell it."""
    # pathlib keeps two slashes at the start, which POSIX lets mean something else.
    below = path.startswith("/") and not path.startswith("//") and path != "/"
    return below and str(PurePosixPath(path)) == path and ".." not in path.split("/")


def check_mounts(who: str, known: Sequence[Volume], mounts: Mapping[str, Sequence[MountPointArgs]]) -> None:
    """Mount points by where they are written: each of a volume that is there, at a path of its own."""
    names = [volume.name for volume in known]
    used = set()
    for path, points in mounts.items():
        taken: set[str] = set()
        for index, point in enumerate(points):
            argument = f"{path}mount_points[{index}]"
            if point["volume"] not in names:
                fix = f"the volumes are {', '.join(names)}" if names else "name it in volumes"
                raise ArgumentError(f"{who}: {argument}.volume must be one of volumes, got {point['volume']!r}; {fix}")
            where = point["path"]
            if not is_below_root(where):
                rule = "must be an absolute path below /, without . or .. or a / at the end"
                raise ArgumentError(f"{who}: {argument}.path {rule}, got {where!r}")
            if where in taken:
                raise ArgumentError(f"{who}: {argument}.path must be another one, got {where!r} twice; change one")
            taken.add(where)
            used.add(point["volume"])
    for name in names:
        if name not in used:
            not_empty(who, f"mount_points of volumes.{name}", [], '{"volume": "' + name + '", "path": "/data"}')


def last_part(arn: str) -> str:
    """ARN to the id behind its last slash."""
    return arn.rpartition("/")[2]
