"""Moto's services and tasks of ECS, with the sandbox's additional attributes; DescribeServices and DescribeTasks show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, cast

from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition, ecs_backends

from slipway_sandbox.corrections.ecs.overrides import Overrides
from slipway_sandbox.corrections.ecs.shapes import (
    Attachment,
    CapacityProvider,
    Container,
    Deployment,
    DeploymentConfiguration,
    Event,
    LastCompleted,
    LoadBalancer,
    NetworkConfiguration,
    ServiceDeployment,
    Tag,
)


class EcsService(Protocol):
    """A service."""

    name: str
    cluster_name: str
    cluster_arn: str
    status: str
    task_definition: str | None
    desired_count: int
    running_count: int
    pending_count: int
    launch_type: str | None
    platform_version: str | None
    propagate_tags: str
    scheduling_strategy: str
    network_configuration: NetworkConfiguration
    load_balancers: list[LoadBalancer]
    deployments: list[Deployment]
    events: list[Event]
    tags: list[Tag]
    created_at: datetime
    deployment_configuration: DeploymentConfiguration | None
    last_completed: LastCompleted
    rollouts: list[ServiceDeployment]

    @property
    def arn(self) -> str: ...


class EcsTask(Protocol):
    """A task."""

    id: str
    cluster_name: str
    group: str
    started_by: str
    launch_type: str
    capacity_provider_name: str | None
    desired_status: str
    last_status: str
    task_definition_arn: str
    overrides: Overrides
    attachments: list[Attachment]
    containers: Sequence[Container]
    stop_code: str
    stopped_reason: str
    health_status: str
    connectivity: str
    created_at: datetime
    cpu: str | None
    memory: str | None
    platform_family: str
    network_configuration: NetworkConfiguration | None
    stopped_at: datetime | None

    @property
    def task_arn(self) -> str: ...


def backends_of_ecs() -> list[EC2ContainerServiceBackend]:
    """ECS of every account and region."""
    return [backend for account in list(ecs_backends.values()) for backend in list(account.values())]


def services_of(backend: EC2ContainerServiceBackend) -> list[EcsService]:
    """Every service of an account in a region, deleted ones too."""
    return [as_service(service) for service in list(backend.services.values())]


def as_service(service: object) -> EcsService:
    """Moto's service, with the additional attributes."""
    return cast(EcsService, service)


def as_task(task: object) -> EcsTask:
    """Moto's task, with the additional attributes."""
    return cast(EcsTask, task)


def tasks_of(backend: EC2ContainerServiceBackend, cluster: str) -> list[EcsTask]:
    """The tasks of a cluster."""
    return [as_task(task) for task in list(backend.tasks.get(cluster, {}).values())]


def all_tasks(backend: EC2ContainerServiceBackend) -> list[EcsTask]:
    """The tasks of every cluster."""
    return [task for cluster in list(backend.tasks) for task in tasks_of(backend, cluster)]


def container_arn(task: EcsTask, name: str) -> str:
    """The ARN of a container of the task."""
    return f"{task.task_arn.replace(':task/', ':container/')}/{name}"


def definition_of(task: EcsTask, backend: EC2ContainerServiceBackend) -> TaskDefinition:
    """The task definition, in the revision of the task."""
    family, _, revision = task.task_definition_arn.rpartition("/")[2].partition(":")
    return backend.task_definitions[family][int(revision)]


def strategy_of(service: EcsService) -> list[CapacityProvider]:
    """The capacity provider strategy of a service; empty without one."""
    return as_strategy(vars(service).get("capacity_provider_strategy"))


def as_strategy(given: object) -> list[CapacityProvider]:
    """A capacity provider strategy as botocore has checked it; empty for none."""
    return cast(list[CapacityProvider], given) if isinstance(given, list) else []
