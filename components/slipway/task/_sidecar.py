"""Sidecars: further containers of each task, and the start order of all containers.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_dependson
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, Arguments, one_of, spelled
from slipway.words import DependencyCondition

from ._container import Container, container
from ._health_check import ContainerHealthCheckArgs
from ._volume import MountPointArgs

START, COMPLETE, SUCCESS, HEALTHY = "START", "COMPLETE", "SUCCESS", "HEALTHY"
CONDITIONS = (START, COMPLETE, SUCCESS, HEALTHY)
ENDED = (COMPLETE, SUCCESS)
LEAST_MEMORY_MIB = 6  # Docker's
MOST_SIDECARS = 9  # of the ten containers of a task


class SidecarArgs(TypedDict):
    """A further container in the same task; containers of a task reach one another on 127.0.0.1."""

    image: pulumi.Input[str]
    """Image of the sidecar, best by digest, for the task's architecture."""
    command: NotRequired[list[str]]
    """Command in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User by number or name, with or without a group; root is refused. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables, readable by everyone with the right to describe tasks: no secrets here. Default: none."""
    environment_files: NotRequired[list[pulumi.Input[str]]]
    """ARNs of S3 objects with variables, named .env; `environment` overrides them. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables with secret values: variable to the ARN of a Secrets Manager secret or an SSM parameter.
    Default: none."""
    container_port: NotRequired[int]
    """Port of the sidecar, 1-65535, different from the other sidecars' ports. With the service's `container_port`, the
    requests go to this sidecar. Default: none."""
    essential: NotRequired[bool]
    """End the task with this container. Default: true."""
    depends_on: NotRequired[Mapping[str, DependencyCondition]]
    """Container name to the condition that it must reach before this sidecar starts: START, HEALTHY by its health check,
    or for a sidecar with `essential` false COMPLETE, or SUCCESS with exit code 0. Default: all start at once."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Health check command of the sidecar. Default: the sidecar is healthy while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Writable directories in memory: path to size in MiB. The rest of the root file system is read-only.
    Default: none."""
    mount_points: NotRequired[list[MountPointArgs]]
    """Mount points of the sidecar. Default: none."""
    memory_mib: NotRequired[int]
    """Memory limit in MiB, at least 6; a sidecar above it is killed. Default: the task's memory."""
    start_timeout_seconds: NotRequired[int]
    """Seconds within which the sidecar must reach the condition of a waiting container, 2-120. Default: 180."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30."""


def sidecars(arguments: Arguments, name: str, memory_mib: int) -> list[Container]:
    """Check the sidecars of a task; `name` is the main container's, `memory_mib` the task's."""
    entries = list(arguments.each("sidecars"))
    if len(entries) > MOST_SIDECARS:
        raise arguments.error(
            "sidecars", f"must be at most {MOST_SIDECARS}, got {len(entries)}; a task has ten containers"
        )
    arguments.child_keys("sidecars", name)
    checked: list[Container] = []
    for key, entry in entries:
        port = entry.optional_whole_number("container_port", 1, 65535)
        for other in checked:
            if port is not None and port == other.port:
                fix = "containers of a task have one address; change one"
                rule = f"must differ from sidecars.{other.name}'s, got {port}"
                raise entry.error("container_port", f"{rule}; {fix}")
        limit = entry.optional_whole_number("memory_mib", LEAST_MEMORY_MIB, memory_mib)
        sidecar = container(entry, key, memory_mib)
        checked.append(replace(sidecar, port=port, essential=entry.flag("essential", default=True), memory_mib=limit))
    total = sum(sidecar.memory_mib or 0 for sidecar in checked)
    if total >= memory_mib:
        fix = "the service's own container needs some; make them smaller or memory_mib larger"
        rule = f"memory_mib of sidecars must be less than memory_mib, {memory_mib}, got {spelled(total)}"
        raise ArgumentError(f"{arguments.who}: {rule}; {fix}")
    return checked


def check_start_order(who: str, containers: Sequence[Container]) -> None:
    """Refuse dependencies on unknown containers, unreachable conditions, and circles; the main container is first."""
    by_name = {it.name: it for it in containers}
    for waiting in containers:
        for other, condition in waiting.depends_on.items():
            argument = f"{waiting.path}depends_on.{other}"
            if other not in by_name or other == waiting.name:
                listed = ", ".join(name for name in by_name if name != waiting.name) or "none"
                rule = f"must name another container of the task, got {other!r}"
                raise ArgumentError(f"{who}: {argument} {rule}; the others are {listed}")
            one_of(who, argument, condition, CONDITIONS)
            check_condition(who, argument, condition, by_name[other])
    started: set[str] = set()
    while waiting_names := [name for name in by_name if name not in started]:
        ready = [name for name in waiting_names if set(by_name[name].depends_on) <= started]
        if not ready:
            circle = ", ".join(waiting_names)
            raise ArgumentError(
                f"{who}: depends_on must not form a circle, got {circle}; remove one of these dependencies"
            )
        started.update(ready)


def check_condition(who: str, argument: str, condition: str, target: Container) -> None:
    """Refuse HEALTHY without a health check, and an end of a container that never ends."""
    if condition == HEALTHY and target.health_check is None:
        key = f"{target.path}container_health_check"
        raise ArgumentError(f"{who}: {argument} HEALTHY needs a health check, got none; set {key}")
    if condition in ENDED and target.essential:
        is_main = not target.path
        fix = "it never ends by itself; use START" if is_main else f"set {target.path}essential to false"
        raise ArgumentError(f"{who}: {argument} {condition} needs a container that is not essential; {fix}")
