"""Calls of RunTask: one repeated with its client token, and tags of the task definition.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
"""

import json
from collections.abc import Callable
from typing import cast

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.models import Task
from moto.ecs.responses import EC2ContainerServiceResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.ecs.objects import all_tasks

Start = tuple[str, list[str]]
"""The parameters of a start as JSON, and the ARNs of its tasks."""
STARTS = "_starts_by_token"
PARAMETERS = ("taskDefinition", "overrides", "networkConfiguration", "startedBy", "group", "count", "launchType")


@corrects(
    EC2ContainerServiceResponse.run_task,
    why="moto starts a task for each call and gives it no tags of its definition; ECS answers a repeated client token with the "
    "tasks of the first call, and propagates tags where the call asks for it.",
)
def run_task(
    original: Callable[[EC2ContainerServiceResponse], ActionResult], self: EC2ContainerServiceResponse
) -> ActionResult:
    backend, token = self.ecs_backend, str(self._get_param("clientToken"))
    key = f"{str(self._get_param('cluster', 'default')).rpartition('/')[2]} {token}"
    shown = {task.task_arn: task for task in all_tasks(backend)}
    starts: dict[str, Start] = kept(backend, STARTS, {})
    starts = {each: start for each, start in starts.items() if shown.keys() & set(start[1])}
    parameters = json.dumps([self._get_param(name) for name in PARAMETERS], sort_keys=True)
    if key in starts:
        before, arns = starts[key]
        if before != parameters:
            raise ECSException("ConflictException", "The provided clientToken is already in use with other parameters.")
        return ActionResult({"tasks": [shown[arn] for arn in arns if arn in shown], "failures": []})
    answer = original(self)
    tasks = cast("dict[str, list[Task]]", answer.result)["tasks"]
    if self._get_param("propagateTags") == "TASK_DEFINITION":
        definition = backend.describe_task_definition(self._get_param("taskDefinition"))
        for task in tasks:
            task.tags = [*(definition.tags or []), *task.tags]
    if self._get_param("clientToken"):
        starts[key] = (parameters, [task.task_arn for task in tasks])
    keep(backend, STARTS, starts)
    return answer
