"""RunTask in moto, for services of AWS that start tasks."""

from typing import Any, NotRequired, TypedDict

from moto.ecs.models import ecs_backends

from slipway_sandbox.corrections.ecs.new_tasks import propagated
from slipway_sandbox.corrections.ecs.objects import EcsTask, as_task


class RunTask(TypedDict):
    """Parameters of RunTask."""

    cluster: str
    taskDefinition: str
    count: int
    launchType: NotRequired[str]
    networkConfiguration: NotRequired[dict[str, Any]]
    group: NotRequired[str]
    platformVersion: NotRequired[str]
    capacityProviderStrategy: NotRequired[list[dict[str, Any]]]
    propagateTags: NotRequired[str]
    enableECSManagedTags: NotRequired[bool]
    enableExecuteCommand: NotRequired[bool]
    tags: NotRequired[list[dict[str, str]]]


def run(parameters: RunTask, account: str, region: str, started_by: str) -> list[EcsTask]:
    """Start tasks; they take the tags of their definition where that is asked for. Raises ServiceException of moto."""
    backend = ecs_backends[account][region]
    definition = backend.describe_task_definition(parameters["taskDefinition"])
    started = backend.run_task(
        cluster_str=parameters["cluster"],
        task_definition_str=parameters["taskDefinition"],
        count=parameters["count"],
        overrides=None,
        started_by=started_by,
        tags=[*propagated(parameters.get("propagateTags"), definition), *parameters.get("tags", [])],
        launch_type=parameters.get("launchType"),
        networking_configuration=parameters.get("networkConfiguration"),
        group=parameters.get("group"),
        platform_version=parameters.get("platformVersion"),
        capacity_provider_strategy=parameters.get("capacityProviderStrategy"),
    )
    return [as_task(task) for task in started]
