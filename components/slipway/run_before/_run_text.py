"""What an update says of a command that did not succeed before a roll-out, in at most twelve lines."""

import shlex
from collections.abc import Sequence

from slipway.deployment import advice, tersely

from ._tasks import Answer, Wanted, exit_code

MOST_LINES = 12
MOST_COMMAND_CHARACTERS = 60
AGAIN = "  then `pulumi up`, which runs it again"


def failure_text(wanted: Wanted, task: Answer, lines: Sequence[str], unseen: str = "") -> str:
    """Exit code, AWS's reasons, last log lines and advice. `unseen` says why nobody could read the log."""
    code = exit_code(task, wanted.container)
    ending = "without an exit code" if code is None else f"with exit code {code}"
    reasons = [f"  task {task_id(task['taskArn'])}: {tersely(task.get('stoppedReason') or 'stopped')}"]
    ended = [it for it in task.get("containers", []) if it.get("reason")]
    reasons += [f"  container {it['name']}: {tersely(it['reason'])}" for it in ended]
    reasons = reasons[:3]
    if unseen:
        reasons.append(f"  not seen: the log: {tersely(unseen)}")
    told = [tersely(line) for line in lines if line.strip()]
    fix = advice([*reasons, ending], told, is_seen=not unseen)
    room = MOST_LINES - len(reasons) - 4
    shown = [f"  last lines of {wanted.log_group}:", *(f"    {line}" for line in told[-room:])] if told else []
    headline = f"{wanted.who}: {shown_command(wanted.command)} ended {ending}, so nothing was rolled out"
    return "\n".join([headline, *reasons, *shown, f"  look at: {fix}", AGAIN])


def timeout_text(wanted: Wanted, task: Answer | None, note: str) -> str:
    """What goes on after the time is up, and how to stop it."""
    who, limit = f"{wanted.who}: {shown_command(wanted.command)}", f"within {wanted.timeout_seconds} s"
    if task is None or task["lastStatus"] == "STOPPED":
        return f"{who} did not succeed {limit}, so nothing was rolled out: {note}"
    return "\n".join(
        [
            f"{who} did not end {limit}, so nothing was rolled out: {note}",
            f"  task {task_id(task['taskArn'])} goes on, and the next `pulumi up` waits for it",
            "  look at: whether what it connects to lets its security group in (allow_to), and its log, "
            f"{wanted.log_group}",
            f"  to stop it: {stop_command(wanted, task)}",
        ]
    )


def stop_command(wanted: Wanted, task: Answer) -> str:
    """The command that stops a task."""
    names = f"--cluster {wanted.cluster.rpartition('/')[2]} --task {task_id(task['taskArn'])}"
    return f"aws ecs stop-task --region {wanted.region} {names}"


def shown_command(command: Sequence[str]) -> str:
    """A command as a shell takes it, in one short line.

    >>> shown_command(["python", "manage.py", "migrate"])
    '`python manage.py migrate`'
    """
    line = " ".join(shlex.join(command).split())
    return f"`{line}`" if len(line) <= MOST_COMMAND_CHARACTERS else f"`{line[: MOST_COMMAND_CHARACTERS - 1]}…`"


def task_id(arn: object) -> str:
    """The id at the end of a task's ARN."""
    return str(arn).rpartition("/")[2]
