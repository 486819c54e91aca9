"""A container as a task definition has it: unprivileged, on a read-only root, with its log in CloudWatch.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from slipway.common import given

from ._container import Container
from ._sidecar import Sidecar

LOG_BUFFER = "25m"  # what a task may hold back while CloudWatch is slow, before it drops lines rather than stall
EXEC_VOLUMES = {"exec-agent": "/var/lib/amazon", "exec-log": "/var/log/amazon"}  # what the agent writes, as root


@dataclass(frozen=True)
class LogTarget:
    """Where the lines of a task's containers go."""

    group: pulumi.Input[str]
    region: pulumi.Input[str]
    prefix: str


def container_definition(
    name: str, of: Container, port: Mapping[str, Any] | None, log: LogTarget, *, exec_enabled: bool
) -> dict[str, Any]:
    """A container to its definition; `exec_enabled` gives the agent of shells the two places that it writes."""
    mounts = [
        {"sourceVolume": it["volume"], "containerPath": it["path"], "readOnly": given(it.get("read_only"), False)}
        for it in of.mount_points
    ]
    if exec_enabled:
        mounts += [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False} for volume, path in EXEC_VOLUMES.items()
        ]
    definition: dict[str, Any] = {
        "name": name,
        "image": of.image,
        "essential": True,
        "user": of.user,
        "readonlyRootFilesystem": True,
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            **({"tmpfs": tmpfs(of.writable_paths)} if of.writable_paths else {}),
        },
        **({"healthCheck": of.health_check} if of.health_check else {}),
        **({"mountPoints": mounts} if mounts else {}),
        **({"dependsOn": depends_on(of.depends_on)} if of.depends_on else {}),
        **({"startTimeout": of.start_timeout_seconds} if of.start_timeout_seconds is not None else {}),
        "stopTimeout": of.stop_timeout_seconds,
        "environment": pairs(of.environment, "value"),
        "logConfiguration": {"logDriver": "awslogs", "options": log_options(log)},
        **({"command": list(of.command)} if of.command else {}),
        **(
            {"environmentFiles": [{"type": "s3", "value": it} for it in of.environment_files]}
            if of.environment_files
            else {}
        ),
        **({"secrets": pairs(of.secrets, "valueFrom")} if of.secrets else {}),
        **({"portMappings": [port]} if port else {}),
    }
    if isinstance(of, Sidecar):
        definition["essential"] = of.essential
        if of.memory_mib is not None:
            definition["memory"] = of.memory_mib
    return definition


def port_mapping(port: int | None, name: str | None = None, app_protocol: str | None = None) -> dict[str, Any] | None:
    """A port that is connected to; Service Connect knows it by its name, and looks into what it speaks."""
    if port is None:
        return None
    named = {"name": name, **({"appProtocol": app_protocol} if app_protocol else {})} if name else {}
    return {"containerPort": port, "hostPort": port, "protocol": "tcp", **named}


def log_options(log: LogTarget) -> dict[str, pulumi.Input[str]]:
    """What the awslogs driver is told; a slow CloudWatch costs lines, and stalls nothing."""
    return {
        "awslogs-group": log.group,
        "awslogs-region": log.region,
        "awslogs-stream-prefix": log.prefix,
        "mode": "non-blocking",
        "max-buffer-size": LOG_BUFFER,
    }


def depends_on(conditions: Mapping[str, str]) -> list[dict[str, str]]:
    """What has to be so before, in a stable order."""
    return [{"containerName": name, "condition": condition} for name, condition in sorted(conditions.items())]


def tmpfs(paths: Mapping[str, int]) -> list[dict[str, Any]]:
    """Writable paths in a stable order; everyone may write there, and nothing there is executed."""
    return [{"containerPath": path, "size": size} for path, size in sorted(paths.items())]


def pairs(variables: Mapping[str, pulumi.Input[str]], value_key: str) -> list[dict[str, pulumi.Input[str]]]:
    """Variables by name, in a stable order: another order would be another revision."""
    return [{"name": name, value_key: value} for name, value in sorted(variables.items(), key=lambda item: item[0])]
