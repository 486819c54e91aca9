"""What ECS refuses when a task definition is registered, and Fargate when its first task starts.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal

FARGATE_DRIVERS = ("awslogs", "splunk", "awsfirelens")
DRIVERS = ("json-file", "syslog", "journald", "gelf", "fluentd", *FARGATE_DRIVERS)
ECR_HOST = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$")
STORAGE_GIB = (21, 200)


def containers(scope: Scope) -> list[Mapping[str, Any]]:
    """The container definitions; what is no object is left to the declaration's own check."""
    found = json.loads(scope.inputs["containerDefinitions"])
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def is_fargate(scope: Scope) -> bool:
    """Whether the tasks shall run on Fargate."""
    return "FARGATE" in (scope.inputs.get("requiresCompatibilities") or [])


def bad_family(scope: Scope) -> str | None:
    """A family whose name has other characters than letters, digits, hyphens and underscores, or over 255."""
    family = str(scope.inputs.get("family"))
    return None if re.fullmatch(r"[A-Za-z0-9_-]{1,255}", family) else "Family contains invalid characters."


def other_network_mode(scope: Scope) -> str | None:
    """A Fargate task definition with another network mode than awsvpc, or with none."""
    is_awsvpc = scope.inputs.get("networkMode") == "awsvpc"
    refusal = "Fargate only supports network mode ‘awsvpc’."  # noqa: RUF001 - ECS's own quotes
    return refusal if is_fargate(scope) and not is_awsvpc else None


def storage_out_of_range(scope: Scope) -> str | None:
    """Ephemeral storage below 21 or above 200 GiB."""
    size = (scope.inputs.get("ephemeralStorage") or {}).get("sizeInGib")
    low, high = STORAGE_GIB
    return (
        None if size is None or low <= size <= high else f"Ephemeral storage size must be between {low} and {high} GiB."
    )


def other_host_port(scope: Scope) -> str | None:
    """A container whose host port is not its container port, in network mode awsvpc or host."""
    mode = scope.inputs.get("networkMode")
    mappings = [mapping for container in containers(scope) for mapping in container.get("portMappings") or []]
    ports = [(each.get("hostPort"), each.get("containerPort")) for each in mappings]
    if mode not in ("awsvpc", "host") or all(not host or host == port for host, port in ports):
        return None
    return f"When networkMode={mode}, the host ports and container ports in port mappings must match."


def unknown_log_driver(scope: Scope) -> str | None:
    """A log driver that there is not, or not on Fargate."""
    known = FARGATE_DRIVERS if is_fargate(scope) else DRIVERS
    for driver in _drivers(scope):
        if driver not in known:
            return f"{driver} is not a valid log driver. Must be one of [{', '.join(known)}]"
    return None


def awslogs_without_options(scope: Scope) -> str | None:
    """The log driver awslogs without group or region."""
    needed = ("awslogs-group", "awslogs-region")
    for container in containers(scope):
        logs = container.get("logConfiguration") or {}
        if logs.get("logDriver") == "awslogs" and (
            missing := [n for n in needed if not (logs.get("options") or {}).get(n)]
        ):
            return f"Log driver awslogs requires options: {', '.join(missing)}"
    return None


def no_execution_role(scope: Scope) -> str | None:
    """A task definition without execution role that logs to CloudWatch, pulls from ECR or reads secrets."""
    if scope.inputs.get("executionRoleArn"):
        return None
    if any(container.get("secrets") for container in containers(scope)):
        return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    needs = "Fargate requires task definition to have execution role ARN to support"
    if is_fargate(scope) and "awslogs" in _drivers(scope):
        return f"{needs} log driver awslogs."
    if is_fargate(scope) and any(is_in_ecr(scope, str(each.get("image"))) for each in containers(scope)):
        return f"{needs} ECR images."
    return None


def unknown_dependency(scope: Scope) -> str | None:
    """A container that depends on one that is not in the task definition."""
    names = {each.get("name") for each in containers(scope)}
    wanted = [each.get("containerName") for container in containers(scope) for each in container.get("dependsOn") or []]
    missing = next((name for name in wanted if name not in names), None)
    return None if missing is None else f"Cannot depend on container + '{missing}' because it does not exist"


def unknown_volume(scope: Scope) -> str | None:
    """A container that mounts a volume which the task definition does not have."""
    names = {each.get("name") for each in scope.inputs.get("volumes") or []}
    mounted = [
        each.get("sourceVolume") for container in containers(scope) for each in container.get("mountPoints") or []
    ]
    missing = next((name for name in mounted if name not in names), None)
    return None if missing is None else f"Unknown volume '{missing}'."


def role_of_others(scope: Scope) -> str | None:
    """A task role or execution role that does not exist, or that ECS tasks may not assume."""
    for name in ("executionRoleArn", "taskRoleArn"):
        arn = scope.inputs.get(name)
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
    """Whether an image is in the registry that stands for ECR, or in ECR by its real name."""
    host = image.partition("/")[0]
    return host == scope.cloud.registry or ECR_HOST.match(host) is not None


def _drivers(scope: Scope) -> list[str]:
    found = [(each.get("logConfiguration") or {}).get("logDriver") for each in containers(scope)]
    return [driver for driver in found if driver]


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
