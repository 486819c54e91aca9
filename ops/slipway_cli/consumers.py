"""Which running tasks of a stack consume a queue and acknowledge probes, by what they say in their own log.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

FIRST_EVENTS: Final = 200  # of a log stream, among which the consumer's first line is
SERVICES_PER_CALL: Final = 10
TASKS_PER_CALL: Final = 100


@dataclass(frozen=True)
class Consumer:
    """One running container whose environment names a queue as the one to consume."""

    service: str
    queue: str
    """Account and name of the queue, as they end its URL; the host differs between inside and outside of a container."""
    group: str
    stream: str

    def acknowledges_probes(self, logs: Any) -> bool:
        """Whether its consumer of this queue said so when it began."""
        said = lines(logs, self.group, self.stream, limit=FIRST_EVENTS)
        return any(self._says(one, "consuming") and one.get("acknowledgesProbes") is True for one in said)

    def acknowledged(self, logs: Any, token: str, since_milliseconds: int) -> bool:
        """Whether its consumer of this queue has acknowledged the probe of this token."""
        said = lines(logs, self.group, self.stream, startTime=since_milliseconds)
        return any(self._says(one, "probe acknowledged") and one.get("probe") == token for one in said)

    def _says(self, line: dict[str, Any], message: str) -> bool:
        return line.get("message") == message and end_of(str(line.get("queueUrl"))) == self.queue


def end_of(queue_url: str) -> str:
    """Account and name of a queue."""
    return "/".join(queue_url.rstrip("/").split("/")[-2:])


def consumers(ecs: Any, cluster: str, services: list[str]) -> Iterator[Consumer]:
    """Every container of a running task that is told in QUEUE_URL, or in QUEUE_URL_<KEY>, to consume a queue."""
    definitions: dict[str, Any] = {}
    for service in services:
        arns = [
            arn
            for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service)
            for arn in page["taskArns"]
        ]
        for first in range(0, len(arns), TASKS_PER_CALL):
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns[first : first + TASKS_PER_CALL])["tasks"]:
                if task["lastStatus"] == "RUNNING":
                    arn = task["taskDefinitionArn"]
                    if arn not in definitions:
                        definitions[arn] = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
                    yield from _consuming(service, task, definitions[arn])


def _consuming(service: str, task: dict[str, Any], definition: dict[str, Any]) -> Iterator[Consumer]:
    number = task["taskArn"].rpartition("/")[2]
    for container in definition["containerDefinitions"]:
        options = container.get("logConfiguration", {}).get("options", {})
        prefix = options.get("awslogs-stream-prefix")
        for variable in container.get("environment", []):
            if variable["name"] == "QUEUE_URL" or variable["name"].startswith("QUEUE_URL_"):
                stream = f"{prefix}/{container['name']}/{number}"
                yield Consumer(service, end_of(variable["value"]), options.get("awslogs-group", ""), stream)


def lines(logs: Any, group: str, stream: str, **narrowed: Any) -> Iterator[dict[str, Any]]:
    """Lines of a log stream that are JSON objects, oldest first; none where there is no such stream."""
    token: dict[str, str] = {}
    while True:
        try:
            page = logs.get_log_events(
                logGroupName=group, logStreamName=stream, startFromHead=True, **narrowed, **token
            )
        except logs.exceptions.ResourceNotFoundException:
            return
        for event in page["events"]:
            try:
                said = json.loads(event["message"])
            except ValueError:
                continue
            if isinstance(said, dict):
                yield said
        # CloudWatch may answer an empty page before the first event; only a token that repeats is the end.
        if ("limit" in narrowed and page["events"]) or page["nextForwardToken"] == token.get("nextToken"):
            return
        token = {"nextToken": page["nextForwardToken"]}
