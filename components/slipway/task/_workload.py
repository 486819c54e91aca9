"""The workload of a service or a worker: containers, size, volumes, permissions, roles and log, all checked.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import pulumi

from slipway.common import Arguments, Statement, child_name, key_arn, not_empty, shown

from ._container import Container, container
from ._fargate_sizes import task_size
from ._sidecar import check_start_order, sidecars
from ._volume import Volume, check_mounts, volumes

CPU = 256
MEMORY_MIB = 512
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
ARCHITECTURE = "x86_64"
EPHEMERAL_BOUNDS_GIB = (21, 200)  # Fargate gives 20 to every task
ROLE_NAME_LENGTH = 64
CONTAINER_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")


class PermissionArgs(TypedDict):
    """A permission of the code in a task."""

    actions: list[str]
    """IAM actions such as sns:Publish, at least one; neither * nor a whole service."""
    resources: list[pulumi.Input[str]]
    """ARNs of the resources, at least one."""


@dataclass(frozen=True)
class Permission:
    """A checked permission."""

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]


@dataclass(frozen=True)
class ExistingParts:
    """Roles and log group that exist already; None for a new one."""

    execution_role_arn: pulumi.Input[str] | None
    task_role_arn: pulumi.Input[str] | None
    log_group_arn: pulumi.Input[str] | None


@dataclass(frozen=True)
class Workload:
    """A checked workload with every default filled in."""

    name: str
    """Name of the service."""
    main: Container
    sidecars: Sequence[Container]
    cpu: int
    memory_mib: int
    architecture: str
    """Processor in ECS's words, X86_64 or ARM64."""
    volumes: Sequence[Volume]
    ephemeral_storage_gib: int | None
    permissions: Sequence[Permission]
    log_retention_days: int
    log_kms_key_arn: pulumi.Input[str] | None
    secrets_kms_key_arns: Sequence[pulumi.Input[str]]
    """Keys under which secrets and files of variables are stored."""
    exec_enabled: bool
    exec_log_group_arn: pulumi.Input[str] | None
    permissions_boundary_arn: pulumi.Input[str] | None
    existing: ExistingParts
    rights: Sequence[pulumi.Input[Sequence[Statement]]] = ()
    """Lists of statements for the code's role beside `permissions`, such as those of links."""

    @property
    def stop_timeout_seconds(self) -> int:
        """Seconds from SIGTERM to SIGKILL of the main container."""
        return self.main.stop_timeout_seconds

    @property
    def containers(self) -> list[Container]:
        """All containers of a task, the main one first."""
        return [self.main, *self.sidecars]

    def port_owner(self, port: int | None) -> str:
        """Name of the container with the service's port: a sidecar with this `container_port`, else the main one."""
        return next((it.name for it in self.sidecars if port is not None and it.port == port), self.main.name)

    def extended(
        self, environment: Mapping[str, pulumi.Input[str]], permissions: Sequence[PermissionArgs]
    ) -> "Workload":
        """The same workload with variables and permissions of a component before the caller's own."""
        main = replace(self.main, environment={**environment, **self.main.environment})
        own = [Permission(it["actions"], it["resources"]) for it in permissions]
        return replace(self, main=main, permissions=[*own, *self.permissions])


