"""Health check of a container: a command in it, run by ECS.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_healthcheck
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from slipway.common import Arguments, JsonObject, not_empty, shown

INTERVAL_SECONDS = 10
TIMEOUT_SECONDS = 5
RETRIES = 3
START_PERIOD_SECONDS = 0
LONGEST_START_PERIOD_SECONDS = 300
PROGRAM, SHELL = "CMD", "CMD-SHELL"


class ContainerHealthCheckArgs(TypedDict):
    """A command in the container, with exit code 0 for healthy; ECS replaces a task with an unhealthy container."""

    command: list[str]
    """CMD and a program with its arguments, or CMD-SHELL and one line for /bin/sh."""
    interval_seconds: NotRequired[int]
    """Seconds between two checks, 5-300. Default: 10."""
    timeout_seconds: NotRequired[int]
    """Seconds until a running check counts as failed, 2-60. Default: 5."""
    retries: NotRequired[int]
    """Failed checks in a row until the container is unhealthy, 1-10. Default: 3."""
    start_period_seconds: NotRequired[int]
    """Seconds after the start during which failed checks do not count, 0-300. Default: 0."""


@dataclass(frozen=True)
class HealthCheck:
    """A checked health check."""

    command: Sequence[str]
    interval_seconds: int
    timeout_seconds: int
    retries: int
    start_period_seconds: int

    def definition(self) -> JsonObject:
        """The healthCheck object of a container definition."""
        return {
            "command": list(self.command),
            "interval": self.interval_seconds,
            "timeout": self.timeout_seconds,
            "retries": self.retries,
            "startPeriod": self.start_period_seconds,
        }


def health_check(arguments: Arguments | None) -> HealthCheck | None:
    """Check the arguments of a health check. Raises ArgumentError."""
    if arguments is None:
        return None
    command = arguments.texts("command")
    not_empty(
        arguments.who, arguments.label("command"), command, '["CMD-SHELL", "curl -f http://localhost:8080/health"]'
    )
    form = command[0]
    if form not in (PROGRAM, SHELL):
        fix = "CMD-SHELL takes one line for /bin/sh, CMD a program and its arguments"
        raise arguments.error("command", f"must begin with CMD or CMD-SHELL, got {shown(form)}; {fix}")
    if len(command) < 2 or (form == SHELL and len(command) > 2):
        rule = "exactly one line after CMD-SHELL" if form == SHELL else "a program after CMD"
        raise arguments.error("command", f"must have {rule}, got {len(command) - 1} parts")
    return HealthCheck(
        command=command,
        interval_seconds=arguments.whole_number("interval_seconds", 5, 300, INTERVAL_SECONDS),
        timeout_seconds=arguments.whole_number("timeout_seconds", 2, 60, TIMEOUT_SECONDS),
        retries=arguments.whole_number("retries", 1, 10, RETRIES),
        start_period_seconds=arguments.whole_number(
            "start_period_seconds", 0, LONGEST_START_PERIOD_SECONDS, START_PERIOD_SECONDS
        ),
    )
