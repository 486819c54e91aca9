"""Container definitions: unprivileged, on a read-only root file system, with a log in CloudWatch.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from slipway.common import Json, JsonObject

from ._container import Container
from ._volume import MountPoint

LOG_BUFFER = "25m"  # lines beyond it are dropped while CloudWatch is slow, so that the program never waits
EXEC_MOUNTS = (  # written by ECS Exec's agent, as root
    MountPoint("exec-agent", "/var/lib/amazon", read_only=False),
    MountPoint("exec-log", "/var/log/amazon", read_only=False),
)


@dataclass(frozen=True)
class LogTarget:
    """The CloudWatch log group for the lines of a task's containers."""

    group: pulumi.Input[str]
    region: pulumi.Input[str]
    prefix: str
    """First part of the log stream's name."""

    def options(self) -> dict[str, pulumi.Input[str]]:
        """Options of the awslogs driver: a slow CloudWatch costs lines, and stops no program."""
        return {
            "awslogs-group": self.group,
            "awslogs-region": self.region,
            "awslogs-stream-prefix": self.prefix,
            "mode": "non-blocking",
            "max-buffer-size": LOG_BUFFER,
        }


def container_definition(
    container: Container, port: JsonObject | None, log: LogTarget, *, exec_enabled: bool = False
) -> JsonObject:
    """The definition of a container; `exec_enabled` adds the two directories for ECS Exec's agent."""
    mounts = [*container.mount_points, *(EXEC_MOUNTS if exec_enabled else ())]
    health_check, files = container.health_check, container.environment_files
    definition: dict[str, Json] = {
        "name": container.name,
        "image": container.image,
        "essential": container.essential,
        "user": container.user,
        "readonlyRootFilesystem": True,
        "linuxParameters": linux_parameters(container),
        "healthCheck": health_check.definition() if health_check else None,
        "mountPoints": [mount_definition(mount) for mount in mounts] or None,
        "dependsOn": depends_on(container.depends_on) or None,
        "startTimeout": container.start_timeout_seconds,
        "stopTimeout": container.stop_timeout_seconds,
        "environment": pairs(container.environment, "value"),
        "logConfiguration": {"logDriver": "awslogs", "options": log.options()},
        "command": list(container.command) or None,
        "environmentFiles": [{"type": "s3", "value": arn} for arn in files] or None,
        "secrets": pairs(container.secrets, "valueFrom") or None,
        "portMappings": [port] if port else None,
        "memory": container.memory_mib,
    }
    return {key: value for key, value in definition.items() if value is not None}


def linux_parameters(container: Container) -> JsonObject:
    """An init process, no capabilities, and the writable directories."""
    parameters: dict[str, Json] = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
    if container.writable_paths:
        parameters["tmpfs"] = tmpfs(container.writable_paths)
    return parameters


def port_mapping(port: int | None, name: str | None = None, app_protocol: str | None = None) -> JsonObject | None:
    """An open port; with a name for Service Connect, and the protocol that its proxy reads."""
    if port is None:
        return None
    mapping: dict[str, Json] = {"containerPort": port, "hostPort": port, "protocol": "tcp"}
    if name is not None:
        mapping["name"] = name
        if app_protocol is not None:
            mapping["appProtocol"] = app_protocol
    return mapping


def mount_definition(mount: MountPoint) -> JsonObject:
    """A mount point in a container definition."""
    return {"sourceVolume": mount.volume, "containerPath": mount.path, "readOnly": mount.read_only}


def depends_on(conditions: Mapping[str, str]) -> list[JsonObject]:
    """Start conditions in a stable order."""
    return [{"containerName": name, "condition": condition} for name, condition in sorted(conditions.items())]


def tmpfs(paths: Mapping[str, int]) -> list[JsonObject]:
    """Writable directories in a stable order: writable for every user, executable for none."""
    return [{"containerPath": path, "size": size} for path, size in sorted(paths.items())]


def pairs(variables: Mapping[str, pulumi.Input[str]], value_key: str) -> list[JsonObject]:
    """Variables in a stable order: another order would make another revision."""
    return [{"name": name, value_key: value} for name, value in sorted(variables.items(), key=lambda item: item[0])]
