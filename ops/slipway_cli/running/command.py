"""The command `slipway run`, with AWS and the terminal."""

import sys
import time
from collections.abc import Sequence

from slipway_cli import stack
from slipway_cli.aws import aws_errors
from slipway_cli.delivery.log_lines import Logs
from slipway_cli.errors import CommandError
from slipway_cli.running.log import TaskLog
from slipway_cli.running.settings import Settings, settings
from slipway_cli.running.task import NOT_STARTED, Screen, Started, follow, start, task_id

DRIVER = "awslogs"


def run_by_hand(stack_name: str | None, name: str, command: Sequence[str], timeout: float) -> int:
    """Run a task to its end; the exit code of the command."""
    screen = Screen(print_line, print_note, time.monotonic, time.sleep)
    try:
        with aws_errors():
            return _run(stack_name, name, command, timeout, screen)
    except CommandError as error:
        print_note(f"error: {error}")
        return NOT_STARTED


def _run(stack_name: str | None, name: str, command: Sequence[str], timeout: float, screen: Screen) -> int:
    import boto3  # noqa: PLC0415 - 0.2 s, which a wrong stack does not need

    found = settings(stack.resources(stack_name), name, lambda region: boto3.client("ecs", region_name=region))
    region = found.task_definition_arn.split(":")[3]
    ecs = boto3.client("ecs", region_name=region)
    arn = start(ecs, found, command)
    screen.note(f"task {task_id(arn)} of {found.task_definition_arn.rpartition('/')[2]}")
    log = log_of(found, arn, boto3.client("logs", region_name=region))
    return follow(Started(ecs, found, arn, log), screen, timeout)


def log_of(of: Settings, arn: str, logs: Logs) -> TaskLog | None:
    """The task's log; None where the container writes to none of CloudWatch."""
    configuration = of.container.get("logConfiguration")
    options = configuration.get("options", {}) if configuration else {}
    if configuration is None or configuration["logDriver"] != DRIVER or "awslogs-stream-prefix" not in options:
        return None
    stream = f"{options['awslogs-stream-prefix']}/{of.container['name']}/{task_id(arn)}"
    return TaskLog(logs, options["awslogs-group"], stream)


def print_line(line: str) -> None:
    """A line of the task's log, at once."""
    print(line, flush=True)


def print_note(note: str) -> None:
    """A line about the task."""
    print(note, file=sys.stderr, flush=True)
