"""A container of a task, checked: what it runs as, reads and may write, and how ECS sees that it is well.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_healthcheck
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, given, not_empty, spelled, whole_number

from ._volume import MountPointArgs, is_below_root

INTERVAL_SECONDS = 10
TIMEOUT_SECONDS = 5
RETRIES = 3
START_PERIOD_SECONDS = 0
LONGEST_START_PERIOD_SECONDS = 300
USER = "10001"
STOP_TIMEOUT_SECONDS = 30
STOP_BOUNDS_SECONDS = (2, 120)  # Fargate's
START_BOUNDS_SECONDS = (2, 120)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SECRET_ARN = re.compile(r"arn:aws[a-z-]*:(secretsmanager:[^:]+:\d{12}:secret:|ssm:[^:]+:\d{12}:parameter/).+")
BUCKET_OBJECT = re.compile(r"arn:aws[a-z-]*:s3:::[^/]+/.+\.env")
HOW = ("CMD", "CMD-SHELL")


class ContainerHealthCheckArgs(TypedDict):
    """A command in the container that ends with 0 while it is well; ECS replaces a task that is not."""

    command: list[str]
    """CMD and a program with its arguments, or CMD-SHELL and one line for /bin/sh."""
    interval_seconds: NotRequired[int]
    """Seconds between two checks, 5-300. Default: 10."""
    timeout_seconds: NotRequired[int]
    """Seconds that a check may take, 2-60. Default: 5."""
    retries: NotRequired[int]
    """Failed checks in a row that make it unhealthy, 1-10. Default: 3."""
    start_period_seconds: NotRequired[int]
    """Seconds after the start in which failed checks do not count, 0-300. Default: 0."""


@dataclass(frozen=True)
class Container:
    """What a container runs, with every default filled in."""

    image: pulumi.Input[str]
    user: str
    command: Sequence[str]
    environment: Mapping[str, pulumi.Input[str]]
    environment_files: Sequence[pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]
    health_check: Mapping[str, Any] | None
    writable_paths: Mapping[str, int]
    mount_points: Sequence[MountPointArgs]
    depends_on: Mapping[str, str]
    start_timeout_seconds: int | None
    stop_timeout_seconds: int


def container(who: str, path: str, health_key: str, args: Mapping[str, Any], memory_mib: int) -> dict[str, Any]:
    """Arguments of a service, a worker or a sidecar to the fields of its container; `path` is where they are."""
    environment, secrets = given(args.get("environment"), {}), given(args.get("secrets"), {})
    check_variables(who, path, environment, secrets)
    files = given(args.get("environment_files"), [])
    for index, file in enumerate(files):
        if isinstance(file, str) and not BUCKET_OBJECT.fullmatch(file):
            rule = "must be the ARN of an S3 object whose name ends in .env"
            raise ArgumentError(f"{who}: {path}environment_files[{index}] {rule}, got {file!r}")
    stop, start = given(args.get("stop_timeout_seconds"), STOP_TIMEOUT_SECONDS), args.get("start_timeout_seconds")
    return {
        "image": args["image"],
        "user": unprivileged(who, f"{path}user", given(args.get("user"), USER)),
        "command": given(args.get("command"), []),
        "environment": environment,
        "environment_files": files,
        "secrets": secrets,
        "health_check": health_check(who, f"{path}{health_key}", args.get(health_key)),
        "writable_paths": writable_paths(who, f"{path}writable_paths", args.get("writable_paths"), memory_mib),
        "mount_points": given(args.get("mount_points"), []),
        "depends_on": given(args.get("depends_on"), {}),
        "start_timeout_seconds": None
        if start is None
        else whole_number(who, f"{path}start_timeout_seconds", start, *START_BOUNDS_SECONDS),
        "stop_timeout_seconds": whole_number(who, f"{path}stop_timeout_seconds", stop, *STOP_BOUNDS_SECONDS),
    }


def health_check(who: str, argument: str, args: ContainerHealthCheckArgs | None) -> dict[str, Any] | None:
    """Arguments of the container's check to its definition."""
    if args is None:
        return None
    command = args["command"]
    not_empty(who, f"{argument}.command", command, '["CMD-SHELL", "curl -f http://localhost:8080/health"]')
    if command[0] not in HOW:
        fix = "CMD-SHELL takes one line for /bin/sh, CMD a program and its arguments"
        raise ArgumentError(f"{who}: {argument}.command must begin with CMD or CMD-SHELL, got {command[0]!r}; {fix}")
    if len(command) < 2 or (command[0] == "CMD-SHELL" and len(command) > 2):
        rule = "exactly one line after CMD-SHELL" if command[0] == "CMD-SHELL" else "a program after CMD"
        raise ArgumentError(f"{who}: {argument}.command must have {rule}, got {len(command) - 1} parts")

    given_numbers: Mapping[str, Any] = args

    def number(key: str, default: int, low: int, high: int) -> int:
        return whole_number(who, f"{argument}.{key}", given(given_numbers.get(key), default), low, high)

    return {
        "command": list(command),
        "interval": number("interval_seconds", INTERVAL_SECONDS, 5, 300),
        "timeout": number("timeout_seconds", TIMEOUT_SECONDS, 2, 60),
        "retries": number("retries", RETRIES, 1, 10),
        "startPeriod": number("start_period_seconds", START_PERIOD_SECONDS, 0, LONGEST_START_PERIOD_SECONDS),
    }


