"""What a task runs, checked: the part that a service and a queue worker have in common.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pulumi

from slipway.common import ArgumentError, aws_arn, child_name, given, not_empty, one_of, retention_days, whole_number

from ._container import Container, container
from ._fargate_sizes import task_size
from ._service_connect import app_protocol
from ._sidecar import Sidecar, check_order, sidecars
from ._volume import Volume, check_mounts, volumes

CPU = 256
MEMORY_MIB = 512
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
ARCHITECTURE = "x86_64"
EPHEMERAL_BOUNDS_GIB = (21, 200)  # 20 come without asking
ROLE_NAME_LENGTH = 64
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")


class PermissionArgs(TypedDict):
    """Something the task may do."""

    actions: list[str]
    """Actions such as sns:Publish, at least one; neither * nor a whole service."""
    resources: list[pulumi.Input[str]]
    """ARNs that the actions work on, at least one."""


@dataclass(frozen=True)
class Workload(Container):
    """What a task runs, with every default filled in: the service's own container, and those beside it."""

    cpu: int
    memory_mib: int
    architecture: str
    sidecars: Sequence[Sidecar]
    app_protocol: str | None
    volumes: Sequence[Volume]
    ephemeral_storage_gib: int | None
    permissions: Sequence[PermissionArgs]
    log_retention_days: int
    log_kms_key_arn: pulumi.Input[str] | None
    exec_enabled: bool
    exec_log_group_arn: pulumi.Input[str] | None
    permissions_boundary_arn: pulumi.Input[str] | None
    execution_role_arn: pulumi.Input[str] | None
    task_role_arn: pulumi.Input[str] | None
    log_group_arn: pulumi.Input[str] | None

    @property
    def containers(self) -> list[Container]:
        """All containers of a task."""
        return [self, *self.sidecars]


def workload(who: str, name: str, args: Mapping[str, Any]) -> Workload:
    """Arguments of a service or a worker to its workload."""
    child_name(who, name, ROLE_NAME_LENGTH, "-execution")
    cpu, memory_mib = task_size(who, given(args.get("cpu"), CPU), given(args.get("memory_mib"), MEMORY_MIB))
    permissions = given(args.get("permissions"), [])
    for index, permission in enumerate(permissions):
        check_permission(who, f"permissions[{index}]", permission)
    architecture = one_of(who, "architecture", given(args.get("architecture"), ARCHITECTURE), tuple(ARCHITECTURES))
    storage = args.get("ephemeral_storage_gib")
    made = Workload(
        **container(who, "", "container_health_check", args, memory_mib),
        cpu=cpu,
        memory_mib=memory_mib,
        architecture=ARCHITECTURES[architecture],
        sidecars=sidecars(who, name, args, memory_mib),
        app_protocol=app_protocol(args.get("service_connect")),
        volumes=volumes(who, args.get("volumes")),
        ephemeral_storage_gib=None
        if storage is None
        else whole_number(who, "ephemeral_storage_gib", storage, *EPHEMERAL_BOUNDS_GIB),
        permissions=permissions,
        log_retention_days=retention_days(who, "log_retention_days", args.get("log_retention_days")),
        log_kms_key_arn=aws_arn(who, "log_kms_key_arn", args.get("log_kms_key_arn"), "kms", "a KMS key"),
        exec_enabled=given(args.get("enable_execute_command"), False),
        exec_log_group_arn=aws_arn(who, "exec_log_group_arn", args.get("exec_log_group_arn"), "logs", "a log group"),
        permissions_boundary_arn=aws_arn(
            who, "permissions_boundary_arn", args.get("permissions_boundary_arn"), "iam", "a policy"
        ),
        execution_role_arn=aws_arn(who, "execution_role_arn", args.get("execution_role_arn"), "iam", "a role"),
        task_role_arn=aws_arn(who, "task_role_arn", args.get("task_role_arn"), "iam", "a role"),
        log_group_arn=aws_arn(who, "log_group_arn", args.get("log_group_arn"), "logs", "a log group"),
    )
    check_adopted(who, args, made)
    check_order(who, name, made, made.sidecars)
    check_mounts(
        who, made.volumes, {"": made.mount_points} | {f"sidecars.{it.name}.": it.mount_points for it in made.sidecars}
    )
    return made


def check_adopted(who: str, args: Mapping[str, Any], made: Workload) -> None:
    """What only a role or log group of the service's own gets is refused beside one that is there already."""
    efs = [f"volumes.{it.name}" for it in made.volumes if it.args.get("file_system_arn") is not None]
    grants = [key for key in ("permissions", "enable_execute_command") if args.get(key)] + efs
    if made.task_role_arn is not None and grants:
        fix = "allow that role what it needs and leave them out, or leave task_role_arn out"
        raise ArgumentError(f"{who}: task_role_arn takes a role as it is, got {' and '.join(grants)} too; {fix}")
    for key in ("log_retention_days", "log_kms_key_arn"):
        if made.log_group_arn is not None and args.get(key) is not None:
            fix = f"set it where the group is made, or leave {key} out"
            raise ArgumentError(f"{who}: log_group_arn takes a log group as it is, got {key} too; {fix}")


def check_permission(who: str, argument: str, permission: PermissionArgs) -> None:
    """Refuse a permission that allows a whole service, or nothing."""
    not_empty(who, f"{argument}.actions", permission["actions"], "sns:Publish")
    not_empty(who, f"{argument}.resources", permission["resources"], "the ARN of a topic")
    for action in permission["actions"]:
        if not ACTION.fullmatch(action):
            fix = "name the actions one by one, such as sns:Publish"
            raise ArgumentError(f"{who}: {argument}.actions must not open a whole service, got {action!r}; {fix}")
