"""Tasks of a stack that consume a queue and acknowledge probes, by the lines of their own logs.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NotRequired, Protocol, TypedDict

from slipway_cli.delivery.log_lines import LogRequest, Logs, lines
from slipway_cli.documents import Json

FIRST_EVENTS: Final = 200  # lines of a log stream, among which the consumer's first one is
TASKS_PER_CALL: Final = 100
YOUNG: Final = timedelta(seconds=30)
"""Age of a task up to which its consumer may not have begun."""

DesiredStatus = Literal["RUNNING", "STOPPED"]
Phase = Literal["starting", "running", "ending", "ended"]
PHASES: Final[Mapping[str, Phase]] = {
    "PROVISIONING": "starting",
    "PENDING": "starting",
    "ACTIVATING": "starting",
    "RUNNING": "running",
    "DEACTIVATING": "ending",
    "STOPPING": "ending",
    "DEPROVISIONING": "ended",
    "STOPPED": "ended",
    "DELETED": "ended",
}
"""Last status of a task to what its containers do.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""


class Variable(TypedDict):
    """Environment variable of a container."""

    name: str
    value: str


class LogConfiguration(TypedDict):
    """Log driver of a container."""

    logDriver: str
    options: NotRequired[Mapping[str, str]]


class Container(TypedDict):
    """Container of a task definition."""

    name: str
    environment: NotRequired[list[Variable]]
    logConfiguration: NotRequired[LogConfiguration]


class TaskDefinition(TypedDict):
    """Task definition."""

    containerDefinitions: list[Container]


class DescribedDefinition(TypedDict):
    """Answer of DescribeTaskDefinition."""

    taskDefinition: TaskDefinition


class Task(TypedDict):
    """Task of a service."""

    taskArn: str
    taskDefinitionArn: str
    lastStatus: str
    startedAt: NotRequired[datetime]


class DescribedTasks(TypedDict):
    """Answer of DescribeTasks."""

    tasks: list[Task]


class TaskPage(TypedDict):
    """Page of ListTasks."""

    taskArns: list[str]


class TaskPages(Protocol):
    """Paginator of ListTasks."""

    def paginate(  # boto3's spelling
        self,
        *,
        cluster: str,
        serviceName: str,  # noqa: N803
        desiredStatus: DesiredStatus,  # noqa: N803
    ) -> Iterable[TaskPage]:
        """All pages of a service's tasks."""


class Ecs(Protocol):
    """boto3's ECS client."""

    def get_paginator(self, operation_name: str, /) -> TaskPages:
        """The paginator of an operation."""

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> DescribedTasks:
        """Tasks by ARN, at most 100."""

    def describe_task_definition(self, *, taskDefinition: str) -> DescribedDefinition:  # noqa: N803 - boto3's spelling
        """One task definition."""


@dataclass(frozen=True)
class Consumer:
    """One container whose environment names a queue to consume."""

    service: str
    queue: str
    """Account and name of the queue, the end of its URL; the host differs between inside and outside of a container."""
    group: str
    stream: str
    phase: Phase = "running"
    """Of its task. One that has run for less than half a minute is starting."""

    def has_begun(self, logs: Logs) -> bool:
        """True when the container's consumer of this queue logged its start."""
        return any(self._beginnings(logs))

    def acknowledges_probes(self, logs: Logs) -> bool:
        """True when the container's consumer of this queue logged so at its start."""
        return any(line.get("acknowledgesProbes") is True for line in self._beginnings(logs))

    def _beginnings(self, logs: Logs) -> Iterator[Mapping[str, Json]]:
        request = self._request()
        request["limit"] = FIRST_EVENTS
        return (line for line in lines(logs, request) if self._logged(line, "consuming"))

    def acknowledged(self, logs: Logs, token: str, since_milliseconds: int) -> bool:
        """True when the container's consumer of this queue has acknowledged the probe with this token."""
        request = self._request()
        request["startTime"] = since_milliseconds
        return any(
            self._logged(line, "probe acknowledged") and line.get("probe") == token for line in lines(logs, request)
        )

    def _request(self) -> LogRequest:
        return {"logGroupName": self.group, "logStreamName": self.stream, "startFromHead": True}

    def _logged(self, line: Mapping[str, Json], message: str) -> bool:
        return line.get("message") == message and end_of(str(line.get("queueUrl"))) == self.queue


def end_of(queue_url: str) -> str:
    """Account and name of a queue."""
    return "/".join(queue_url.rstrip("/").split("/")[-2:])


def consumers(ecs: Ecs, cluster: str, services: list[str]) -> Iterator[Consumer]:
    """Containers with a QUEUE_URL or QUEUE_URL_<KEY> in their environment, one entry for each variable.

    Their tasks start, run, end, or have ended in the last hour, as long as ECS lists them.
    """
    definitions: dict[str, TaskDefinition] = {}
    for service in services:
        arns = _tasks(ecs, cluster, service)
        while chunk := list(itertools.islice(arns, TASKS_PER_CALL)):
            for task in ecs.describe_tasks(cluster=cluster, tasks=chunk)["tasks"]:
                arn = task["taskDefinitionArn"]
                if arn not in definitions:
                    definitions[arn] = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
                yield from _consumers_of(service, task, definitions[arn])


def _tasks(ecs: Ecs, cluster: str, service: str) -> Iterator[str]:
    statuses: tuple[DesiredStatus, ...] = ("RUNNING", "STOPPED")
    for status in statuses:
        pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service, desiredStatus=status)
        yield from itertools.chain.from_iterable(page["taskArns"] for page in pages)


def _phase(task: Task) -> Phase:
    phase = PHASES[task["lastStatus"]]
    started = task.get("startedAt")
    is_young = phase == "running" and started is not None and datetime.now(UTC) - started < YOUNG
    return "starting" if is_young else phase


def _consumers_of(service: str, task: Task, definition: TaskDefinition) -> Iterator[Consumer]:
    number = task["taskArn"].rpartition("/")[2]
    for container in definition["containerDefinitions"]:
        configuration = container.get("logConfiguration")
        options = configuration.get("options", {}) if configuration else {}
        stream = f"{options.get('awslogs-stream-prefix')}/{container['name']}/{number}"
        for variable in container.get("environment", []):
            if variable["name"] == "QUEUE_URL" or variable["name"].startswith("QUEUE_URL_"):
                queue, group = end_of(variable["value"]), options.get("awslogs-group", "")
                yield Consumer(service, queue, group, stream, _phase(task))
