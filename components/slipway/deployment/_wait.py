"""The wait for a deployment: asks until ECS has decided or time is up.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import pulumi

from ._evidence import Watched
from ._judgement import Answer, Judgement, Outcome, judge, primary_definition, revision
from ._verdict_text import (
    Evidence,
    newest,
    next_step,
    own_record,
    tersely,
    unguarded,
    unhealthy_targets,
    verdict_text,
)

POLL_SECONDS = 3.0
MAYBE_OLD = (Outcome.ANOTHER, Outcome.OTHERS, Outcome.ELSEWHERE)
SETTLE_SECONDS = 15.0  # ECS may still show the deployment before, for as long after an update
UNHEALTHY = r"is unhealthy in"
MENDED_BY_REFRESH = {
    Outcome.GONE: "run `pulumi up --refresh` to create it again",
    Outcome.ELSEWHERE: "run `pulumi up --refresh` to move it",
}


class DeploymentFailedError(pulumi.RunError):
    """The service does not run the declared task definition; the message is the verdict."""


class NotAnsweredError(Exception):
    """AWS did not answer; a later question may succeed."""


class Answers(Protocol):
    """AWS's answers about a service; all but the first are empty where nobody may read them."""

    async def service(self) -> Answer | None:
        """The service in the words of DescribeServices; None for none. May raise NotAnsweredError."""

    async def image(self, task_definition_arn: str) -> str:
        """Image of the main container in a task definition."""

    async def latest(self) -> Answer | None:
        """The newest deployment in the service's history."""

    async def targets(self) -> list[Answer]:
        """Health of the service's targets."""

    async def evidence(self, service: Answer, latest: Answer | None, unhealthy: list[Answer]) -> Evidence:
        """Evidence of a failure."""


@dataclass(frozen=True)
class Clock:
    """Time and its passing, in seconds."""

    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]


async def await_deployment(watched: Watched, answers: Answers, say: Callable[[str], None], clock: Clock) -> str:
    """Ask until the deployment is decided or time is up; a doubt about one that succeeded, else empty.

    Raises DeploymentFailedError with the verdict.
    """
    declared, limit = watched.task_definition_arn, watched.timeout_seconds
    start, begun = clock.now(), False
    judgement = Judgement(Outcome.UNDER_WAY, f"{revision(declared)}: not seen yet")
    service: Answer | None = None
    latest: Answer | None = None
    seen: Answer | None = None
    unhealthy: list[Answer] = []
    while True:
        waited, silence = clock.now() - start, ""
        try:
            service = await answers.service()
            judgement, latest = await judged(watched, service, answers)
        except NotAnsweredError as error:
            silence = f"AWS does not answer ({tersely(str(error))}); last seen, "
        if judgement.outcome is Outcome.COMPLETED:
            return unguarded(own_record(seen, declared))
        seen = latest or seen
        unhealthy = [it for it in await answers.targets() if it["TargetHealth"]["State"] == "unhealthy"] or unhealthy
        begun = begun or judgement.outcome is Outcome.UNDER_WAY
        failed = judgement.outcome in (Outcome.FAILED, Outcome.GONE)
        failed = failed or (judgement.outcome in MAYBE_OLD and (begun or waited >= SETTLE_SECONDS))
        if failed or waited >= limit:
            late = "" if failed else f"the deployment was not complete after {limit:.0f} s, "
            headline = f"{late}{silence}{judgement.line}"
            if failed and judgement.outcome in MENDED_BY_REFRESH:
                headline += f"; {MENDED_BY_REFRESH[judgement.outcome]}"
            if service is None or (failed and judgement.outcome in MENDED_BY_REFRESH):
                raise DeploymentFailedError(f"{watched.who}: {headline}")
            if failed and judgement.outcome is Outcome.OTHERS:
                raise DeploymentFailedError(f"{watched.who}: {headline}\n{next_step(service, declared)}")
            evidence = await answers.evidence(service, latest, unhealthy)
            raise DeploymentFailedError(verdict_text(watched.who, headline, declared, evidence, goes_on=not failed))
        say(f"{silence}{judgement.line}{because(service, unhealthy)} ({waited:.0f} of at most {limit:.0f} s)")
        await clock.pause(POLL_SECONDS)


async def judged(watched: Watched, service: Answer | None, answers: Answers) -> tuple[Judgement, Answer | None]:
    """The judgement, and the newest deployment of the history where that was needed.

    A service on its declared task definition needs no history, unless a rollback brought it back.
    """
    arn, groups = watched.task_definition_arn, watched.target_group_arns
    judgement = judge(service, arn, target_group_arns=groups)
    if judgement.outcome is Outcome.GONE or (judgement.outcome is Outcome.COMPLETED and not judgement.came_back):
        return judgement, None
    latest = await answers.latest()
    judgement = judge(service, arn, latest, groups)
    if judgement.outcome is Outcome.OTHERS and (image := await answers.image(primary_definition(service))):
        judgement = replace(judgement, line=f"{judgement.line}, with the image {image}")
    return judgement, latest


def because(service: Answer | None, unhealthy: list[Answer]) -> str:
    """The reason for tasks that stay away, by the load balancer or else by an event, for the line of progress."""
    if unhealthy:
        return "".join(f"; {line.strip()}" for line in unhealthy_targets(unhealthy))
    event = newest(service, UNHEALTHY) if service is not None else ""
    return f"; {tersely(event)}" if event else ""