def writable_paths(who: str, argument: str, paths: Mapping[str, float] | None, memory_mib: int) -> dict[str, int]:
    """Paths to the MiB of each, which the task's memory has to hold beside the program."""
    found: dict[str, int] = {}
    for path, size in given(paths, {}).items():
        if not is_below_root(path):
            rule = f"{argument} must be named by absolute paths below /, without . or .. or a / at the end"
            raise ArgumentError(f"{who}: {rule}, got {path!r}")
        found[path] = whole_number(who, f"{argument}.{path}", size, 1, memory_mib)
    total = sum(found.values())
    if total >= memory_mib:
        fix = "they are kept in memory, beside the program; make them smaller or memory_mib larger"
        raise ArgumentError(
            f"{who}: {argument} must be less than memory_mib, {memory_mib}, got {spelled(total)}; {fix}"
        )
    return found


def unprivileged(who: str, argument: str, user: str) -> str:
    """A user that is not root, by name or number, with or without a group."""
    if user.split(":", maxsplit=1)[0] in ("", "root", "0"):
        raise ArgumentError(
            f"{who}: {argument} must not be root, got {user!r}; give the number of a user, such as {USER}"
        )
    return user


def check_variables(
    who: str, path: str, environment: Mapping[str, pulumi.Input[str]], secrets: Mapping[str, pulumi.Input[str]]
) -> None:
    """Refuse names that no process can have, names given twice, keys in the clear, and secrets that are no ARN."""
    for argument, names in ((f"{path}environment", environment), (f"{path}secrets", secrets)):
        for variable in names:
            if not VARIABLE.fullmatch(variable):
                rule = f"{argument} must be named by letters, digits and underscores"
                raise ArgumentError(f"{who}: {rule}, got {variable!r}")
            if variable in KEY_VARIABLES:
                fix = "a task gets its credentials from its role, use permissions"
                raise ArgumentError(f"{who}: {argument} must not set {variable}; {fix}")
    for variable in environment:
        if variable in secrets:
            raise ArgumentError(f"{who}: set {variable} in {path}environment or {path}secrets, got both")
    for variable, arn in secrets.items():
        if isinstance(arn, str) and not SECRET_ARN.fullmatch(arn):
            rule = f"{path}secrets.{variable} must be the ARN of a Secrets Manager secret or an SSM parameter"
            raise ArgumentError(f"{who}: {rule}, got something else; put the value there and give its ARN")
