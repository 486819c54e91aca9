"""ECS as `slipway run` calls it: boto3's client, and its answers as far as they are read."""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict, Unpack


class Network(TypedDict):
    """Parameter awsvpcConfiguration."""

    subnets: list[str]
    securityGroups: list[str]
    assignPublicIp: NotRequired[str]


class NetworkConfiguration(TypedDict):
    """Network of a service or a task."""

    awsvpcConfiguration: Network


class Service(TypedDict):
    """Service in the answer of DescribeServices."""

    status: str
    taskDefinition: str
    networkConfiguration: NetworkConfiguration
    platformVersion: NotRequired[str]
    enableExecuteCommand: NotRequired[bool]


class Services(TypedDict):
    """Answer of DescribeServices."""

    services: list[Service]


class LogConfiguration(TypedDict):
    """Log driver of a container."""

    logDriver: str
    options: NotRequired[Mapping[str, str]]


class ContainerDefinition(TypedDict):
    """Container in a task definition."""

    name: str
    logConfiguration: NotRequired[LogConfiguration]


class TaskDefinition(TypedDict):
    """Task definition in the answer of DescribeTaskDefinition."""

    containerDefinitions: list[ContainerDefinition]


class DescribedDefinition(TypedDict):
    """Answer of DescribeTaskDefinition."""

    taskDefinition: TaskDefinition


class Container(TypedDict):
    """Container of a task."""

    name: str
    exitCode: NotRequired[int]
    reason: NotRequired[str]


class ContainerOverride(TypedDict):
    """What a start changes in a container."""

    name: str
    command: NotRequired[list[str]]


class Overrides(TypedDict):
    """What a start changes in its task definition."""

    containerOverrides: NotRequired[list[ContainerOverride]]


class Task(TypedDict):
    """Task in the answers of RunTask and DescribeTasks."""

    taskArn: str
    lastStatus: str
    containers: list[Container]
    overrides: NotRequired[Overrides]
    stoppedReason: NotRequired[str]
    startedAt: NotRequired[object]


class Failure(TypedDict):
    """Reason for a task that is not there."""

    reason: NotRequired[str]


class Tasks(TypedDict):
    """Answer of RunTask and DescribeTasks."""

    tasks: list[Task]
    failures: NotRequired[list[Failure]]


class ListedTasks(TypedDict):
    """Answer of ListTasks."""

    taskArns: list[str]


class RunTask(TypedDict):
    """Arguments of RunTask."""

    cluster: str
    taskDefinition: str
    launchType: str
    platformVersion: str
    networkConfiguration: NetworkConfiguration
    overrides: Overrides
    startedBy: str
    enableECSManagedTags: bool
    enableExecuteCommand: bool
    propagateTags: str


class Ecs(Protocol):
    """boto3's ECS client."""

    def describe_services(self, *, cluster: str, services: list[str]) -> Services:
        """State of services."""

    def describe_task_definition(self, *, taskDefinition: str) -> DescribedDefinition:  # noqa: N803 - boto3's spelling
        """One task definition."""

    def list_tasks(self, *, cluster: str, startedBy: str) -> ListedTasks:  # noqa: N803 - boto3's spelling
        """ARNs of the tasks in flight with this mark."""

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> Tasks:
        """State of tasks."""

    def run_task(self, **request: Unpack[RunTask]) -> Tasks:
        """Start a task."""
