"""What runs before a roll-out: which task is started, waited for or taken as done, as a table of what ECS shows."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from slipway.run_before._course import (
    Clock,
    Decision,
    NotAnsweredError,
    RunBeforeFailedError,
    Started,
    Step,
    Voice,
    decide,
    run_once,
    token,
)
from slipway.run_before._tasks import Answer, Wanted
from tests.support.components.run_before.tasks import BY_HAND, FAMILY, WANTED, arn, task

DECISIONS: dict[str, tuple[list[dict[str, Any]], list[str], Step, str]] = {
    "nothing has run": ([], [], Step.START, ""),
    "ours is in flight": ([task("1", "PROVISIONING")], [], Step.WAIT, "1"),
    "ours is stopping": ([task("1", "DEPROVISIONING", 0)], [], Step.WAIT, "1"),
    "another revision's is in flight": ([task("1", revision=4)], [], Step.WAIT, "1"),
    "one by hand is in flight": ([task("1", **BY_HAND)], [], Step.WAIT, "1"),
    "one with an earlier command is in flight": ([task("1", command=["old"])], [], Step.WAIT, "1"),
    "ours before another's": ([task("1", revision=4), task("2")], [], Step.WAIT, "2"),
    "another's is in flight, ours has succeeded": (
        [task("1", "STOPPED", 0), task("2", revision=6)],
        [],
        Step.WAIT,
        "2",
    ),
    "it ended before anybody saw it": ([task("1", "STOPPED", 0)], [], Step.SUCCEEDED, "1"),
    "it succeeded after a failure": ([task("1", "STOPPED", 1), task("2", "STOPPED", 0)], [], Step.SUCCEEDED, "2"),
    "another revision has succeeded": ([task("1", "STOPPED", 0, revision=4)], [], Step.START, ""),
    "by hand it has succeeded": ([task("1", "STOPPED", 0, **BY_HAND)], [], Step.START, ""),
    "another command has succeeded": ([task("1", "STOPPED", 0, command=["old"])], [], Step.START, ""),
    "only the sidecar has a code": ([task("1", "STOPPED")], ["1"], Step.FAILED, "1"),
    "it failed in this update": ([task("1", "STOPPED", 1)], ["1"], Step.FAILED, "1"),
    "it failed in an earlier update": ([task("1", "STOPPED", 1)], [], Step.START, "1"),
    "both failed, ours last": ([task("2", "STOPPED", 1), task("1", "STOPPED", 1)], ["2"], Step.FAILED, "2"),
}


@pytest.mark.parametrize(("tasks", "seen", "step", "about"), DECISIONS.values(), ids=DECISIONS)
def test_what_ecs_shows_decides_the_next_step(
    tasks: list[dict[str, Any]], seen: list[str], step: Step, about: str
) -> None:
    found = next((it for it in tasks if it["taskArn"] == arn(about)), None)
    assert decide(tasks, WANTED, [arn(name) for name in seen]) == Decision(step, found)


def test_who_has_seen_the_same_starts_the_same_task() -> None:
    assert token(WANTED, "") == token(replace(WANTED, timeout_seconds=90), "")
    others = [
        token(WANTED, "1"),
        token(replace(WANTED, task_definition_arn=f"{FAMILY}6"), ""),
        token(replace(WANTED, command=["other"]), ""),
        token(replace(WANTED, network={**WANTED.network, "subnets": ["subnet-2"]}), ""),
    ]
    assert len({token(WANTED, ""), *others}) == 5
    assert len(token(WANTED, "")) == 64, "RunTask takes no more"


@dataclass
class Ecs:
    """Answers with one look after another, the last one for ever; a look may be an error."""

    looks: list[list[dict[str, Any]] | Exception]
    starts: list[Started | Exception] = field(default_factory=list)
    lines: list[tuple[Sequence[str], str]] = field(default_factory=lambda: [((), "")])
    tokens: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    seconds: float = 0

    async def tasks(self, arns: Collection[str]) -> Sequence[Answer]:
        answer = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def start(self, token: str) -> Started:
        self.tokens.append(token)
        answer = self.starts.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def last_lines(self, task: Answer) -> tuple[Sequence[str], str]:
        return self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]

    async def _pause(self, seconds: float) -> None:
        self.seconds += seconds

    def run(self, wanted: Wanted = WANTED) -> "Ecs":
        """Run without waiting."""
        clock = Clock(lambda: self.seconds, self._pause)
        asyncio.run(run_once(wanted, self, Voice(self.told.append, self.shown.append), clock))
        return self

    def refusal(self, wanted: Wanted = WANTED) -> list[str]:
        with pytest.raises(RunBeforeFailedError) as caught:
            self.run(wanted)
        return str(caught.value).splitlines()


RUNS = "it goes on when the update is interrupted, and the next one waits for it"
WHAT = "FargateService 'api': `python manage.py migrate`"


def test_a_task_is_started_once_and_waited_for() -> None:
    running = [task("1", "PENDING")]
    ecs = Ecs([[], [], running, running, [task("1", "STOPPED", 0)]], [Started(arn("1"))]).run()
    assert ecs.tokens == [token(WANTED, "")]
    assert ecs.told == [f"{WHAT} runs before the roll-out, as task 1; {RUNS}"]
    assert ecs.shown[0] == "`python manage.py migrate`: task 1 is started (0 of at most 60 s)"
    assert ecs.shown[2] == "`python manage.py migrate`: task 1 is PENDING (4 of at most 60 s)"


def test_an_update_after_a_killed_one_waits_for_its_task() -> None:
    ecs = Ecs([[task("1")], [task("1", "STOPPED", 0)]]).run()
    assert ecs.tokens == []
    assert ecs.told == [f"{WHAT} runs already, since an earlier update, as task 1; {RUNS}"]


def test_what_has_succeeded_does_not_run_again_and_the_update_says_so() -> None:
    ecs = Ecs([[task("1", "STOPPED", 0)]]).run()
    assert (ecs.tokens, ecs.seconds) == ([], 0)
    assert ecs.told == [f"{WHAT} has succeeded before this roll-out already, as task 1; it does not run again"]


def test_another_revision_s_task_ends_before_ours_begins() -> None:
    theirs = task("1", revision=4)
    gone = task("1", "STOPPED", 0, revision=4)
    ecs = Ecs([[theirs], [theirs], [gone], [gone, task("2", "STOPPED", 0)]], [Started(arn("2"))]).run()
    assert ecs.shown[0] == (
        "`python manage.py migrate`: waits for task 1 of api-1234567:4, which is RUNNING: never two at once (0 of at most 60 s)"
    )
    assert ecs.tokens == [token(WANTED, "")]


def test_after_a_failure_in_an_earlier_update_it_starts_anew() -> None:
    failed = task("1", "STOPPED", 1)
    ecs = Ecs([[failed], [failed, task("2", "STOPPED", 0)]], [Started(arn("2"))]).run()
    assert ecs.tokens == [token(WANTED, "1")]


def test_a_start_that_ecs_remembers_from_long_ago_is_followed_by_another() -> None:
    ecs = Ecs([[], [], [task("2", "STOPPED", 0)]], [Started(arn("1"), is_old=True), Started(arn("2"))]).run()
    assert ecs.tokens == [token(WANTED, ""), token(WANTED, "1")]
    assert ecs.told == [f"{WHAT} runs before the roll-out, as task 2; {RUNS}"]


def test_a_task_that_ecs_does_not_show_is_waited_for_before_another_starts() -> None:
    patient = replace(WANTED, timeout_seconds=900)
    ecs = Ecs([*[[]] * 160, [task("2", "STOPPED", 0)]], [Started(arn("1")), Started(arn("2"))]).run(patient)
    assert ecs.tokens == [token(WANTED, ""), token(WANTED, "1")]
    assert ecs.seconds > 300


def test_want_of_capacity_is_tried_again_with_the_same_token() -> None:
    full = Started(reason="Capacity is unavailable at this time")
    ecs = Ecs([[], [], [task("1", "STOPPED", 0)]], [full, Started(arn("1"))]).run()
    assert ecs.tokens == [token(WANTED, "")] * 2
    assert ecs.shown[0] == (
        "`python manage.py migrate`: not started yet: Capacity is unavailable at this time (0 of at most 60 s)"
    )


def test_a_lost_answer_starts_no_second_task() -> None:
    lost = NotAnsweredError("Read timeout")
    ecs = Ecs([lost, [], [], [task("1", "STOPPED", 0)]], [lost, Started(arn("1"))]).run()
    assert ecs.tokens == [token(WANTED, "")] * 2
    assert ecs.shown[0] == "`python manage.py migrate`: AWS does not answer (Read timeout) (0 of at most 60 s)"


def test_a_failure_is_told_with_exit_code_and_last_lines() -> None:
    lines = [f"line {number}" for number in range(20)]
    ecs = Ecs([[], [task("1", "STOPPED", 3)]], [Started(arn("1"))], [(lines, "")])
    assert ecs.refusal() == [
        f"{WHAT} ended with exit code 3, so nothing was rolled out",
        "  task 1: Essential container in task exited",
        "  last lines of api-1234567:",
        *(f"    line {number}" for number in range(13, 20)),
        "  look at: it ended by itself: its last lines say why",
        "  then `pulumi up`, which runs it again",
    ]


def test_no_exit_code_is_a_failure_with_aws_s_reason() -> None:
    reason = "CannotPullContainerError: pull image manifest has been retried 7 time(s)"
    stopped = task("1", "STOPPED", stoppedReason=reason)
    assert Ecs([[], [stopped]], [Started(arn("1"))]).refusal() == [
        f"{WHAT} ended without an exit code, so nothing was rolled out",
        f"  task 1: {reason}",
        "  look at: check that the image exists, and that the subnets have a way to its registry (NAT, or endpoints "
        "ecr.api and ecr.dkr)",
        "  then `pulumi up`, which runs it again",
    ]


def test_a_log_that_nobody_may_read_is_said() -> None:
    ecs = Ecs(
        [[], [task("1", "STOPPED", 3)]], [Started(arn("1"))], [((), "not authorized to perform logs:GetLogEvents")]
    )
    assert ecs.refusal()[2:4] == [
        "  not seen: the log: not authorized to perform logs:GetLogEvents",
        "  look at: it ended by itself: its log says why",
    ]


def test_late_lines_of_a_failed_task_are_waited_for() -> None:
    failed = task("1", "STOPPED", 3, startedAt="2026-11-30")
    late = Ecs([[], [failed]], [Started(arn("1"))], [((), ""), ((), ""), (["no database"], "")])
    assert late.refusal()[3] == "    no database"
    assert late.seconds == 6
    silent = Ecs([[], [failed]], [Started(arn("1"))])
    assert (silent.refusal()[-1], silent.seconds) == ("  then `pulumi up`, which runs it again", 12)


def test_a_silent_failure_has_advice_of_its_own() -> None:
    assert Ecs([[], [task("1", "STOPPED", 3)]], [Started(arn("1"))]).refusal()[2] == (
        "  look at: it ended by itself and logged nothing: check command, and what it does at its start"
    )


def test_time_that_is_up_says_what_goes_on_and_how_to_stop_it() -> None:
    assert Ecs([[task("1")]]).refusal() == [
        f"{WHAT} did not end within 60 s, so nothing was rolled out: task 1 is RUNNING",
        "  task 1 goes on, and the next `pulumi up` waits for it",
        "  look at: whether what it connects to lets its security group in (allow_to), and its log, api-1234567",
        "  to stop it: aws ecs stop-task --region eu-west-1 --cluster main --task 1",
    ]
    silent = Ecs([NotAnsweredError("Read timeout")]).refusal()
    assert silent == [
        f"{WHAT} did not succeed within 60 s, so nothing was rolled out: AWS does not answer (Read timeout)"
    ]
