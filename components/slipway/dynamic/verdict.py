"""The verdict on a deployment: waits until the service runs the declared task definition, and fails when it does not.

The AWS provider's own wait gives no reasons, says nothing for twenty minutes, and asks no second time. The verdict is a
dynamic resource since only a resource is asked again at every update: see ADR 0003. It runs beside the program, in the
engine's process for Python providers, with the credentials of the environment or of aws:profile.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import cast

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
    optional_answer,
    revision,
    tersely,
    unhealthy_targets,
    verdict_text,
)

from ._engine_calls import end_without_traceback, progress_to
from ._stored_class import changed_inputs, stored_elsewhere

POLL_SECONDS = 3.0
MAYBE_OLD = (Outcome.ANOTHER, Outcome.ELSEWHERE)
SETTLE_SECONDS = 15.0  # ECS may still show the deployment before, for as long after an update


class DeploymentFailedError(pulumi.RunError):
    """The service does not run the declared task definition; the message is the verdict."""


class VerdictProvider(dynamic.ResourceProvider):
    """Waits at creation and update; at every other run it looks whether the service still runs the task definition.

    State stores a reference to this class, so an edit here changes no stack.
    """

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    _profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take aws:profile from the configuration, as the AWS provider does."""
        self._profile = req.config.get("aws:profile")

    def create(self, props: Mapping[str, object]) -> dynamic.CreateResult:
        """Wait for the verdict; a failure is not recorded, so the next run asks again."""
        self._await(props)
        return dynamic.CreateResult(id_=str(props["service"]), outs=dict(props))

    def update(self, _id: str, _olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.UpdateResult:
        """Wait for the verdict on the new declaration; a completed deployment is no wait."""
        self._await(news)
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.DiffResult:
        """A change of an input or of the class's path, a deployment to wait for, or AWS that cannot be asked."""
        changed = bool(changed_inputs(olds, news)) or stored_elsewhere(olds, news)
        return dynamic.DiffResult(changes=changed or not self._still_runs(news))

    def _aws(self, props: Mapping[str, object]) -> Aws:
        return Aws(clients(dict(props), self._profile), dict(props))

    def _still_runs(self, props: Mapping[str, object]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in deployment

        try:
            aws = self._aws(props)
            judgement = judge(aws.service(), str(props["task_definition_arn"]), aws.latest(), groups_of(props))
        except (BotoCoreError, ClientError, NotAnsweredError):
            return False  # the update that follows asks again, and gives the reason
        return judgement.outcome is Outcome.COMPLETED

    def _await(self, props: Mapping[str, object]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in deployment

        try:
            say = progress_to(str(props["service_urn"]))
            await_deployment(self._aws(props), props, say, time.monotonic, time.sleep)
        except DeploymentFailedError as error:
            end_without_traceback(str(error))
        except (BotoCoreError, ClientError) as error:
            end_without_traceback(
                f"{props['who']}: the deployment cannot be looked at: {error}; it takes the environment's credentials, or "
                "those of aws:profile, and an explicit provider's never: give it these, or set without_verdict"
            )


class Verdict(dynamic.Resource, module="slipway", name="Verdict"):
    """Exists as long as the service runs the declared task definition."""

    def __init__(self, name: str, props: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions) -> None:
        super().__init__(VerdictProvider(), name, dict(props), opts)


def groups_of(props: Mapping[str, object]) -> Sequence[str]:
    """The declared target groups; two while requests move between them, none without a load balancer."""
    return cast("Sequence[str]", props["target_group_arns"])


def await_deployment(
    aws: Aws,
    props: Mapping[str, object],
    say: Callable[[str], None],
    clock: Callable[[], float],
    pause: Callable[[float], None],
) -> None:
    """Ask until the deployment is decided or time is up. Raises DeploymentFailedError with the verdict."""
    declared, who = str(props["task_definition_arn"]), str(props["who"])
    limit = float(str(props["timeout_seconds"]))
    start, begun = clock(), False
    judgement = Judgement(Outcome.UNDER_WAY, f"{revision(declared)}: not seen yet")
    service: Answer | None = None
    latest: Answer | None = None
    unhealthy: list[Answer] = []
    while True:
        waited, silence = clock() - start, ""
        try:
            service, latest = aws.service(), aws.latest()
            judgement = judge(service, declared, latest, groups_of(props))
        except NotAnsweredError as error:
            silence = f"AWS does not answer ({tersely(str(error))}); last seen, "
        if judgement.outcome is Outcome.COMPLETED:
            return
        targets = optional_answer([], "", aws.targets)
        unhealthy = [target for target in targets if target["TargetHealth"]["State"] == "unhealthy"] or unhealthy
        begun = begun or judgement.outcome is Outcome.UNDER_WAY
        failed = judgement.outcome is Outcome.FAILED
        failed = failed or (judgement.outcome in MAYBE_OLD and (begun or waited >= SETTLE_SECONDS))
        if failed or waited >= limit:
            late = "" if failed else f"the deployment was not complete after {limit:.0f} s, "
            headline = f"{late}{silence}{judgement.line}"
            if failed and (service is None or service["status"] != "ACTIVE"):
                raise DeploymentFailedError(f"{who}: {headline}; run `pulumi up --refresh` to create it again")
            if failed and judgement.outcome is Outcome.ELSEWHERE:
                raise DeploymentFailedError(f"{who}: {headline}; run `pulumi up --refresh` to move it")
            if service is None:
                raise DeploymentFailedError(f"{who}: {headline}")
            evidence = aws.evidence(service, latest, unhealthy)
            raise DeploymentFailedError(verdict_text(who, headline, declared, evidence, goes_on=not failed))
        because = "".join(f"; {line.strip()}" for line in unhealthy_targets(unhealthy))
        say(f"{silence}{judgement.line}{because} ({waited:.0f} of at most {limit:.0f} s)")
        pause(POLL_SECONDS)
