"""Tasks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
"""

import inspect
import json
from collections.abc import Callable
from typing import TypedDict, cast

from moto import moto_api
from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskSet
from moto.ecs.responses import EC2ContainerServiceResponse

from slipway_sandbox.corrections._decorator import corrects, sets_entry
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.ecs import new_tasks
from slipway_sandbox.corrections.ecs.objects import EcsService, EcsTask, all_tasks, as_strategy, as_task, tasks_of
from slipway_sandbox.corrections.ecs.overrides import Overrides
from slipway_sandbox.corrections.ecs.shapes import CapacityProvider, NetworkConfiguration, Tag

FARGATE = ("FARGATE", "FARGATE_SPOT")
Start = tuple[str, list[str]]
"""The parameters of a start as JSON, and the ARNs of its tasks."""
STARTS = "_starts_by_token"
PARAMETERS = ("taskDefinition", "overrides", "networkConfiguration", "startedBy", "group", "count", "launchType")

sets_entry(
    moto_api,
    "state_manager._transitions",
    "ecs::task",
    {"progression": "manual", "times": 10**9},
    why="moto moves a task on each time it is described; ECS does when its containers do.",
)


class RunTask(TypedDict):
    """Moto's arguments of `run_task`."""

    cluster_str: str
    task_definition_str: str
    count: int
    overrides: Overrides | None
    started_by: str | None
    tags: list[Tag] | None
    launch_type: str | None
    networking_configuration: NetworkConfiguration | None
    group: str | None
    platform_version: str | None
    capacity_provider_strategy: list[CapacityProvider] | None


class ListTasks(TypedDict, total=False):
    """Moto's arguments of `list_tasks`."""

    cluster_str: str | None
    container_instance: str | None
    family: str | None
    started_by: str | None
    service_name: str | None
    desiredStatus: str | None


@corrects(
    EC2ContainerServiceBackend.run_task,
    why="moto breaks on a container without memory and in a VPC without DNS host names, and lists one container only; on Fargate "
    "ECS runs the task in both cases and lists all.",
)
def run_task(
    original: Callable[..., list[Task]], self: EC2ContainerServiceBackend, *arguments: object, **named: object
) -> list[Task]:
    given = inspect.signature(original).bind(self, *arguments, **named)
    given.apply_defaults()
    asked = cast(RunTask, given.arguments)  # as moto's signature has them
    strategy, launch_type = asked["capacity_provider_strategy"], asked["launch_type"]
    if launch_type not in (None, "", "FARGATE") or (launch_type and strategy):
        return original(self, *arguments, **named)
    cluster = self._get_cluster(asked["cluster_str"])
    if not launch_type and not strategy:
        strategy = as_strategy(cluster.default_capacity_provider_strategy)
    provider = strategy[0]["capacityProvider"] if strategy else None
    if launch_type != "FARGATE" and provider not in FARGATE:
        return original(self, *arguments, **named)
    network = asked["networking_configuration"] or {}
    if not network.get("awsvpcConfiguration", {}).get("subnets"):
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    definition = self.describe_task_definition(asked["task_definition_str"])
    new = new_tasks.NewTask(
        cluster=cluster.name,
        definition_arn=definition.arn,
        network=network,
        group=asked["group"] or f"family:{definition.family}",
        started_by=asked["started_by"] or "",
        capacity_provider=provider,
        platform_version=asked["platform_version"],
        tags=asked["tags"] or [],
        overrides=asked["overrides"],
    )
    return [cast(Task, new_tasks.start(new, self)) for _ in range(asked["count"])]


@corrects(
    EC2ContainerServiceResponse.run_task,
    why="moto starts a task for each call and gives it no tags of its definition; ECS answers a repeated client token with the "
    "tasks of the first call, and propagates tags where the call asks for it.",
)
def run_task_once(
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
    definition = backend.describe_task_definition(self._get_param("taskDefinition"))
    for task in tasks:
        task.tags = [*new_tasks.propagated(self._get_param("propagateTags"), definition), *task.tags]
    if self._get_param("clientToken"):
        starts[key] = (parameters, [task.task_arn for task in tasks])
    keep(backend, STARTS, starts)
    return answer


@corrects(
    EC2ContainerServiceBackend.list_tasks,
    why="moto ignores the service's name, and lists stopped tasks unasked; ECS lists the service's running ones, and those of "
    "its task sets.",
)
def list_tasks(
    original: Callable[..., list[Task]], self: EC2ContainerServiceBackend, *arguments: object, **named: object
) -> list[Task]:
    query = cast(ListTasks, inspect.signature(original).bind(self, *arguments, **named).arguments)
    query["desiredStatus"] = query.get("desiredStatus") or "RUNNING"
    listed = original(**query)
    name = (query.get("service_name") or "").rpartition("/")[2]
    if not name:
        return listed
    task_sets = {
        task_set.id
        for service in self.services.values()
        if service.name == name and query.get("cluster_str") in (None, service.cluster_name, service.cluster_arn)
        for task_set in service.task_sets
    }
    return [task for task in listed if task.group == f"service:{name}" or task.started_by in task_sets]


@corrects(
    EC2ContainerServiceBackend.create_task_set,
    why="moto's tasks of a task set are started by the account; ECS's by the task set, whose service lists them.",
)
def create_task_set(
    original: Callable[..., TaskSet], self: EC2ContainerServiceBackend, *arguments: object, **named: object
) -> TaskSet:
    before = {task.task_arn for cluster in self.tasks for task in tasks_of(self, cluster)}
    task_set = original(self, *arguments, **named)
    for cluster in self.tasks:
        for task in tasks_of(self, cluster):
            if task.task_arn not in before:
                task.started_by = task_set.id
    return task_set


@corrects(
    EC2ContainerServiceBackend.stop_task,
    why="moto's stopped task is STOPPED at once; ECS gives its containers their stop timeout.",
)
def stop_task(
    original: Callable[..., Task],
    self: EC2ContainerServiceBackend,
    cluster_str: str,
    task_str: str,
    reason: str | None,
) -> Task:
    cluster = self._get_cluster(cluster_str)
    for arn, stopped in list(self.tasks.get(cluster.name, {}).items()):
        if arn.rpartition("/")[2] == task_str.rpartition("/")[2]:
            task = as_task(stopped)
            if task.desired_status != "STOPPED":
                task.desired_status = "STOPPED"
                task.stop_code = "UserInitiated"
                task.stopped_reason = reason or "Task stopped by user"
                if not runs_on_fargate(task):
                    original(self, cluster_str, arn, task.stopped_reason)  # its instance gets cpu and memory back
            return stopped
    raise InvalidParameterException("The referenced task was not found.")


def runs_on_fargate(task: EcsTask) -> bool:
    """Whether a task runs on Fargate, and so as containers here."""
    return task.launch_type == "FARGATE" or task.capacity_provider_name in FARGATE


def starts_on_fargate(service: EcsService, backend: EC2ContainerServiceBackend) -> bool:
    """Whether the tasks of a service run on Fargate."""
    strategy = new_tasks.strategy_or_default(service, backend)
    return service.launch_type == "FARGATE" or any(entry["capacityProvider"] in FARGATE for entry in strategy)
