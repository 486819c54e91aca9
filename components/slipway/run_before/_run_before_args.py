"""Arguments of what runs before a roll-out.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import Arguments, not_empty

TIMEOUT_SECONDS = 3600
TIMEOUT_BOUNDS_SECONDS = (60, 86400)
LONGEST_OVERRIDES = 8192  # characters of RunTask's overrides as JSON
AROUND_COMMAND = 500  # characters of the overrides beside the command: the container's name, and JSON


class RunBeforeArgs(TypedDict):
    """A command that runs as a task before each roll-out: whenever the task definition changes, and before the first one."""

    command: list[str]
    """Command of the main container in place of its own, such as a migration of the database. The task has the service's
    own task definition, subnets and security groups. The roll-out starts when the main container has ended with code 0."""
    timeout_seconds: NotRequired[int]
    """Seconds until the update fails while the command runs, 60-86400. The task goes on, and the next update waits for it.
    Default: 3600."""
    role_arn: NotRequired[pulumi.Input[str]]
    """Role that starts and watches the task, for a provider whose credentials the program does not see. Default: the
    profile or the keys of the provider, or else the environment's credentials."""


@dataclass(frozen=True)
class RunBefore:
    """A checked command, and who runs it for how long."""

    command: Sequence[str]
    timeout_seconds: int
    role_arn: pulumi.Input[str] | None


def run_before(arguments: Arguments | None) -> RunBefore | None:
    """Check what runs before a roll-out; None for nothing. Raises ArgumentError."""
    if arguments is None:
        return None
    command = arguments.texts("command")
    not_empty(arguments.who, arguments.label("command"), command, '["python", "manage.py", "migrate"]')
    most, length = LONGEST_OVERRIDES - AROUND_COMMAND, len(json.dumps(list(command)))
    if length > most:
        rule = f"must be at most {most} characters as JSON, got {length}"
        raise arguments.error("command", f"{rule}; put it into a script of the image")
    return RunBefore(
        command=command,
        timeout_seconds=arguments.whole_number("timeout_seconds", *TIMEOUT_BOUNDS_SECONDS, default=TIMEOUT_SECONDS),
        role_arn=arguments.arn("role_arn", "iam", "a role"),
    )
