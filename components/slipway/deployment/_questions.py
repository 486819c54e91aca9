"""The verdict's questions: about the service to the AWS provider, about reasons to AWS by boto3.

The provider has the service's own credentials. boto3 has the same ones as far as a program sees them, the
environment's or a role's, and is asked only where the account is the same.
Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service_data_source.go
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi_aws import _utilities, ecs

from slipway.common import Context
from slipway.credentials import Keys, keys_of

from ._evidence import Aws, Reader, UnreadableError, Watched, optional_answer, reader
from ._judgement import Answer, revision
from ._service_answer import service_answer
from ._verdict_text import Evidence, tersely
from ._wait import DeploymentFailedError, NotAnsweredError

T = TypeVar("T")
# Errors that may pass: the wait goes on. The provider itself has asked again many times.
PASSING = r"Throttl|TooManyRequests|RequestLimitExceeded|ServerException|ServiceUnavailable|InternalFail|timeout|reset by peer"
GONE = r"no matching ECS Service found|couldn't find resource|ServiceNotFoundException|ClusterNotFoundException"
READS = "ecs:ListTasks, ecs:DescribeTasks and logs:GetLogEvents"


_readers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, Keys, str], asyncio.Future[Reader]]] = (
    WeakKeyDictionary()
)
"""Readers of a program, or of a component plugin, by region, credentials and role."""


class UnknownProviderError(Exception):
    """The provider answers nothing: its configuration is unknown until the update."""


class Questions:
    """Questions about one service."""

    def __init__(self, watched: Watched, context: Context) -> None:
        self._watched = watched
        self._context = context
        self._aws: Aws | None = None
        self._unreadable = ""

    async def service(self) -> Answer | None:
        """The service in the words of DescribeServices; None for none.

        Raises NotAnsweredError on errors that may pass, UnknownProviderError, and DeploymentFailedError without the right
        to ask.
        """
        watched, name = self._watched, self._watched.service.rpartition("/")[2]
        try:
            arguments = {"clusterArn": watched.cluster, "serviceName": name}
            found = await self._look_up("aws:ecs/getService:getService", arguments, ecs.GetServiceResult)
        except pulumi.RunError:
            raise  # the engine has gone
        except Exception as error:  # the SDK has no class of its own for a failed look-up
            if re.search(GONE, str(error)):
                return None
            raise refusal(watched.who, str(error)) from error
        if found is None or found.deployments is None:
            raise UnknownProviderError
        return service_answer(found)

    async def image(self, task_definition_arn: str) -> str:
        """Image of the main container in a task definition; empty where nobody may read it."""
        try:
            arguments = {"taskDefinition": task_definition_arn}
            found = await self._look_up(
                "aws:ecs/getTaskDefinition:getTaskDefinition", arguments, ecs.GetTaskDefinitionResult
            )
        except pulumi.RunError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            pulumi.log.debug(f"no image of {revision(task_definition_arn)}: {error}")
            return ""
        containers = json.loads(found.container_definitions) if found and found.container_definitions else []
        named = [it for it in containers if it["name"] == self._watched.container] or containers
        return str(named[0]["image"]) if named else ""

    async def latest(self) -> Answer | None:
        """The newest deployment in the service's history; None where nobody may read it."""
        aws = await self._readable()
        return await in_thread(lambda: optional_answer([], "", aws.latest, None)) if aws else None

    async def targets(self) -> list[Answer]:
        """Health of the service's targets; empty where nobody may read it."""
        aws = await self._readable() if self._watched.target_group_arns else None
        return await in_thread(lambda: optional_answer([], "", aws.targets, [])) if aws else []

    async def evidence(self, service: Answer, latest: Answer | None, unhealthy: list[Answer]) -> Evidence:
        """Evidence of a failure; without a reader the events' own words, and how to see more."""
        if aws := await self._readable():
            return await in_thread(lambda: aws.evidence(service, latest, unhealthy))
        unseen = f"tasks and log: {self._unreadable}; {may_read(self._watched)}"
        return Evidence(service, [], [], self._watched.log_group, [], None, [unseen])

    async def _look_up(self, token: str, arguments: dict[str, str], result: type[T]) -> T | None:
        """The provider's answer; None while its configuration is unknown.

        An Output of the look-up would end the program when it fails, even where the failure is handled.
        """
        options = pulumi.InvokeOptions.merge(_utilities.get_invoke_opts_defaults(), self._context.lookup)
        inputs = {**arguments, "region": self._watched.region}
        found: T | None = await pulumi.runtime.invoke_async(token, inputs, options, result)
        return found

    async def _readable(self) -> Aws | None:
        if self._aws is None and not self._unreadable:
            try:
                keys = await keys_of(self._context)
                found = await shared_reader(self._watched.region, keys, self._watched.role_arn)
                self._aws = found.aws(self._watched)
            except UnreadableError as error:
                self._unreadable = tersely(str(error))
        return self._aws


async def shared_reader(region: str, keys: Keys, role_arn: str) -> Reader:
    """One reader for all services of a run with the same credentials. Raises UnreadableError."""
    key = (region, keys, role_arn)
    readers = _readers.setdefault(asyncio.get_running_loop(), {})
    if key not in readers:
        readers[key] = asyncio.ensure_future(in_thread(lambda: reader(*key)))
    return await readers[key]


def may_read(watched: Watched) -> str:
    """The way to see reasons."""
    if watched.role_arn:
        return f"give verdict_role_arn a role of the account {watched.account} that may {READS}"
    run = f"run with credentials of the account {watched.account} that may {READS}"
    return f"{run}, or give a role for them as verdict_role_arn"


def refusal(who: str, reason: str) -> NotAnsweredError | DeploymentFailedError:
    """The error for a look-up that failed: one that may pass, or a verdict that names the right to give."""
    if re.search(PASSING, reason):
        return NotAnsweredError(reason)
    fix = "give the AWS provider's credentials ecs:DescribeServices"
    return DeploymentFailedError(f"{who}: the deployment cannot be looked at: {tersely(reason)}; {fix}")


async def in_thread(ask: Callable[[], T]) -> T:
    """The answer of a call that blocks; other verdicts go on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, ask)
