"""Containers beside the service's own in each of its tasks, and the order in which all of them start.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_dependson
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, child_keys, given, one_of, spelled, whole_number

from ._container import Container, ContainerHealthCheckArgs, container
from ._volume import MountPointArgs

START, COMPLETE, SUCCESS, HEALTHY = "START", "COMPLETE", "SUCCESS", "HEALTHY"
CONDITIONS = (START, COMPLETE, SUCCESS, HEALTHY)
ENDED = (COMPLETE, SUCCESS)
LEAST_MEMORY_MIB = 6  # Docker's
MOST_SIDECARS = 9  # of the ten containers that a task has


class SidecarArgs(TypedDict):
    """A container beside the service's own, in the same task: they find one another on 127.0.0.1."""

    image: pulumi.Input[str]
    """Image to run, best by digest, built for the task's architecture."""
    command: NotRequired[list[str]]
    """Command in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User in the container, any but root. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables, readable to whoever may describe the task; nothing secret. Default: none."""
    environment_files: NotRequired[list[pulumi.Input[str]]]
    """S3 objects by ARN, named .env, with lines of variables that those above win over. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variable to the ARN of a Secrets Manager secret or an SSM parameter. Default: none."""
    container_port: NotRequired[int]
    """Port that it listens on, 1-65535, of its own among the task's; with the service's container_port, requests come
    here. Default: none."""
    essential: NotRequired[bool]
    """Whether the task ends when this container does. Default: true."""
    depends_on: NotRequired[Mapping[str, str]]
    """Container to what has to be so before this one starts: START, HEALTHY by its health check, or for one that is not
    essential COMPLETE or, with exit code 0, SUCCESS. Default: all start at once."""
    health_check: NotRequired[ContainerHealthCheckArgs]
    """Command in it that tells ECS whether it is well. Default: it is well while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Path to the MiB that may be written there, in memory; the rest is read-only. Default: none."""
    mount_points: NotRequired[list[MountPointArgs]]
    """Where it finds volumes. Default: nowhere."""
    memory_mib: NotRequired[int]
    """MiB of the task's memory that it may take before it is ended. Default: as much as is left."""
    start_timeout_seconds: NotRequired[int]
    """Seconds in which those that depend on it have to see it as they ask, 2-120. Default: 180."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30."""


@dataclass(frozen=True)
class Sidecar(Container):
    """A sidecar with every default filled in."""

    name: str
    port: int | None
    essential: bool
    memory_mib: int | None


def sidecars(who: str, name: str, args: Mapping[str, Any], memory_mib: int) -> list[Sidecar]:
    """Sidecars by name; ports that meet and memory that is not there are refused."""
    wanted: Mapping[str, SidecarArgs] = given(args.get("sidecars"), {})
    if len(wanted) > MOST_SIDECARS:
        raise ArgumentError(
            f"{who}: sidecars must be at most {MOST_SIDECARS}, got {len(wanted)}; a task has ten containers"
        )
    child_keys(who, "sidecars", wanted, name)
    found: list[Sidecar] = []
    for key, sidecar in wanted.items():
        path = f"sidecars.{key}."
        port, memory = sidecar.get("container_port"), sidecar.get("memory_mib")
        if port is not None:
            whole_number(who, f"{path}container_port", port, 1, 65535)
        for other in found:
            if port is not None and port == other.port:
                fix = "containers of a task have one address; change one"
                raise ArgumentError(
                    f"{who}: {path}container_port must differ from sidecars.{other.name}'s, got {int(port)}; {fix}"
                )
        if memory is not None:
            whole_number(who, f"{path}memory_mib", memory, LEAST_MEMORY_MIB, memory_mib)
        found.append(
            Sidecar(
                **container(who, path, "health_check", sidecar, memory_mib),
                name=key,
                port=None if port is None else int(port),
                essential=given(sidecar.get("essential"), True),
                memory_mib=None if memory is None else int(memory),
            )
        )
    total = sum(it.memory_mib or 0 for it in found)
    if total >= memory_mib:
        fix = "the service's own container needs some; make them smaller or memory_mib larger"
        raise ArgumentError(
            f"{who}: memory_mib of sidecars must be less than memory_mib, {memory_mib}, got {spelled(total)}; {fix}"
        )
    return found


def check_order(who: str, name: str, main: Container, beside: Sequence[Sidecar]) -> None:
    """Refuse to wait for a container that is not there, can never be as asked, or waits itself."""
    everyone: dict[str, Container] = {name: main, **{it.name: it for it in beside}}
    ends = {it.name for it in beside if not it.essential}
    for own, waiting in everyone.items():
        path = "depends_on" if own == name else f"sidecars.{own}.depends_on"
        for other, condition in waiting.depends_on.items():
            argument = f"{path}.{other}"
            if other not in everyone or other == own:
                listed = ", ".join(key for key in everyone if key != own) or "none"
                raise ArgumentError(f"{who}: {argument} must be another container of the task, which are {listed}")
            one_of(who, argument, condition, CONDITIONS)
            if condition == HEALTHY and everyone[other].health_check is None:
                key = "container_health_check" if other == name else f"sidecars.{other}.health_check"
                raise ArgumentError(f"{who}: {argument} HEALTHY needs a health check, got none; set {key}")
            if condition in ENDED and other not in ends:
                fix = (
                    f"set sidecars.{other}.essential to false"
                    if other != name
                    else "it never ends by itself; use START"
                )
                raise ArgumentError(f"{who}: {argument} {condition} needs one that is not essential; {fix}")
    done: list[str] = []
    while left := [own for own in everyone if own not in done]:
        free = [own for own in left if set(everyone[own].depends_on) <= set(done)]
        if not free:
            raise ArgumentError(
                f"{who}: depends_on must not go in a circle, got {', '.join(left)}; remove one of theirs"
            )
        done += free
