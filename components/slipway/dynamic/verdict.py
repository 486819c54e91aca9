"""The verdict on a deployment: waits until the service runs the task definition asked for, and fails when it does not.

The provider's own wait gives no reasons, says nothing for twenty minutes, and asks no second time. This is a dynamic
resource since only a resource is asked again at every update: see ADR 0003. It runs beside the program, in the
engine's process for Python providers, with the credentials of the environment or of aws:profile. Its provider is stored
by reference to the class below, so that editing this module is no change to any stack.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import time
from collections.abc import Callable
from typing import Any

import pulumi
from pulumi import dynamic

from slipway.deployment import (
    Answer,
    Aws,
    Judgement,
    NotAnsweredError,
    Outcome,
    clients,
    judge,
    revision,
    seen,
    tersely,
    unhealthy_targets,
    verdict_text,
)

from .engine_calls import end_without_traceback, progress_to

POLL_SECONDS = 3.0
SETTLE_SECONDS = 15.0  # ECS may still show the deployment before, for as long after an update


class DeploymentFailedError(pulumi.RunError):
    """The service does not run what was asked for; the message is the verdict."""


class VerdictProvider(dynamic.ResourceProvider):
    """Waits at creation and update; at every other run it looks whether the service still runs what was asked for."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    _profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take over aws:profile, which the provider of the other resources uses as well."""
        self._profile = req.config.get("aws:profile")

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for the verdict; one that failed is not recorded, so the next run asks again."""
        self._await(props)
        return dynamic.CreateResult(id_=props["service"], outs=dict(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait for the verdict on what is asked for now."""
        self._await(news)
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A change whenever there is something to wait for or to tell, and also when AWS cannot be asked."""
        keys = set(news) - {"__provider"}
        changed = any(olds.get(key) != news.get(key) for key in keys)
        return dynamic.DiffResult(changes=changed or not self._still_runs(news))

    def _aws(self, props: dict[str, Any]) -> Aws:
        return Aws(clients(props, self._profile), props)

    def _still_runs(self, props: dict[str, Any]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in _verdict_aws

        try:
            aws = self._aws(props)
            judgement = judge(aws.service(), props["task_definition_arn"], aws.latest())
        except (BotoCoreError, ClientError, NotAnsweredError):
            return False  # the update that follows asks again, and says why it cannot
        return judgement.outcome is Outcome.COMPLETED

    def _await(self, props: dict[str, Any]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in _verdict_aws

        try:
            say = progress_to(props["service_urn"])
            await_deployment(self._aws(props), props, say, time.monotonic, time.sleep)
        except DeploymentFailedError as error:
            end_without_traceback(str(error))
        except (BotoCoreError, ClientError) as error:
            end_without_traceback(
                f"{props['who']}: the deployment cannot be looked at: {error}; it takes the environment's credentials, or "
                "those of aws:profile, and an explicit provider's never: give it these, or set without_verdict"
            )


class Verdict(dynamic.Resource, module="slipway", name="Verdict"):
    """Exists as long as the service runs what was asked for."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(VerdictProvider(), name, props, opts)


def await_deployment(
    aws: Aws,
    props: dict[str, Any],
    say: Callable[[str], None],
    clock: Callable[[], float],
    pause: Callable[[float], None],
) -> None:
    """Ask until the deployment is decided or time is up. Raises DeploymentFailedError with the verdict."""
    asked, who, limit = props["task_definition_arn"], props["who"], float(props["timeout_seconds"])
    start, begun = clock(), False
    judgement = Judgement(Outcome.UNDER_WAY, f"{revision(asked)}: not seen yet")
    service: Answer | None = None
    latest: Answer | None = None
    unhealthy: list[Answer] = []
    while True:
        waited, silence = clock() - start, ""
        try:
            service, latest = aws.service(), aws.latest()
            judgement = judge(service, asked, latest)
        except NotAnsweredError as error:
            silence = f"AWS does not answer ({tersely(str(error))}); last seen, "
        if judgement.outcome is Outcome.COMPLETED:
            return
        now = seen([], "", aws.targets)
        unhealthy = [it for it in now if it["TargetHealth"]["State"] == "unhealthy"] or unhealthy
        begun = begun or judgement.outcome is Outcome.UNDER_WAY
        failed = judgement.outcome is Outcome.FAILED
        failed = failed or (judgement.outcome is Outcome.ANOTHER and (begun or waited >= SETTLE_SECONDS))
        if failed or waited >= limit:
            late = "" if failed else f"the deployment was not complete after {limit:.0f} s, "
            headline = f"{late}{silence}{judgement.line}"
            if failed and (service is None or service["status"] != "ACTIVE"):
                raise DeploymentFailedError(f"{who}: {headline}; run `pulumi up --refresh` to create it again")
            if service is None:
                raise DeploymentFailedError(f"{who}: {headline}")
            told = verdict_text(who, headline, asked, aws.evidence(service, latest, unhealthy), goes_on=not failed)
            raise DeploymentFailedError(told)
        because = "".join(f"; {line.strip()}" for line in unhealthy_targets(unhealthy))
        say(f"{silence}{judgement.line}{because} ({waited:.0f} of at most {limit:.0f} s)")
        pause(POLL_SECONDS)
