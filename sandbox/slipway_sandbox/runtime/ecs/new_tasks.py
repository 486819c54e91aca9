"""Tasks as moto keeps them, made without what moto makes up: they get their address when their containers have one."""

import copy
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, Task

from slipway_sandbox.runtime.ecs.moto_objects import MotoService, MotoTask

PLATFORM_VERSION = "1.4.0"  # what LATEST is on Fargate


def new_task(
    backend: EC2ContainerServiceBackend,
    cluster: str,
    definition_arn: str,
    network: dict[str, Any],
    *,
    group: str,
    started_by: str,
    launch_type: str,
    capacity_provider: str | None,
    platform_version: str | None,
    tags: list[dict[str, str]],
    overrides: dict[str, Any] | None = None,
) -> MotoTask:
    """A task on Fargate, added to moto; the controller runs it at its next look."""
    definition = copy.copy(backend.describe_task_definition(definition_arn))
    definition.network_mode = None  # moto's network interface would have an address that nothing has
    task: MotoTask = Task(
        cluster=backend.clusters[cluster],
        task_definition=definition,
        container_instance_arn=None,
        resource_requirements=None,
        backend=backend,
        group=group,
        launch_type=launch_type,
        overrides=overrides,
        started_by=started_by,
        tags=tags,
        networking_configuration=network,
        platform_version=platform_version or PLATFORM_VERSION,
        capacity_provider_name=capacity_provider,
    )
    task.network_configuration = network
    task.last_status = "PROVISIONING"
    task.containers = []
    backend.tasks.setdefault(cluster, {})[task.task_arn] = task
    return task


def service_task(service: MotoService, deployment: dict[str, Any], backend: EC2ContainerServiceBackend) -> MotoTask:
    """A task of one deployment of a service."""
    strategy = getattr(service, "capacity_provider_strategy", None)
    if not strategy and not service.launch_type:
        strategy = backend.clusters[service.cluster_name].default_capacity_provider_strategy
    definition = backend.describe_task_definition(deployment["taskDefinition"])
    tags = {"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}.get(service.propagate_tags, [])
    return new_task(
        backend,
        service.cluster_name,
        deployment["taskDefinition"],
        deployment.get("networkConfiguration") or {},
        group=f"service:{service.name}",
        started_by=deployment["id"],
        launch_type="FARGATE",
        capacity_provider=strategy[0]["capacityProvider"] if strategy else None,
        platform_version=service.platform_version,
        tags=list(tags),
    )
