"""The documents in ECS's calls and answers, as botocore's model has them."""

from datetime import datetime
from typing import NotRequired, TypedDict

from slipway_sandbox.documents import Document

Tag = dict[str, str]
"""Key and value."""


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
    """The load balancer's part of a blue/green service."""

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
    load_balancers: list[LoadBalancer]
    """Target groups of the deployment's tasks; not shown."""
    side: str
    """Blue or green; not shown."""
    traffic: float
    """Share of the requests, in percent; not shown."""
    shifted_at: datetime
    """Time of the last change of the share; not shown."""
    steady_since: datetime
    """Beginning of the last look at the alarms; not shown."""


class LastCompleted(TypedDict):
    """The deployment for a rollback to return to."""

    id: str
    taskDefinition: str | None
    networkConfiguration: NetworkConfiguration
    load_balancers: NotRequired[list[LoadBalancer]]
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


class ServiceDeploymentAlarms(TypedDict):
    """`alarms` of a service deployment."""

    status: str
    alarmNames: list[str]
    triggeredAlarmNames: list[str]


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
    alarms: NotRequired[ServiceDeploymentAlarms]


class Event(TypedDict):
    """A service event."""

    id: str
    createdAt: datetime
    message: str


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


class Container(TypedDict):
    """A container of a task, as DescribeTasks answers it."""

    containerArn: str
    taskArn: str
    name: str
    image: str
    runtimeId: NotRequired[str]
    lastStatus: str
    healthStatus: str
    networkInterfaces: list[dict[str, str]]
    exitCode: NotRequired[int]
    reason: NotRequired[str]
