"""ECS's refusals of task definitions, and Fargate's of their first tasks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import re

from slipway_sandbox.ecr_hosts import is_ecr_host
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.container_definitions import definitions
from slipway_sandbox.provider.protocol.readers import block, blocks, number, text, texts
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal

FARGATE_DRIVERS = ("awslogs", "splunk", "awsfirelens")
DRIVERS = ("json-file", "syslog", "journald", "gelf", "fluentd", *FARGATE_DRIVERS)
STORAGE_GIB = (21, 200)


def containers(scope: Scope) -> list[dict[str, Value]]:
    """The container definitions. The declaration's own check has refused other forms."""
    return definitions(text(scope.inputs, "containerDefinitions"))


def is_fargate(scope: Scope) -> bool:
    """Whether the tasks are for Fargate."""
    return "FARGATE" in texts(scope.inputs, "requiresCompatibilities")


def bad_family(scope: Scope) -> str | None:
    """A family with other characters than letters, digits, hyphens and underscores, or with over 255."""
    family = str(scope.inputs.get("family"))
    return None if re.fullmatch(r"[A-Za-z0-9_-]{1,255}", family) else "Family contains invalid characters."


def other_network_mode(scope: Scope) -> str | None:
    """A Fargate task definition with another network mode than awsvpc, or with none."""
    is_awsvpc = scope.inputs.get("networkMode") == "awsvpc"
    refusal = "Fargate only supports network mode ‘awsvpc’."  # noqa: RUF001 - ECS's own quotes
    return refusal if is_fargate(scope) and not is_awsvpc else None


def storage_out_of_range(scope: Scope) -> str | None:
    """Ephemeral storage below 21 or above 200 GiB."""
    low, high = STORAGE_GIB
    size = number(block(scope.inputs, "ephemeralStorage"), "sizeInGib", low)
    return None if low <= size <= high else f"Ephemeral storage size must be between {low} and {high} GiB."


def other_host_port(scope: Scope) -> str | None:
    """A container with another host port than container port, in network mode awsvpc or host."""
    mode = scope.inputs.get("networkMode")
    mappings = [mapping for container in containers(scope) for mapping in blocks(container, "portMappings")]
    ports = [(mapping.get("hostPort"), mapping.get("containerPort")) for mapping in mappings]
    if mode not in ("awsvpc", "host") or all(not host or host == port for host, port in ports):
        return None
    return f"When networkMode={mode}, the host ports and container ports in port mappings must match."


def unknown_log_driver(scope: Scope) -> str | None:
    """An unknown log driver, or on Fargate an unsupported one."""
    known = FARGATE_DRIVERS if is_fargate(scope) else DRIVERS
    for driver in _drivers(scope):
        if driver not in known:
            return f"{driver} is not a valid log driver. Must be one of [{', '.join(known)}]"
    return None


def awslogs_without_options(scope: Scope) -> str | None:
    """The log driver awslogs without group or region."""
    needed = ("awslogs-group", "awslogs-region")
    for container in containers(scope):
        logs = block(container, "logConfiguration")
        missing = [name for name in needed if not block(logs, "options").get(name)]
        if logs.get("logDriver") == "awslogs" and missing:
            return f"Log driver awslogs requires options: {', '.join(missing)}"
    return None


def no_execution_role(scope: Scope) -> str | None:
    """A task definition without execution role, but with awslogs, an ECR image or secrets."""
    if scope.inputs.get("executionRoleArn"):
        return None
    if any(container.get("secrets") for container in containers(scope)):
        return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    needs = "Fargate requires task definition to have execution role ARN to support"
    if is_fargate(scope) and "awslogs" in _drivers(scope):
        return f"{needs} log driver awslogs."
    if is_fargate(scope) and any(is_in_ecr(scope, str(container.get("image"))) for container in containers(scope)):
        return f"{needs} ECR images."
    return None


def unknown_dependency(scope: Scope) -> str | None:
    """A container with a dependency outside of the task definition."""
    names = [container.get("name") for container in containers(scope)]
    dependencies = [dependency for container in containers(scope) for dependency in blocks(container, "dependsOn")]
    wanted = [dependency.get("containerName") for dependency in dependencies]
    missing = next((name for name in wanted if name not in names), None)
    return None if missing is None else f"Cannot depend on container + '{missing}' because it does not exist"


def unknown_volume(scope: Scope) -> str | None:
    """A container with a mount of a volume outside of the task definition."""
    names = [volume.get("name") for volume in blocks(scope.inputs, "volumes")]
    mounts = [mount for container in containers(scope) for mount in blocks(container, "mountPoints")]
    mounted = [mount.get("sourceVolume") for mount in mounts]
    missing = next((name for name in mounted if name not in names), None)
    return None if missing is None else f"Unknown volume '{missing}'."


def role_of_others(scope: Scope) -> str | None:
    """A missing task role or execution role, or one without trust in ECS tasks."""
    for name in ("executionRoleArn", "taskRoleArn"):
        arn = text(scope.inputs, name, "")
        if arn and not arn.startswith("arn:"):
            return "Role is not valid"
        if arn and not lookups.may_assume(scope, arn, "ecs-tasks.amazonaws.com"):
            return (
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the role "
                "being passed has the proper trust relationship and permissions and that your IAM user has permissions "
                "to pass this role."
            )
    return None


def is_in_ecr(scope: Scope, image: str) -> bool:
    """Whether an image is in the sandbox's registry, or in ECR by its real name."""
    host = image.partition("/")[0]
    return host == scope.cloud.registry or is_ecr_host(host)


def _drivers(scope: Scope) -> list[str]:
    drivers = [text(block(container, "logConfiguration"), "logDriver", "") for container in containers(scope)]
    return [driver for driver in drivers if driver]


CALL = ("aws:ecs/taskDefinition:TaskDefinition", "RegisterTaskDefinition", "ClientException")
DEFINITIONS = "containerDefinitions requiresCompatibilities"
REFUSALS = (
    Refusal(*CALL, "family", bad_family, "use letters, digits, hyphens and underscores", plain=True),
    Refusal(*CALL, "networkMode requiresCompatibilities", other_network_mode, "set networkMode to awsvpc", plain=True),
    Refusal(
        *CALL, "ephemeralStorage", storage_out_of_range, "Fargate gives 20 GiB where none is asked for", plain=True
    ),
    Refusal(
        *CALL,
        "containerDefinitions networkMode",
        other_host_port,
        "leave hostPort out; the target group and the listener have ports of their own",
        plain=True,
    ),
    Refusal(*CALL, DEFINITIONS, unknown_log_driver, "awslogs is the one for CloudWatch", plain=True),
    Refusal(*CALL, "containerDefinitions", awslogs_without_options, "set them in logConfiguration.options", plain=True),
    Refusal(
        *CALL,
        f"executionRoleArn {DEFINITIONS}",
        no_execution_role,
        "set executionRoleArn to a role with AmazonECSTaskExecutionRolePolicy",
        plain=True,
    ),
    Refusal(*CALL, "containerDefinitions", unknown_dependency, "name a container of this task definition", plain=True),
    Refusal(*CALL, "containerDefinitions volumes", unknown_volume, "declare it in volumes", plain=True),
    Refusal(
        *CALL,
        "executionRoleArn taskRoleArn",
        role_of_others,
        "its trust policy must allow sts:AssumeRole to ecs-tasks.amazonaws.com",
    ),
)
