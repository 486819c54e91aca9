"""The course of what runs before a roll-out: one task at a time, started once, waited for, judged by its exit code.

AWS keeps the knowledge of what ran: tasks in flight are listed by who started them, and a stopped one is shown for about an
hour. Pure functions, and a wait that calls only what it is given.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import pulumi

from ._run_text import failure_text, shown_command, task_id, timeout_text
from ._tasks import Answer, Wanted, command_of, exit_code, is_in_flight

POLL_SECONDS = 2.0
LATE_SECONDS = 10.0  # lines of a task may reach CloudWatch so long after its end
LOST_SECONDS = 300.0  # ECS's answers are consistent in the end: so long may it hide a task that it has started


class RunBeforeFailedError(pulumi.RunError):
    """The command did not succeed; the message gives the reason."""


class NotAnsweredError(Exception):
    """AWS did not answer; a later question may succeed."""


class Step(Enum):
    """What comes next."""

    START = "nothing is in flight, and nothing has succeeded"
    WAIT = "a task is in flight"
    SUCCEEDED = "a task for this task definition has ended with code 0"
    FAILED = "a task that this update has seen in flight has ended otherwise"


@dataclass(frozen=True)
class Decision:
    """The next step, and the task that it is about."""

    step: Step
    task: Answer | None = None
    """With START, the last one that failed."""


@dataclass(frozen=True)
class Started:
    """ECS's answer to a start."""

    arn: str = ""
    """The task; empty where there is none yet."""
    reason: str = ""
    """Why there is none yet."""
    is_old: bool = False
    """ECS remembers the start and answers with a task of long ago."""


class Calls(Protocol):
    """Calls to AWS. All may raise NotAnsweredError."""

    async def tasks(self, arns: Collection[str]) -> Sequence[Answer]:
        """These tasks, and the others that ran before roll-outs of the service, in the words of DescribeTasks."""

    async def start(self, token: str) -> Started:
        """Start the task once for each token. Raises RunError where ECS refuses it."""

    async def last_lines(self, task: Answer) -> tuple[Sequence[str], str]:
        """Last lines of the task's log so far, or why nobody could read them."""


@dataclass(frozen=True)
class Clock:
    """Time and its passing, in seconds."""

    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Voice:
    """What the user reads."""

    tell: Callable[[str], None]
    """A line that stays."""
    show: Callable[[str], None]
    """The line of progress."""


def decide(tasks: Collection[Answer], wanted: Wanted, seen: Collection[str]) -> Decision:
    """The next step. `tasks` are those that run or ran before roll-outs of the service, `seen` the ARNs that this update
    has started or seen in flight."""
    for task in sorted(tasks, key=lambda it: not is_wanted(it, wanted)):
        if is_in_flight(task):
            return Decision(Step.WAIT, task)
    ended = sorted((it for it in tasks if is_wanted(it, wanted)), key=lambda it: str(it.get("createdAt", "")))
    if any(exit_code(it, wanted.container) == 0 for it in ended):
        return Decision(Step.SUCCEEDED, next(it for it in ended if exit_code(it, wanted.container) == 0))
    if ended and ended[-1]["taskArn"] in seen:
        return Decision(Step.FAILED, ended[-1])
    return Decision(Step.START, ended[-1] if ended else None)


def is_wanted(task: Answer, wanted: Wanted) -> bool:
    """Whether a task is the wanted command for the wanted task definition, started before a roll-out."""
    return (
        task["taskDefinitionArn"] == wanted.task_definition_arn
        and command_of(task, wanted.container) == list(wanted.command)
        and task.get("startedBy") == wanted.started_by
    )


def token(wanted: Wanted, after: str) -> str:
    """The client token of a start: whoever has seen the same starts the same task, and so nobody starts a second one.

    `after` is the id of the last task that failed; empty for none.
    """
    known = [wanted.task_definition_arn, wanted.cluster, wanted.container, list(wanted.command), wanted.network, after]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


