"""One task by hand: started once, followed to its end, and judged by the exit code of its main container.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slipway_cli.errors import CommandError
from slipway_cli.running.ecs_answers import Ecs, Overrides, Task
from slipway_cli.running.log import TaskLog
from slipway_cli.running.settings import BEFORE, BY_HAND, Settings

TIMED_OUT: Final = 124  # as timeout(1) has it
NOT_STARTED: Final = 125  # as `docker run` has it
INTERRUPTED: Final = 130
POLL_SECONDS: Final = 1.0
LATE_SECONDS: Final = 5.0  # lines of a task may reach CloudWatch so long after its end


@dataclass(frozen=True)
class Screen:
    """What the operator reads, and how time passes."""

    line: Callable[[str], None]
    """A line of the task's log."""
    note: Callable[[str], None]
    """A line about the task."""
    now: Callable[[], float]
    pause: Callable[[float], None]


@dataclass(frozen=True)
class Started:
    """A task under way."""

    ecs: Ecs
    of: Settings
    arn: str
    log: TaskLog | None
    """None where the container writes to no log of CloudWatch."""


def start(ecs: Ecs, of: Settings, command: Sequence[str]) -> str:
    """Start a task; its ARN. An empty command is a job's own. Raises CommandError where nothing starts."""
    check(ecs, of, command)
    name = of.container["name"]
    overrides: Overrides = {"containerOverrides": [{"name": name, "command": list(command)}]} if command else {}
    answer = ecs.run_task(
        cluster=of.cluster,
        taskDefinition=of.task_definition_arn,
        launchType="FARGATE",
        platformVersion=of.platform_version,
        networkConfiguration=of.network,
        overrides=overrides,
        startedBy=of.mark(BY_HAND),
        enableECSManagedTags=True,
        enableExecuteCommand=of.has_exec,
        propagateTags="TASK_DEFINITION",
    )
    if not answer["tasks"]:
        reasons = ", ".join(failure.get("reason", "") for failure in answer.get("failures", []))
        raise CommandError(f"run: ECS starts no task of {of.name!r}: {reasons or 'it gives no reason'}")
    return answer["tasks"][0]["taskArn"]


def check(ecs: Ecs, of: Settings, command: Sequence[str]) -> None:
    """Refuse a service's own command, which never ends, and a command that runs before a roll-out just now."""
    if of.runs_on and not command:
        example = f"slipway run {of.name} -- sh -c 'echo ready'"
        raise CommandError(f"run: {of.name!r} is a service, whose own command never ends; give one, such as {example}")
    arns = ecs.list_tasks(cluster=of.cluster, startedBy=of.mark(BEFORE))["taskArns"]
    for task in ecs.describe_tasks(cluster=of.cluster, tasks=arns)["tasks"] if arns else []:
        overrides = task.get("overrides", {}).get("containerOverrides", [])
        if command and any(it.get("command") == list(command) for it in overrides):
            raise CommandError(
                f"run: `{shlex.join(command)}` runs already, before a roll-out of {of.name!r}, as task "
                f"{task_id(task['taskArn'])}; wait for its end"
            )


def follow(started: Started, screen: Screen, timeout: float) -> int:
    """Show the log until the task has ended; the exit code of this command. Raises as boto3 does."""
    arn, log, begun = started.arn, started.log, screen.now()
    ending = f"to stop it: {stop_command(started.of, arn)}"
    try:
        while (task := look(started)) is None or task["lastStatus"] != "STOPPED":
            show(log, screen)
            if screen.now() - begun >= timeout:
                screen.note(f"task {task_id(arn)} did not end within {timeout:g} s and goes on; {ending}")
                return TIMED_OUT
            screen.pause(POLL_SECONDS)
        show_late(log, screen, task)
    except KeyboardInterrupt:
        screen.note(f"task {task_id(arn)} goes on; {ending}")
        return INTERRUPTED
    return exit_code(started.of, task, screen)


def look(started: Started) -> Task | None:
    """The task; None while ECS does not show it yet."""
    tasks = started.ecs.describe_tasks(cluster=started.of.cluster, tasks=[started.arn])["tasks"]
    return tasks[0] if tasks else None


def show(log: TaskLog | None, screen: Screen) -> bool:
    """Show the new lines; whether there were any."""
    lines: Iterator[str] = log.lines() if log is not None else iter(())
    is_any = False
    for line in lines:
        screen.line(line)
        is_any = True
    return is_any


def show_late(log: TaskLog | None, screen: Screen, task: Task) -> None:
    """Show lines until none has come for a while after the task's end; a task that never ran has none."""
    if log is None or "startedAt" not in task:
        return
    quiet_since = screen.now()
    while screen.now() - quiet_since < LATE_SECONDS:
        if show(log, screen):
            quiet_since = screen.now()
        screen.pause(POLL_SECONDS)


def exit_code(of: Settings, task: Task, screen: Screen) -> int:
    """The main container's exit code; without one, that of a task that did not start, and why."""
    container = next(it for it in task["containers"] if it["name"] == of.container["name"])
    if "exitCode" in container:
        return container["exitCode"]
    reasons = [task.get("stoppedReason", ""), container.get("reason", "")]
    why = "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "ECS gives no reason"
    screen.note(f"task {task_id(task['taskArn'])} ended without an exit code: {why}")
    return NOT_STARTED


def stop_command(of: Settings, arn: str) -> str:
    """The command that stops the task."""
    region, cluster = arn.split(":")[3], of.cluster.rpartition("/")[2]
    return f"aws ecs stop-task --region {region} --cluster {cluster} --task {task_id(arn)}"


def task_id(arn: str) -> str:
    """The id at the end of a task's ARN."""
    return arn.rpartition("/")[2]
