"""Moto's services and tasks of ECS, with the attributes that the sandbox adds; DescribeServices and DescribeTasks show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, Protocol, TypedDict, cast

from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition

from slipway_sandbox.documents import Document

Tag = dict[str, str]
"""A tag of ECS: key and value."""


class AwsvpcConfiguration(TypedDict, total=False):
    """Where tasks are in a VPC."""

    subnets: list[str]
    securityGroups: list[str]
    assignPublicIp: str


class NetworkConfiguration(TypedDict, total=False):
    """`networkConfiguration` of a service or task."""

    awsvpcConfiguration: AwsvpcConfiguration


class CapacityProvider(TypedDict):
    """An entry of a capacity provider strategy."""

    capacityProvider: str


class AdvancedConfiguration(TypedDict, total=False):
    """What a blue/green service needs of its load balancer."""

    alternateTargetGroupArn: str
    productionListenerRule: str


class LoadBalancer(TypedDict, total=False):
    """An entry of a service's `loadBalancers`."""

    targetGroupArn: str
    containerName: str
    containerPort: int
    advancedConfiguration: AdvancedConfiguration | None


class ClientAlias(TypedDict, total=False):
    """A name for others to call a service by."""

    dnsName: str
    port: int


class ConnectService(TypedDict, total=False):
    """A port of a service in its Service Connect namespace."""

    portName: str
    clientAliases: list[ClientAlias] | None


class ServiceConnect(TypedDict, total=False):
    """`serviceConnectConfiguration` of a service."""

    enabled: bool
    namespace: str
    services: list[ConnectService] | None


class CircuitBreaker(TypedDict, total=False):
    """`deploymentCircuitBreaker`."""

    enable: bool
    rollback: bool


class DeploymentAlarms(TypedDict, total=False):
    """`alarms` of a deployment configuration."""

    alarmNames: list[str]
    enable: bool
    rollback: bool


class CanaryConfiguration(TypedDict, total=False):
    """One small share of the requests, then all."""

    canaryPercent: float
    canaryBakeTimeInMinutes: float


class LinearConfiguration(TypedDict, total=False):
    """Equal shares of the requests, one after the other."""

    stepPercent: float
    stepBakeTimeInMinutes: float


class DeploymentConfiguration(TypedDict, total=False):
    """`deploymentConfiguration` of a service."""

    alarms: DeploymentAlarms | None
    bakeTimeInMinutes: float | None
    canaryConfiguration: CanaryConfiguration | None
    deploymentCircuitBreaker: CircuitBreaker | None
    linearConfiguration: LinearConfiguration | None
    maximumPercent: int
    minimumHealthyPercent: int
    strategy: str


class Deployment(TypedDict, total=False):
    """An entry of a service's `deployments`."""

    id: str
    status: str
    taskDefinition: str | None
    desiredCount: int
    pendingCount: int
    runningCount: int
    failedTasks: int
    createdAt: datetime
    updatedAt: datetime
    capacityProviderStrategy: list[CapacityProvider] | None
    launchType: str | None
    platformVersion: str
    platformFamily: str
    networkConfiguration: NetworkConfiguration
    serviceConnectConfiguration: ServiceConnect | None
    volumeConfigurations: list[Document] | None
    vpcLatticeConfigurations: list[Document] | None
    rolloutState: str
    rolloutStateReason: str
    side: str
    """Blue or green; not shown."""
    traffic: float
    """Share of the requests, in percent; not shown."""
    shifted_at: datetime
    """When it got that share; not shown."""


class LastCompleted(TypedDict):
    """The deployment for a rollback to return to."""

    id: str
    taskDefinition: str | None
    networkConfiguration: NetworkConfiguration
    side: NotRequired[str]


class Revision(TypedDict):
    """`targetServiceRevision` of a service deployment."""

    arn: str
    requestedTaskCount: int
    requestedProductionTrafficWeight: NotRequired[float]


class Rollback(TypedDict):
    """`rollback` of a service deployment."""

    reason: str
    startedAt: datetime
    serviceRevisionArn: str


class ServiceDeployment(TypedDict):
    """One deployment in a service's history, as DescribeServiceDeployments answers it."""

    serviceDeploymentArn: str
    serviceArn: str
    clusterArn: str
    createdAt: datetime
    startedAt: datetime
    updatedAt: datetime
    status: str
    deploymentConfiguration: DeploymentConfiguration
    targetServiceRevision: Revision
    taskDefinition: str | None
    statusReason: NotRequired[str]
    finishedAt: NotRequired[datetime]
    lifecycleStage: NotRequired[str]
    rollback: NotRequired[Rollback]


class Event(TypedDict):
    """A service event."""

    id: str
    createdAt: datetime
    message: str


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


class Detail(TypedDict):
    """A detail of an attachment."""

    name: str
    value: str


class Attachment(TypedDict):
    """A network interface of a task."""

    id: str
    type: str
    status: str
    details: list[Detail]


class NetworkInterface(TypedDict):
    """An address of a container."""

    privateIpv4Address: str


class Container(TypedDict):
    """A container of a task, as DescribeTasks answers it."""

    containerArn: str
    taskArn: str
    name: str
    image: str
    runtimeId: str
    lastStatus: str
    healthStatus: str
    networkInterfaces: list[NetworkInterface]
    exitCode: NotRequired[int]
    reason: NotRequired[str]


class ContainerOverride(TypedDict, total=False):
    """What a run of a task changes in a container definition."""

    name: str
    command: list[str]
    cpu: int
    memory: int
    environment: list["Variable"]


class Variable(TypedDict):
    """An environment variable."""

    name: str
    value: str


class Overrides(TypedDict, total=False):
    """What a run of a task changes in its definition."""

    containerOverrides: list[ContainerOverride]
    cpu: str
    memory: str


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
    cpu: str | None
    memory: str | None
    platform_family: str
    network_configuration: NetworkConfiguration | None
    stopped_at: datetime | None

    @property
    def task_arn(self) -> str: ...


def services_of(backend: EC2ContainerServiceBackend) -> list[EcsService]:
    """Every service of an account in a region, deleted ones too."""
    return [as_service(service) for service in list(backend.services.values())]


def as_service(service: object) -> EcsService:
    """Moto's service, with the attributes that its class does not declare."""
    return cast(EcsService, service)


def as_task(task: object) -> EcsTask:
    """Moto's task, with the attributes that its class does not declare."""
    return cast(EcsTask, task)


def tasks_of(backend: EC2ContainerServiceBackend, cluster: str) -> list[EcsTask]:
    """The tasks of a cluster."""
    return [as_task(task) for task in list(backend.tasks.get(cluster, {}).values())]


def definition_of(task: EcsTask, backend: EC2ContainerServiceBackend) -> TaskDefinition:
    """The revision of a task definition that a task was started from."""
    family, _, revision = task.task_definition_arn.rpartition("/")[2].partition(":")
    return backend.task_definitions[family][int(revision)]


def strategy_of(service: EcsService) -> list[CapacityProvider]:
    """The capacity provider strategy of a service; empty without one."""
    return as_strategy(vars(service).get("capacity_provider_strategy"))


def as_strategy(given: object) -> list[CapacityProvider]:
    """A capacity provider strategy as botocore has checked it; empty for none."""
    return cast(list[CapacityProvider], given) if isinstance(given, list) else []
