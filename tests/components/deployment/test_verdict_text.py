"""ECS histories, and the exact verdict on each: nothing here talks to AWS."""

from typing import Any, NamedTuple

import pytest

from slipway.deployment._judgement import Outcome, judge
from slipway.deployment._verdict_text import Evidence, verdict_text
from tests.support.components.ecs_history import (
    AGAIN,
    ASKED,
    BEFORE,
    BREAKER,
    CAPACITY,
    EXITED,
    FAILED,
    FIRST_FAILED,
    HEADLINE,
    ROLLED_BACK,
    SECRET,
    deployment,
    rolling,
    service,
    stopped,
)


class History(NamedTuple):
    """What AWS answers about a failed deployment, and the verdict."""

    event: str
    """The failure in words."""
    answer: dict[str, Any]
    """Answer of DescribeServices."""
    tasks: list[dict[str, Any]]
    """Stopped tasks."""
    targets: list[dict[str, Any]]
    """Targets and their health."""
    lines: list[str]
    """Lines of the log."""
    verdict: list[str]
    """Verdict without its last line."""


# What happened, what ECS answers, targets, log lines, and the verdict without its last line.
HISTORIES: list[History] = [
    History(
        "a rollback after an exit code",
        ROLLED_BACK,
        [stopped(EXITED, 3)],
        [],
        ["one", "two", "three", "connecting to db", "no database"],
        [
            HEADLINE,
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            "  last lines of shop-log:",
            "    two",
            "    three",
            "    connecting to db",
            "    no database",
            "  look at: it ended by itself: its last lines say why",
        ],
    ),
    History(
        "a program that ends without a word",
        ROLLED_BACK,
        [stopped(EXITED, 3)],
        [],
        [],
        [
            HEADLINE,
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 3",
            "  look at: it ended by itself and logged nothing: check command, and what it does at its start",
        ],
    ),
    History(
        "out of memory in a first deployment",
        FIRST_FAILED,
        [stopped(EXITED, 137, "OutOfMemoryError: Container killed due to memory usage")],
        [],
        [],
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 137, OutOfMemoryError: Container killed due to memory usage",
            "  look at: give it more memory_mib, or find what takes it",
        ],
    ),
    History(
        "an image that cannot be pulled",
        ROLLED_BACK,
        [stopped("CannotPullContainerError: pull image manifest has been retried 5 time(s): not found")],
        [],
        [],
        [
            HEADLINE,
            FAILED,
            "  task 0a1b: CannotPullContainerError: pull image manifest has been retried 5 time(s): not found",
            "  look at: check that the image exists, and that the subnets have a way to its registry "
            "(NAT, or endpoints ecr.api and ecr.dkr)",
        ],
    ),
    History(
        "health checks of the load balancer",
        ROLLED_BACK,
        [stopped("Task failed ELB health checks in (target-group arn:tg)", 143)],
        [
            {
                "Target": {"Id": "10.20.0.7", "Port": 8080},
                "TargetHealth": {
                    "State": "unhealthy",
                    "Reason": "Target.ResponseCodeMismatch",
                    "Description": "Health checks failed with these codes: [503]",
                },
            }
        ],
        ["GET /health 503"],
        [
            HEADLINE,
            FAILED,
            "  task 0a1b: Task failed ELB health checks in (target-group arn:tg)",
            "  container shop: exit code 143",
            "  target 10.20.0.7:8080: Health checks failed with these codes: [503]",
            "  last lines of shop-log:",
            "    GET /health 503",
            "  look at: health_check_path has to answer 200 on container_port or health_check_port within health_check_grace_period_seconds",
        ],
    ),
    History(
        "no capacity, so that no task was ever started",
        service(deployment("PRIMARY", ASKED, "FAILED", BREAKER), events=["(service shop) has begun", CAPACITY]),
        [],
        [],
        [],
        [
            "service 'shop': the deployment of shop:7 failed, with none before it to roll back to",
            FAILED,
            f"  event: {CAPACITY}",
            "  look at: try again, in more zones, or with a smaller spot_percent",
        ],
    ),
    History(
        "a secret that cannot be read",
        ROLLED_BACK,
        [stopped(SECRET)],
        [],
        [],
        [
            HEADLINE,
            FAILED,
            f"  task 0a1b: {SECRET}",
            "  look at: check that the secret exists and has a value, its KMS key, and the subnets' way to Secrets "
            "Manager or SSM",
        ],
    ),
    History(
        "an image for another processor, which only the log tells",
        ROLLED_BACK,
        [stopped(EXITED, 1)],
        [],
        ["exec /usr/bin/python: exec format error"],
        [
            HEADLINE,
            FAILED,
            f"  task 0a1b: {EXITED}",
            "  container shop: exit code 1",
            "  last lines of shop-log:",
            "    exec /usr/bin/python: exec format error",
            "  look at: build the image for the task's architecture",
        ],
    ),
    History(
        "a rollback that is over, and of which the deployment is listed no more",
        service(
            deployment("PRIMARY", BEFORE, "COMPLETED", running=2),
            events=["(service shop) has reached a steady state.", "(service shop) deployment failed: tasks failed to start."],
        ),
        [stopped("Scaling activity initiated by (deployment ecs-svc/6)"), stopped(EXITED, 1, definition=BEFORE)],
        [],
        [],
        [
            "service 'shop': shop:7 was rolled back or replaced, the service runs shop:6",
            "  deployment (no longer listed): (service shop) deployment failed: tasks failed to start.",
            "  look at: the service's events",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize("history", HISTORIES, ids=lambda it: it.event)
def test_a_failed_deployment_is_explained(history: History) -> None:
    evidence = Evidence(history.answer, history.tasks, history.targets, "shop-log", history.lines)
    text = verdict_text("service 'shop'", judge(history.answer, ASKED).line, ASKED, evidence)
    assert text.splitlines() == [*history.verdict, AGAIN]


def test_a_verdict_has_twelve_lines_at_most_however_much_there_is_to_say() -> None:
    unhealthy = [{"Target": {"Id": "a", "Port": 1}, "TargetHealth": {"State": "unhealthy", "Reason": "x"}}] * 9
    evidence = Evidence(
        ROLLED_BACK, [stopped("a\nb" * 500, 1, "c\nd" * 500)] * 9, unhealthy, "shop-log", ["e\nf" * 99] * 99
    )
    text = verdict_text("service 'shop'", "h", ASKED, evidence)
    assert len(text.splitlines()) == 12
    assert max(len(line) for line in text.splitlines()) < 420


class State(NamedTuple):
    """One answer of ECS and its judgement."""

    answer: dict[str, Any] | None
    """Answer of DescribeServices; None for no service."""
    outcome: Outcome
    line: str


STANDS: list[State] = [
    State(service(deployment("PRIMARY", ASKED, "COMPLETED", running=2)), Outcome.COMPLETED, "shop:7 runs"),
    State(
        service(deployment("PRIMARY", ASKED, "IN_PROGRESS", running=1) | {"failedTasks": 2}),
        Outcome.UNDER_WAY,
        "shop:7: 1 of 2 tasks run, 2 failed",
    ),
    State(FIRST_FAILED, Outcome.FAILED, "the deployment of shop:7 failed, with none before it to roll back to"),
    State(ROLLED_BACK, Outcome.FAILED, "the deployment of shop:7 was rolled back to shop:6"),
    State(
        service(deployment("PRIMARY", BEFORE, "COMPLETED", running=2)),
        Outcome.ANOTHER,
        "shop:7 was rolled back or replaced, the service runs shop:6",
    ),
    State(
        rolling(service(deployment("PRIMARY", BEFORE, "COMPLETED", running=2))),
        Outcome.OTHERS,
        "somebody else deployed shop:6 in place of shop:7",
    ),
    State(service(), Outcome.ANOTHER, "shop:7 is not deployed: the service has no primary deployment"),
    State(service() | {"status": "INACTIVE"}, Outcome.GONE, "shop:7 is not deployed: the service is gone"),
    State(None, Outcome.GONE, "shop:7 is not deployed: the service is gone"),
]


@pytest.mark.parametrize(("answer", "outcome", "line"), STANDS)
def test_where_a_deployment_stands(answer: dict[str, Any] | None, outcome: Outcome, line: str) -> None:
    judged = judge(answer, ASKED)
    assert (judged.outcome, judged.line) == (outcome, line)
