"""Running tasks of a stack that consume a queue and acknowledge probes, by the lines of their own logs.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NotRequired, Protocol, TypedDict, Unpack

from slipway_cli.documents import Json, parse

FIRST_EVENTS: Final = 200  # lines of a log stream, among which the consumer's first one is
TASKS_PER_CALL: Final = 100


class LogPage(TypedDict):
    """Answer of GetLogEvents."""

    events: list[Mapping[str, Json]]
    nextForwardToken: str


class LogRequest(TypedDict):
    """Arguments of GetLogEvents."""

    logGroupName: str
    logStreamName: str
    startFromHead: bool
    startTime: NotRequired[int]
    limit: NotRequired[int]
    nextToken: NotRequired[str]


class LogExceptions(Protocol):
    """Error classes of the CloudWatch Logs client."""

    ResourceNotFoundException: type[Exception]


class Logs(Protocol):
    """boto3's CloudWatch Logs client."""

    @property
    def exceptions(self) -> LogExceptions:
        """Its error classes."""

    def get_log_events(self, **request: Unpack[LogRequest]) -> LogPage:
        """A page of a log stream."""


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


class DescribedTasks(TypedDict):
    """Answer of DescribeTasks."""

    tasks: list[Task]


class TaskPage(TypedDict):
    """Page of ListTasks."""

    taskArns: list[str]


class TaskPages(Protocol):
    """Paginator of ListTasks."""

    def paginate(self, *, cluster: str, serviceName: str) -> Iterable[TaskPage]:  # noqa: N803 - boto3's spelling
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
    """One running container whose environment names a queue to consume."""

    service: str
    queue: str
    """Account and name of the queue, the end of its URL; the host differs between inside and outside of a container."""
    group: str
    stream: str

    def acknowledges_probes(self, logs: Logs) -> bool:
        """True when the container's consumer of this queue logged so at its start."""
        request = self._request()
        request["limit"] = FIRST_EVENTS
        return any(
            self._logged(line, "consuming") and line.get("acknowledgesProbes") is True for line in lines(logs, request)
        )

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
    """Containers of running tasks with a QUEUE_URL or QUEUE_URL_<KEY> in their environment, one entry for each variable."""
    definitions: dict[str, TaskDefinition] = {}
    for service in services:
        pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service)
        arns = itertools.chain.from_iterable(page["taskArns"] for page in pages)
        while chunk := list(itertools.islice(arns, TASKS_PER_CALL)):
            for task in ecs.describe_tasks(cluster=cluster, tasks=chunk)["tasks"]:
                if task["lastStatus"] == "RUNNING":
                    arn = task["taskDefinitionArn"]
                    if arn not in definitions:
                        definitions[arn] = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
                    yield from _consumers_of(service, task, definitions[arn])


def _consumers_of(service: str, task: Task, definition: TaskDefinition) -> Iterator[Consumer]:
    number = task["taskArn"].rpartition("/")[2]
    for container in definition["containerDefinitions"]:
        configuration = container.get("logConfiguration")
        options = configuration.get("options", {}) if configuration else {}
        stream = f"{options.get('awslogs-stream-prefix')}/{container['name']}/{number}"
        for variable in container.get("environment", []):
            if variable["name"] == "QUEUE_URL" or variable["name"].startswith("QUEUE_URL_"):
                yield Consumer(service, end_of(variable["value"]), options.get("awslogs-group", ""), stream)


def lines(logs: Logs, request: LogRequest) -> Iterator[Mapping[str, Json]]:
    """Lines of a log stream that are JSON objects, oldest first; none where the stream does not exist."""
    while True:
        try:
            page = logs.get_log_events(**request)
        except logs.exceptions.ResourceNotFoundException:
            return
        for event in page["events"]:
            try:
                line = parse(str(event["message"]))
            except ValueError:
                continue
            if isinstance(line, Mapping):
                yield line
        # CloudWatch may answer an empty page before the first event; only a token that repeats is the end.
        if ("limit" in request and page["events"]) or page["nextForwardToken"] == request.get("nextToken"):
            return
        request = {**request, "nextToken": page["nextForwardToken"]}
