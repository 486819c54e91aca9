"""Calls to ECS and CloudWatch Logs for what runs before a roll-out, by boto3. Each blocks in a thread of its own.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
"""

import asyncio
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import pulumi

from slipway.deployment import PASSING

from ._course import NotAnsweredError, Started
from ._tasks import BY_HAND, Answer, Wanted, command_of, is_in_flight, mark

T = TypeVar("T")
RIGHTS = (
    "ecs:RunTask, ecs:ListTasks, ecs:DescribeTasks, ecs:TagResource, logs:GetLogEvents, and iam:PassRole on the "
    "service's two roles"
)
DESCRIBED = 100  # DescribeTasks takes no more
LINES_READ = 20
OLD = timedelta(minutes=10)
NO_ROOM = r"Capacity is unavailable|RESOURCE:|capacity"  # reasons that pass
THREADS = ThreadPoolExecutor(4, "run-before")  # each for one call; the waits between calls take none


class EcsCalls:
    """Calls about what runs before roll-outs of one service."""

    def __init__(self, wanted: Wanted, session: Any) -> None:
        from botocore.config import Config  # noqa: PLC0415 - 0.1 s, only where an update asks

        config = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=20)
        self._wanted = wanted
        self._ecs, self._logs = session.client("ecs", config=config), session.client("logs", config=config)

    async def tasks(self, arns: Collection[str]) -> Sequence[Answer]:
        """These tasks, those before roll-outs, and those by hand with the same command that are in flight."""
        return await self._in_thread(lambda: list(self._tasks(arns)))

    async def start(self, token: str) -> Started:
        """Start the task once for each token. Raises RunError where ECS refuses it."""
        return await self._in_thread(lambda: self._start(token))

    async def last_lines(self, task: Answer) -> tuple[Sequence[str], str]:
        """Last lines of the task's log so far, or why nobody could read them."""
        try:
            return await self._in_thread(lambda: self._lines(str(task["taskArn"]).rpartition("/")[2])), ""
        except (NotAnsweredError, pulumi.RunError) as error:
            return [], str(error)

    def _tasks(self, arns: Collection[str]) -> Iterator[Answer]:
        wanted = self._wanted
        # In this order: what ends between two of the lists is in the second one.
        by_hand = self._listed(startedBy=mark(BY_HAND, wanted.family))
        known = {*arns, *by_hand, *self._listed(startedBy=wanted.started_by)}
        known |= self._listed(family=wanted.family, desiredStatus="STOPPED")
        ordered = sorted(known)
        for start in range(0, len(ordered), DESCRIBED):
            some = ordered[start : start + DESCRIBED]
            for task in self._ecs.describe_tasks(cluster=wanted.cluster, tasks=some)["tasks"]:
                is_by_hand = task["taskArn"] in by_hand and is_in_flight(task)
                same = command_of(task, wanted.container) == list(wanted.command)
                if task.get("startedBy") == wanted.started_by or (is_by_hand and same):
                    yield task

    def _listed(self, **by: str) -> set[str]:
        pages = self._ecs.get_paginator("list_tasks").paginate(cluster=self._wanted.cluster, **by)
        return {arn for page in pages for arn in page["taskArns"]}

    def _start(self, token: str) -> Started:
        wanted = self._wanted
        answer = self._ecs.run_task(
            cluster=wanted.cluster,
            taskDefinition=wanted.task_definition_arn,
            launchType="FARGATE",
            count=1,
            networkConfiguration={"awsvpcConfiguration": dict(wanted.network)},
            overrides={"containerOverrides": [{"name": wanted.container, "command": list(wanted.command)}]},
            startedBy=wanted.started_by,
            clientToken=token,
            enableECSManagedTags=True,
            enableExecuteCommand=wanted.has_exec,
            propagateTags="TASK_DEFINITION",
        )
        if not answer["tasks"]:
            reason = ", ".join(str(it.get("reason") or it.get("detail")) for it in answer["failures"])
            if re.search(NO_ROOM, reason):
                return Started(reason=reason)
            raise pulumi.RunError(f"{wanted.who}: ECS does not start run_before: {reason or 'it gives no reason'}")
        [task] = answer["tasks"]
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return Started(arn=task["taskArn"], is_old="createdAt" in task and now - task["createdAt"] > OLD)

    def _lines(self, task_id: str) -> Sequence[str]:
        container = self._wanted.container
        try:
            reply = self._logs.get_log_events(
                logGroupName=self._wanted.log_group,
                logStreamName=f"{container}/{container}/{task_id}",
                limit=LINES_READ,
                startFromHead=False,
            )
        except self._logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in reply["events"]]

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        from botocore import exceptions  # noqa: PLC0415 - as above

        try:
            return await asyncio.get_running_loop().run_in_executor(THREADS, ask)
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise NotAnsweredError(str(error)) from error
        except (exceptions.BotoCoreError, exceptions.ClientError) as error:
            if re.search(PASSING, str(error)):
                raise NotAnsweredError(str(error)) from error
            raise pulumi.RunError(refusal(self._wanted.who, str(error))) from error


def refusal(who: str, reason: str) -> str:
    """A sentence about credentials that may not run the task."""
    fix = f"give credentials with {RIGHTS}, in the environment or by run_before.role_arn"
    return f"{who}: run_before cannot run: {' '.join(reason.split())}; {fix}"
