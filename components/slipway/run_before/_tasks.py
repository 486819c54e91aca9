"""What is wanted before a roll-out, and what DescribeTasks says of a task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]
"""A part of an AWS answer, as boto3 returns it."""
BEFORE = "slipway-run-before"
BY_HAND = "slipway-run"  # as the command `slipway run` writes it
LONGEST_STARTED_BY = 128


@dataclass(frozen=True)
class Wanted:
    """A command that has to succeed before a roll-out."""

    who: str
    """Component and name, as error sentences begin."""
    command: Sequence[str]
    container: str
    """Name of the main container."""
    task_definition_arn: str
    """The task definition to roll out."""
    cluster: str
    network: Mapping[str, Any]
    """The service's awsvpcConfiguration."""
    has_exec: bool
    """Whether people may open shells in the tasks."""
    log_group: str
    timeout_seconds: int

    @property
    def region(self) -> str:
        """Region of the service."""
        return self.task_definition_arn.split(":")[3]

    @property
    def account(self) -> str:
        """Account of the service."""
        return self.task_definition_arn.split(":")[4]

    @property
    def family(self) -> str:
        """Family of the task definitions; each service has its own."""
        return self.task_definition_arn.rpartition("/")[2].partition(":")[0]

    @property
    def started_by(self) -> str:
        """The mark of tasks that run before roll-outs of this service."""
        return mark(BEFORE, self.family)


def mark(kind: str, family: str) -> str:
    """The word in `startedBy` of tasks of one kind and family.

    >>> mark("slipway-run", "api-1234567")
    'slipway-run/api-1234567'
    """
    if len(written := f"{kind}/{family}") <= LONGEST_STARTED_BY:
        return written
    return f"{kind}/{hashlib.sha256(family.encode()).hexdigest()}"


def is_in_flight(task: Answer) -> bool:
    """Whether a task has not ended."""
    return bool(task["lastStatus"] != "STOPPED")


def exit_code(task: Answer, container: str) -> int | None:
    """Exit code of a container; None without one, as for a container that never ran."""
    found: Answer = next((it for it in task.get("containers", []) if it["name"] == container), {})
    code: int | None = found.get("exitCode")
    return code


def command_of(task: Answer, container: str) -> list[str] | None:
    """Command that the start of a task gave to a container; None for its own."""
    overrides = task.get("overrides", {}).get("containerOverrides", [])
    found: Answer = next((it for it in overrides if it.get("name") == container), {})
    command: list[str] | None = found.get("command")
    return command
