"""What a task runs, checked: the part that a service and a queue worker have in common.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pulumi

from ._checks import ArgumentError, aws_arn, child_name, given, not_empty, one_of, whole_number
from ._container import health_check, writable_paths
from ._fargate_sizes import task_size
from ._logs import retention_days

CPU = 256
MEMORY_MIB = 512
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
ARCHITECTURE = "x86_64"
USER = "10001"
STOP_TIMEOUT_SECONDS = 30
LONGEST_STOP_TIMEOUT_SECONDS = 120  # Fargate's limit
ROLE_NAME_LENGTH = 64
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")
SECRET_ARN = re.compile(r"arn:aws[a-z-]*:(secretsmanager:[^:]+:\d{12}:secret:|ssm:[^:]+:\d{12}:parameter/).+")


class PermissionArgs(TypedDict):
    """Something the task may do."""

    actions: list[str]
    """Actions such as sns:Publish, at least one; neither * nor a whole service."""
    resources: list[pulumi.Input[str]]
    """ARNs that the actions work on, at least one."""


@dataclass(frozen=True)
class Workload:
    """What a task runs, with every default filled in."""

    image: pulumi.Input[str]
    cpu: int
    memory_mib: int
    architecture: str
    user: str
    command: Sequence[str]
    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]
    permissions: Sequence[PermissionArgs]
    stop_timeout_seconds: int
    log_retention_days: int
    log_kms_key_arn: pulumi.Input[str] | None
    health_check: Mapping[str, Any] | None
    writable_paths: Mapping[str, int]
    exec_enabled: bool
    exec_log_group_arn: pulumi.Input[str] | None
    permissions_boundary_arn: pulumi.Input[str] | None


def workload(who: str, name: str, args: Mapping[str, Any]) -> Workload:
    """Arguments of a service or a worker to its workload."""
    child_name(who, name, ROLE_NAME_LENGTH, "-execution")
    cpu, memory_mib = task_size(who, given(args.get("cpu"), CPU), given(args.get("memory_mib"), MEMORY_MIB))
    stop = given(args.get("stop_timeout_seconds"), STOP_TIMEOUT_SECONDS)
    environment, secrets = given(args.get("environment"), {}), given(args.get("secrets"), {})
    check_variables(who, environment, secrets)
    permissions = given(args.get("permissions"), [])
    for index, permission in enumerate(permissions):
        check_permission(who, f"permissions[{index}]", permission)
    return Workload(
        image=args["image"],
        cpu=cpu,
        memory_mib=memory_mib,
        architecture=ARCHITECTURES[
            one_of(who, "architecture", given(args.get("architecture"), ARCHITECTURE), tuple(ARCHITECTURES))
        ],
        user=unprivileged(who, given(args.get("user"), USER)),
        command=given(args.get("command"), []),
        environment=environment,
        secrets=secrets,
        permissions=permissions,
        stop_timeout_seconds=whole_number(who, "stop_timeout_seconds", stop, 2, LONGEST_STOP_TIMEOUT_SECONDS),
        log_retention_days=retention_days(who, "log_retention_days", args.get("log_retention_days")),
        log_kms_key_arn=aws_arn(who, "log_kms_key_arn", args.get("log_kms_key_arn"), "kms", "a KMS key"),
        health_check=health_check(who, args.get("container_health_check")),
        writable_paths=writable_paths(who, args.get("writable_paths"), memory_mib),
        exec_enabled=given(args.get("enable_execute_command"), False),
        exec_log_group_arn=aws_arn(who, "exec_log_group_arn", args.get("exec_log_group_arn"), "logs", "a log group"),
        permissions_boundary_arn=aws_arn(
            who, "permissions_boundary_arn", args.get("permissions_boundary_arn"), "iam", "a policy"
        ),
    )


def unprivileged(who: str, user: str) -> str:
    """A user that is not root, by name or number, with or without a group."""
    if user.split(":", maxsplit=1)[0] in ("", "root", "0"):
        raise ArgumentError(f"{who}: user must not be root, got {user!r}; give the number of a user, such as {USER}")
    return user


def check_variables(
    who: str, environment: Mapping[str, pulumi.Input[str]], secrets: Mapping[str, pulumi.Input[str]]
) -> None:
    """Refuse names that no process can have, names given twice, keys in the clear, and secrets that are no ARN."""
    for argument, names in (("environment", environment), ("secrets", secrets)):
        for variable in names:
            if not VARIABLE.fullmatch(variable):
                rule = f"{argument} must be named by letters, digits and underscores"
                raise ArgumentError(f"{who}: {rule}, got {variable!r}")
            if variable in KEY_VARIABLES:
                fix = "a task gets its credentials from its role, use permissions"
                raise ArgumentError(f"{who}: {argument} must not set {variable}; {fix}")
    for variable in environment:
        if variable in secrets:
            raise ArgumentError(f"{who}: set {variable} in environment or secrets, got both")
    for variable, arn in secrets.items():
        if isinstance(arn, str) and not SECRET_ARN.fullmatch(arn):
            rule = f"secrets.{variable} must be the ARN of a Secrets Manager secret or an SSM parameter"
            raise ArgumentError(f"{who}: {rule}, got something else; put the value there and give its ARN")


def check_permission(who: str, argument: str, permission: PermissionArgs) -> None:
    """Refuse a permission that allows a whole service, or nothing."""
    not_empty(who, f"{argument}.actions", permission["actions"], "sns:Publish")
    not_empty(who, f"{argument}.resources", permission["resources"], "the ARN of a topic")
    for action in permission["actions"]:
        if not ACTION.fullmatch(action):
            fix = "name the actions one by one, such as sns:Publish"
            raise ArgumentError(f"{who}: {argument}.actions must not open a whole service, got {action!r}; {fix}")
