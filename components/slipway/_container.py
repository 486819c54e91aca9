"""What a container may write, and how ECS sees that it is well: the checks of both, and their form in its definition.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_healthcheck
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NotRequired, TypedDict

from ._checks import ArgumentError, given, not_empty, spelled, whole_number

INTERVAL_SECONDS = 10
TIMEOUT_SECONDS = 5
RETRIES = 3
START_PERIOD_SECONDS = 0
LONGEST_START_PERIOD_SECONDS = 300
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


def health_check(who: str, args: ContainerHealthCheckArgs | None) -> dict[str, Any] | None:
    """Arguments of the container's check to its definition."""
    if args is None:
        return None
    argument = "container_health_check"
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


def writable_paths(who: str, paths: Mapping[str, float] | None, memory_mib: int) -> dict[str, int]:
    """Paths to the MiB of each, which the task's memory has to hold beside the program."""
    found: dict[str, int] = {}
    for path, size in given(paths, {}).items():
        if not path.startswith("/") or ".." in path.split("/") or str(PurePosixPath(path)) != path or path == "/":
            rule = "writable_paths must be named by absolute paths below /, without . or .. or a / at the end"
            raise ArgumentError(f"{who}: {rule}, got {path!r}")
        found[path] = whole_number(who, f"writable_paths.{path}", size, 1, memory_mib)
    total = sum(found.values())
    if total >= memory_mib:
        fix = "they are kept in memory, beside the program; make them smaller or memory_mib larger"
        raise ArgumentError(
            f"{who}: writable_paths must be less than memory_mib, {memory_mib}, got {spelled(total)}; {fix}"
        )
    return found
