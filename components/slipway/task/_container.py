"""A checked container of a task: image, user, variables, writable directories.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments, shown, spelled, whole_number

from ._health_check import HealthCheck, health_check
from ._volume import MountPoint, is_below_root, mount_points

USER = "10001"
STOP_TIMEOUT_SECONDS = 30
STOP_BOUNDS_SECONDS = (2, 120)  # Fargate's
START_BOUNDS_SECONDS = (2, 120)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SECRET_ARN = re.compile(
    r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)[!-~]+"
)
BUCKET_OBJECT = re.compile(r"arn:aws[a-z-]*:s3:::[^/]+/.+\.env")
USER_FORM = re.compile(r"([0-9]{1,10}|[A-Za-z_][A-Za-z0-9_.-]*)(:([0-9]{1,10}|[A-Za-z_][A-Za-z0-9_.-]*))?")
ROOT = re.compile(r"(root|0+)?(:.*)?")


@dataclass(frozen=True)
class Container:
    """A container with every default filled in: the main container of a task, or a sidecar."""

    name: str
    path: str
    """Prefix of its arguments in error sentences: empty for the main container, else such as `sidecars.proxy.`."""
    image: pulumi.Input[str]
    user: str
    command: Sequence[str]
    environment: Mapping[str, pulumi.Input[str]]
    environment_files: Sequence[pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]
    health_check: HealthCheck | None
    writable_paths: Mapping[str, int]
    """Path to MiB in memory."""
    mount_points: Sequence[MountPoint]
    depends_on: Mapping[str, str]
    """Name of another container to the condition that it must reach first."""
    start_timeout_seconds: int | None
    stop_timeout_seconds: int
    port: int | None = None
    """Port of a sidecar; the main container's is the service's."""
    essential: bool = True
    """The task ends with this container."""
    memory_mib: int | None = None
    """Hard memory limit; None for the whole task's memory."""


def container(arguments: Arguments, name: str, memory_mib: int) -> Container:
    """Check the arguments of a service, a worker or a sidecar about one container; `memory_mib` is the task's."""
    check_variables(arguments)
    files = arguments.inputs("environment_files")
    for index, file in enumerate(files):
        if isinstance(file, str) and not BUCKET_OBJECT.fullmatch(file):
            rule = "must be the ARN of an S3 object whose name ends in .env"
            raise arguments.error(f"environment_files[{index}]", f"{rule}, got {shown(file)}")
    return Container(
        name=name,
        path=arguments.path,
        image=arguments.written_input("image"),
        user=unprivileged_user(arguments),
        command=arguments.texts("command"),
        environment=arguments.written_map("environment"),
        environment_files=arguments.written_inputs("environment_files"),
        secrets=arguments.written_map("secrets"),
        health_check=health_check(arguments.nested("container_health_check")),
        writable_paths=writable_paths(arguments, memory_mib),
        mount_points=mount_points(arguments),
        depends_on=arguments.text_map("depends_on"),
        start_timeout_seconds=arguments.optional_whole_number("start_timeout_seconds", *START_BOUNDS_SECONDS),
        stop_timeout_seconds=arguments.whole_number(
            "stop_timeout_seconds", *STOP_BOUNDS_SECONDS, default=STOP_TIMEOUT_SECONDS
        ),
    )


def writable_paths(arguments: Arguments, memory_mib: int) -> dict[str, int]:
    """Check the writable directories: together smaller than the task's memory, which holds them beside the program."""
    sizes: dict[str, int] = {}
    for path, size in arguments.number_map("writable_paths").items():
        if not is_below_root(path):
            rule = "must be named by absolute paths below /, without . or .. or a / at the end"
            raise arguments.error("writable_paths", f"{rule}, got {shown(path)}")
        sizes[path] = whole_number(arguments.who, arguments.label(f"writable_paths.{path}"), size, (1, memory_mib))
    total = sum(sizes.values())
    if total >= memory_mib:
        fix = "they are kept in memory, beside the program; make them smaller or memory_mib larger"
        raise arguments.error(
            "writable_paths", f"must be less than memory_mib, {memory_mib}, got {spelled(total)}; {fix}"
        )
    return sizes


def unprivileged_user(arguments: Arguments) -> str:
    """The user of the container; root is refused, with or without a group."""
    user = arguments.text("user", USER)
    if ROOT.fullmatch(user):
        raise arguments.error("user", f"must not be root, got {shown(user)}; give the number of a user, such as {USER}")
    if not USER_FORM.fullmatch(user):
        rule = "must be the number or name of a user, with or without :group"
        raise arguments.error("user", f"{rule}, got {shown(user)}; for example {USER}")
    return user


def check_variables(arguments: Arguments) -> None:
    """Refuse impossible names, a name given twice, AWS keys in the clear, and secret values in place of ARNs."""
    environment, secrets = arguments.input_map("environment"), arguments.input_map("secrets")
    for argument, variables in (("environment", environment), ("secrets", secrets)):
        for variable in variables:
            check_variable_name(arguments, argument, variable)
    for variable in environment:
        if variable in secrets:
            places = f"{arguments.label('environment')} or {arguments.label('secrets')}"
            raise ArgumentError(f"{arguments.who}: set {variable} in {places}, got both")
    for variable, arn in secrets.items():
        check_secret_arn(arguments, f"secrets.{variable}", arn)


def check_variable_name(arguments: Arguments, argument: str, variable: str) -> None:
    """Refuse an impossible name of a variable, and the one of an AWS key."""
    if not VARIABLE.fullmatch(variable):
        raise arguments.error(argument, f"must be named by letters, digits and underscores, got {shown(variable)}")
    if variable in KEY_VARIABLES:
        fix = "a task gets its credentials from its role, use permissions"
        raise arguments.error(argument, f"must not set {variable}; {fix}")


def check_secret_arn(arguments: Arguments, key: str, arn: pulumi.Input[str]) -> None:
    """Refuse another text than the ARN of a secret, such as the secret itself; outputs pass unread."""
    if isinstance(arn, str) and not SECRET_ARN.fullmatch(arn):
        rule = "must be the ARN of a Secrets Manager secret or an SSM parameter"
        fix = "put the value there and give its ARN"
        # The value itself may be the secret, so the sentence leaves it out.
        raise arguments.error(key, f"{rule}, got something else; {fix}")