def workload(arguments: Arguments, name: str) -> Workload:
    """Check the arguments of a service or a worker about its tasks. Raises ArgumentError."""
    child_name(arguments.who, name, ROLE_NAME_LENGTH, "-execution")
    cpu, memory_mib = task_size(arguments.who, arguments.number("cpu", CPU), arguments.number("memory_mib", MEMORY_MIB))
    main_name = container_name(arguments, name)
    permissions = [permission(entry) for _, entry in arguments.each("permissions")]
    architecture = arguments.one_of("architecture", tuple(ARCHITECTURES), ARCHITECTURE)
    checked = Workload(
        name=name,
        main=container(arguments, main_name, memory_mib),
        cpu=cpu,
        memory_mib=memory_mib,
        architecture=ARCHITECTURES[architecture],
        sidecars=sidecars(arguments, main_name, memory_mib),
        volumes=volumes(arguments),
        ephemeral_storage_gib=arguments.optional_whole_number("ephemeral_storage_gib", *EPHEMERAL_BOUNDS_GIB),
        permissions=permissions,
        log_retention_days=arguments.retention_days("log_retention_days"),
        log_kms_key_arn=arguments.arn("log_kms_key_arn", "kms", "a KMS key"),
        secrets_kms_key_arns=arguments.inputs("secrets_kms_key_arns"),
        exec_enabled=arguments.flag("enable_execute_command"),
        exec_log_group_arn=arguments.arn("exec_log_group_arn", "logs", "a log group"),
        permissions_boundary_arn=arguments.arn("permissions_boundary_arn", "iam", "a policy"),
        existing=ExistingParts(
            execution_role_arn=arguments.arn("execution_role_arn", "iam", "a role"),
            task_role_arn=arguments.arn("task_role_arn", "iam", "a role"),
            log_group_arn=arguments.arn("log_group_arn", "logs", "a log group"),
        ),
    )
    check_existing(arguments, checked)
    check_secrets_keys(arguments, checked)
    if arguments.has("exec_log_group_arn") and not checked.exec_enabled:
        fix = "set enable_execute_command, or leave it out"
        raise arguments.error("exec_log_group_arn", f"needs enable_execute_command, got none; {fix}")
    check_start_order(arguments.who, checked.containers)
    check_mounts(arguments, [it.name for it in checked.volumes])
    return checked


def container_name(arguments: Arguments, name: str) -> str:
    """Check the name of the main container: the service's own `name` unless the caller chooses another."""
    chosen = arguments.text("container_name", name)
    if not CONTAINER_NAME.fullmatch(chosen):
        rule = f"must be at most 255 letters, digits, hyphens and underscores, got {shown(chosen)}"
        raise arguments.error("container_name", f"{rule}; write it like web")
    return chosen


def check_existing(arguments: Arguments, checked: Workload) -> None:
    """Refuse settings for a new role or log group beside an existing one."""
    efs = [f"volumes.{it.name}" for it in checked.volumes if it.file_system_arn is not None]
    grants = [key for key in ("permissions", "enable_execute_command") if arguments.values.get(key)] + efs
    if checked.existing.task_role_arn is not None and grants:
        fix = "give that role these rights and leave them out, or leave task_role_arn out"
        raise arguments.error(
            "task_role_arn", f"uses an existing role without changes, got {' and '.join(grants)} too; {fix}"
        )
    for key in ("log_retention_days", "log_kms_key_arn"):
        if checked.existing.log_group_arn is not None and arguments.has(key):
            fix = f"set it where the group is created, or leave {key} out"
            raise arguments.error("log_group_arn", f"uses an existing log group without changes, got {key} too; {fix}")


def check_secrets_keys(arguments: Arguments, checked: Workload) -> None:
    """Refuse keys that no container needs, those of an existing role, and other ARNs than keys'."""
    argument = "secrets_kms_key_arns"
    for index, arn in enumerate(checked.secrets_kms_key_arns):
        key_arn(arguments.who, arguments.label(f"{argument}[{index}]"), arn)
    if checked.secrets_kms_key_arns and not any(it.secrets or it.environment_files for it in checked.containers):
        raise arguments.error(argument, "goes with secrets or environment_files, got neither; leave it out")
    if checked.secrets_kms_key_arns and checked.existing.execution_role_arn is not None:
        fix = f"allow that role kms:Decrypt, and leave {argument} out"
        raise arguments.error("execution_role_arn", f"uses an existing role without changes, got {argument} too; {fix}")


def permission(arguments: Arguments) -> Permission:
    """Check one permission: at least one action, at least one resource, no whole service."""
    actions, resources = arguments.texts("actions"), arguments.written_inputs("resources")
    not_empty(arguments.who, arguments.label("actions"), actions, "sns:Publish")
    not_empty(arguments.who, arguments.label("resources"), resources, "the ARN of a topic")
    for action in actions:
        if not ACTION.fullmatch(action):
            fix = "name the actions one by one, such as sns:Publish"
            raise arguments.error("actions", f"must not open a whole service, got {shown(action)}; {fix}")
    return Permission(actions, resources)
