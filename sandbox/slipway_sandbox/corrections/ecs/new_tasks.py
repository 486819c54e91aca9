"""Tasks on Fargate, without moto's made-up address: a task gets its address when its containers have one."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskDefinition

from slipway_sandbox.corrections.ecs.objects import (
    EcsService,
    EcsTask,
    as_strategy,
    as_task,
    container_arn,
    strategy_of,
)
from slipway_sandbox.corrections.ecs.overrides import Overrides
from slipway_sandbox.corrections.ecs.shapes import (
    Attachment,
    CapacityProvider,
    Container,
    Deployment,
    Detail,
    NetworkConfiguration,
    Tag,
)

PLATFORM_VERSION = "1.4.0"  # LATEST on Fargate
PRECREATED = "PRECREATED"  # a network interface that the task does not have yet


@dataclass(frozen=True)
class NewTask:
    """One task to start."""

    cluster: str
    definition_arn: str
    network: NetworkConfiguration
    group: str
    started_by: str
    capacity_provider: str | None
    platform_version: str | None
    tags: list[Tag]
    overrides: Overrides | None = None


def start(new: NewTask, backend: EC2ContainerServiceBackend) -> EcsTask:
    """Adds a task to moto; the controller runs it at its next look."""
    definition = copy.copy(backend.describe_task_definition(new.definition_arn))
    definition.network_mode = None  # moto's network interface would have an address that nothing has
    made = Task(
        cluster=backend.clusters[new.cluster],
        task_definition=definition,
        container_instance_arn=None,
        resource_requirements=None,
        backend=backend,
        group=new.group,
        launch_type="FARGATE",
        overrides=dict(new.overrides or {}),
        started_by=new.started_by,
        tags=new.tags,
        networking_configuration=dict(new.network),
        platform_version=new.platform_version or PLATFORM_VERSION,
        capacity_provider_name=new.capacity_provider,
    )
    task = as_task(made)
    task.network_configuration = new.network
    task.last_status = "PROVISIONING"
    task.created_at = datetime.now(UTC)
    task.cpu = task.overrides.get("cpu") or definition.cpu
    task.memory = task.overrides.get("memory") or definition.memory
    task.containers = [_pending(task, container) for container in definition.container_definitions]
    task.attachments = _future_interface(task, new.network)
    backend.tasks.setdefault(new.cluster, {})[task.task_arn] = made
    return task


def _pending(task: EcsTask, definition: Mapping[str, object]) -> Container:
    return {
        "containerArn": container_arn(task, str(definition["name"])),
        "taskArn": task.task_arn,
        "name": str(definition["name"]),
        "image": str(definition["image"]),
        "lastStatus": "PENDING",
        "healthStatus": "UNKNOWN",
        "networkInterfaces": [],
    }


def _future_interface(task: EcsTask, network: NetworkConfiguration) -> list[Attachment]:
    """The network interface as RunTask answers it; a service of an older snapshot may have no network."""
    awsvpc = network.get("awsvpcConfiguration")
    if not awsvpc:
        return []
    details: list[Detail] = [{"name": "subnetId", "value": awsvpc["subnets"][0]}]
    return [{"id": task.id, "type": "ElasticNetworkInterface", "status": PRECREATED, "details": details}]


def propagated(propagate_tags: object, definition: TaskDefinition) -> list[Tag]:
    """The tags that a task takes from its definition, by `propagateTags` of whoever starts it."""
    return list(definition.tags or []) if propagate_tags == "TASK_DEFINITION" else []


def start_for(service: EcsService, deployment: Deployment, backend: EC2ContainerServiceBackend) -> EcsTask:
    """A task of one deployment of a service."""
    strategy = strategy_or_default(service, backend)
    definition_arn = deployment["taskDefinition"] or ""
    definition = backend.describe_task_definition(definition_arn)
    new = NewTask(
        cluster=service.cluster_name,
        definition_arn=definition_arn,
        network=deployment.get("networkConfiguration") or {},
        group=f"service:{service.name}",
        started_by=deployment["id"],
        capacity_provider=strategy[0]["capacityProvider"] if strategy else None,
        platform_version=service.platform_version,
        tags=list(service.tags)
        if service.propagate_tags == "SERVICE"
        else propagated(service.propagate_tags, definition),
    )
    return start(new, backend)


def strategy_or_default(service: EcsService, backend: EC2ContainerServiceBackend) -> list[CapacityProvider]:
    """The capacity provider strategy of a service: its own, or its cluster's where it has no launch type either."""
    strategy = strategy_of(service)
    if not strategy and not service.launch_type:
        strategy = as_strategy(backend.clusters[service.cluster_name].default_capacity_provider_strategy)
    return strategy
