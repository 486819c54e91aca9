"""The verdict on a deployment: an update waits for it, a preview asks once, and whoever depends on the service waits, too.

The component asks with the AWS provider's data source, so it has the credentials, the account and the region of the
service in every language. See ADR 0013.
Source: https://www.pulumi.com/registry/packages/aws/api-docs/ecs/getservice/
"""

import asyncio
import functools
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import is_dry_run, mocks, settings
from pulumi_aws import ecs

from slipway.common import Context

from ._evidence import Watched
from ._judgement import Outcome
from ._questions import Questions, UnknownProviderError
from ._verdict_text import tersely
from ._wait import Clock, DeploymentFailedError, NotAnsweredError, await_deployment, judged

ASKED_AGAIN = "is asked about again at the next update"

_waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, set[asyncio.Future[None]]] = WeakKeyDictionary()
"""Verdicts under way in a program, or in a component plugin, each done when ECS has decided."""


@dataclass(frozen=True)
class Deployment:
    """A deployment to judge."""

    service: ecs.Service
    container: str
    """Container whose log gives reasons."""
    log_group: pulumi.Output[str]
    target_group_arns: Sequence[pulumi.Input[str]]
    timeout_seconds: int
    role_arn: pulumi.Input[str]
    """Role that reads the reasons; empty for the provider's or the environment's credentials."""


def verdict(context: Context, deployment: Deployment) -> None:
    """Make what waits for the deployment: a stash of the task definition that runs.

    A component's dependents wait for its children, and the stash is one that waits for the verdict.
    """
    service = deployment.service
    known = pulumi.Output.all(
        service=service.arn,
        cluster=service.cluster,
        task_definition_arn=service.task_definition,
        log_group=deployment.log_group,
        target_group_arns=list(deployment.target_group_arns),
        role_arn=deployment.role_arn,
    )

    def landed(values: Mapping[str, Any]) -> Awaitable[str]:
        who = f"service {context.name!r}"
        watched = Watched(who, container=deployment.container, timeout_seconds=deployment.timeout_seconds, **values)
        return landed_definition(context, service, watched)

    definition: pulumi.Output[str] = known.apply(landed)
    pulumi.Stash(f"{context.name}-verdict", input=definition, opts=context.child)


async def landed_definition(context: Context, service: ecs.Service, watched: Watched) -> str:
    """The task definition that the service runs, once ECS has decided. Raises DeploymentFailedError."""
    if isinstance(settings.get_monitor(), mocks.MockMonitor):
        return watched.task_definition_arn  # nothing is deployed in a unit test
    questions = Questions(watched, context)
    if is_dry_run():
        doubt = await doubt_of(watched, questions)
        if not doubt:
            return watched.task_definition_arn
        pulumi.log.warn(f"{watched.who}: {doubt}", resource=service)
        return f"{watched.task_definition_arn} {ASKED_AGAIN}"
    loop = asyncio.get_running_loop()
    own: asyncio.Future[None] = loop.create_future()
    under_way = _waiting.setdefault(loop, set())
    under_way.add(own)
    try:
        progress = functools.partial(pulumi.log.info, resource=service, ephemeral=True)
        if doubt := await await_deployment(watched, questions, progress, Clock(loop.time, asyncio.sleep)):
            pulumi.log.warn(f"{watched.who}: {doubt}", resource=service)
    except UnknownProviderError:
        verdict_line = f"{watched.who}: the AWS provider shows no deployments of a service; it has to be 7.51 or later"
    except DeploymentFailedError as error:
        verdict_line = str(error)
    else:
        return watched.task_definition_arn
    finally:
        under_way.discard(own)
        own.set_result(None)
    pulumi.log.error(verdict_line, resource=service)
    while under_way:  # the first error ends the program, before the other services have their verdict
        await asyncio.wait(set(under_way))
    raise DeploymentFailedError(f"{watched.who}: the deployment failed, for the reasons given beside aws:ecs:Service")


async def doubt_of(watched: Watched, questions: Questions) -> str:
    """What a preview says about a service that does not run what was deployed last; empty for one that does."""
    try:
        judgement, _ = await judged(watched, await questions.service(), questions)
    except UnknownProviderError:
        return ""  # the update will ask
    except NotAnsweredError as error:
        return f"AWS does not answer: {tersely(str(error))}"
    except DeploymentFailedError as error:
        return str(error).removeprefix(f"{watched.who}: ")
    return "" if judgement.outcome is Outcome.COMPLETED else judgement.line