async def run_once(wanted: Wanted, calls: Calls, voice: Voice, clock: Clock) -> None:
    """Return when the command has succeeded for the task definition. Raises RunBeforeFailedError."""
    begun, seen, course = clock.now(), dict[str, float](), Course(wanted, calls, voice, clock)
    while True:
        waited, task, note = clock.now() - begun, None, ""
        try:
            decision = decide(await calls.tasks(list(seen)), wanted, seen)
            task = decision.task
            if decision.step is Step.SUCCEEDED:
                return course.tell_success(decision)
            if decision.step is Step.FAILED:
                lines, unseen = await late_lines(calls, decision.task or {}, clock)
                raise RunBeforeFailedError(failure_text(wanted, decision.task or {}, lines, unseen))
            note = await course.go_on(decision, seen)
        except NotAnsweredError as error:
            note = f"AWS does not answer ({error})"
        if waited >= wanted.timeout_seconds:
            raise RunBeforeFailedError(timeout_text(wanted, task, note))
        voice.show(f"{shown_command(wanted.command)}: {note} ({waited:.0f} of at most {wanted.timeout_seconds} s)")
        await clock.pause(POLL_SECONDS)


async def late_lines(calls: Calls, task: Answer, clock: Clock) -> tuple[Sequence[str], str]:
    """Last lines of a task's log, once there are any: they may come after its end. A task that never ran has none."""
    begun = clock.now()
    while True:
        lines, unseen = await calls.last_lines(task)
        if lines or unseen or "startedAt" not in task or clock.now() - begun >= LATE_SECONDS:
            return lines, unseen
        await clock.pause(POLL_SECONDS)


class Course:
    """The steps of one update, and what they have told."""

    def __init__(self, wanted: Wanted, calls: Calls, voice: Voice, clock: Clock) -> None:
        self._wanted, self._calls, self._voice, self._clock = wanted, calls, voice, clock
        self._last = ""
        """Task of the last start, until ECS shows it."""
        self._told: set[str] = set()

    async def go_on(self, decision: Decision, seen: dict[str, float]) -> str:
        """Wait for the task in flight, or start one; what the line of progress says."""
        if decision.step is Step.WAIT and decision.task is not None:
            return self._wait(decision.task, seen)
        hidden = bool(self._last) and self._clock.now() - seen[self._last] < LOST_SECONDS
        if hidden:
            return f"task {task_id(self._last)} is started"
        after = task_id(self._last) if self._last else task_id(decision.task["taskArn"] if decision.task else "")
        started = await self._calls.start(token(self._wanted, after))
        if not started.arn:
            return f"not started yet: {started.reason}"
        self._last = started.arn
        # One of long ago is not waited for; the next start comes after it.
        seen[started.arn] = self._clock.now() - (LOST_SECONDS if started.is_old else 0)
        if not started.is_old:
            self._tell(started.arn, "runs before the roll-out")
        return f"task {task_id(started.arn)} is started"

    def _wait(self, task: Mapping[str, Any], seen: dict[str, float]) -> str:
        arn, status = str(task["taskArn"]), str(task["lastStatus"])
        if is_wanted(task, self._wanted):
            self._last = ""
            self._tell(arn, "runs already, since an earlier update")
            seen[arn] = self._clock.now()
            return f"task {task_id(arn)} is {status}"
        theirs = str(task["taskDefinitionArn"]).rpartition("/")[2]
        return f"waits for task {task_id(arn)} of {theirs}, which is {status}: never two at once"

    def _tell(self, arn: str, what: str) -> None:
        if arn in self._told:
            return
        self._told.add(arn)
        wanted = self._wanted
        self._voice.tell(
            f"{wanted.who}: {shown_command(wanted.command)} {what}, as task {task_id(arn)}; "
            "it goes on when the update is interrupted, and the next one waits for it"
        )

    def tell_success(self, decision: Decision) -> None:
        """Tell of a task that ended in an earlier update, or before anybody saw it run."""
        arn = str((decision.task or {})["taskArn"])
        if arn not in self._told:
            has_run = f"{shown_command(self._wanted.command)} has succeeded before this roll-out already"
            self._voice.tell(f"{self._wanted.who}: {has_run}, as task {task_id(arn)}; it does not run again")
