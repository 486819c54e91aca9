"""AWS's answers to the questions of `slipway status`, as far as it reads them."""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict


class Attributes(TypedDict):
    """Answer of GetQueueAttributes."""

    Attributes: Mapping[str, str]


class QueueCounts(Protocol):
    """boto3's SQS client."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Attributes:  # noqa: N803 - boto3's spelling
        """Settings and counts of a queue."""


class Deployment(TypedDict):
    """Deployment of a service."""

    status: str
    rolloutState: NotRequired[str]
    rolloutStateReason: NotRequired[str]


class LoadBalancer(TypedDict):
    """Load balancer of a service."""

    targetGroupArn: NotRequired[str]


class Event(TypedDict):
    """Event of a service."""

    message: str


class ManagedAgent(TypedDict):
    """Agent that ECS runs in a container."""

    name: str
    lastStatus: NotRequired[str]
    reason: NotRequired[str]


class Container(TypedDict):
    """Container of a task."""

    name: str
    managedAgents: NotRequired[list[ManagedAgent]]


class Task(TypedDict):
    """Task in the answer of DescribeTasks."""

    taskArn: str
    containers: NotRequired[list[Container]]


class ListedTasks(TypedDict):
    """Answer of ListTasks."""

    taskArns: list[str]


class DescribedTasks(TypedDict):
    """Answer of DescribeTasks."""

    tasks: list[Task]


class DescribedService(TypedDict):
    """Service in the answer of DescribeServices."""

    serviceName: str
    status: str
    desiredCount: int
    runningCount: int
    pendingCount: int
    deployments: NotRequired[list[Deployment]]
    loadBalancers: NotRequired[list[LoadBalancer]]
    events: NotRequired[list[Event]]
    enableExecuteCommand: NotRequired[bool]


class DescribedServices(TypedDict):
    """Answer of DescribeServices."""

    services: list[DescribedService]


class Ecs(Protocol):
    """boto3's ECS client."""

    def describe_services(self, *, cluster: str, services: list[str]) -> DescribedServices:
        """State of services, at most ten."""

    def list_tasks(self, *, cluster: str, serviceName: str) -> ListedTasks:  # noqa: N803 - boto3's spelling
        """ARNs of a service's running tasks, at most a hundred."""

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> DescribedTasks:
        """State of tasks, at most a hundred."""


class Health(TypedDict):
    """Health of a target."""

    State: str
    Reason: NotRequired[str]


class HealthDescription(TypedDict):
    """One target in the answer of DescribeTargetHealth."""

    TargetHealth: Health


class TargetHealth(TypedDict):
    """Answer of DescribeTargetHealth."""

    TargetHealthDescriptions: list[HealthDescription]


class Balancing(Protocol):
    """boto3's client of Elastic Load Balancing."""

    def describe_target_health(self, *, TargetGroupArn: str) -> TargetHealth:  # noqa: N803 - boto3's spelling
        """Health of a target group's targets."""
