"""Tasks with a consumer of one of the stack's queues, and what they do."""

from datetime import UTC, datetime, timedelta

from slipway_cli.delivery.consumers import (
    Consumer,
    Container,
    DescribedDefinition,
    DescribedTasks,
    Phase,
    Task,
    TaskPage,
    consumers,
)

URLS = {name: f"http://elsewhere:1/123456789012/{name.lower()}" for name in ("QUEUE_URL_A", "QUEUE_URL_B", "OTHER")}
CONTAINER: Container = {
    "name": "worker",
    "environment": [{"name": name, "value": url} for name, url in URLS.items()],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-stream-prefix": "p"}},
}
OLD, YOUNG = timedelta(minutes=5), timedelta(seconds=5)
TASKS: dict[str, tuple[str, timedelta | None, Phase]] = {
    "arn:pending": ("PENDING", None, "starting"),
    "arn:young": ("RUNNING", YOUNG, "starting"),
    "arn:task/main/old": ("RUNNING", OLD, "running"),
    "arn:draining": ("DEACTIVATING", OLD, "ending"),
    "arn:stopping": ("STOPPING", OLD, "ending"),
    "arn:stopped": ("STOPPED", OLD, "ended"),
}
"""Last status, age, and phase of each task."""


class Ecs:
    """ECS with one service and several pages of tasks."""

    def __init__(self) -> None:
        self.described: list[str] = []

    def get_paginator(self, operation: str) -> "Ecs":
        assert operation == "list_tasks"
        return self

    def paginate(self, cluster: str, serviceName: str, desiredStatus: str) -> list[TaskPage]:  # noqa: N803 - boto3's spelling
        assert (cluster, serviceName) == ("main", "s")
        is_wanted = {"RUNNING": ("starting", "running"), "STOPPED": ("ending", "ended")}[desiredStatus]
        return [{"taskArns": [arn]} for arn, (_, _, phase) in TASKS.items() if phase in is_wanted]

    def describe_tasks(self, cluster: str, tasks: list[str]) -> DescribedTasks:
        return {"tasks": [self._task(arn) for arn in tasks]}

    def _task(self, arn: str) -> Task:
        status, age, _ = TASKS[arn]
        task: Task = {"taskArn": arn, "lastStatus": status, "taskDefinitionArn": "arn:f"}
        return task if age is None else {**task, "startedAt": datetime.now(UTC) - age}

    def describe_task_definition(self, taskDefinition: str) -> DescribedDefinition:  # noqa: N803
        self.described.append(taskDefinition)
        return {"taskDefinition": {"containerDefinitions": [CONTAINER]}}


def test_consumers_are_found_by_the_environment_of_tasks_that_run_start_or_end() -> None:
    ecs = Ecs()
    assert list(consumers(ecs, "main", ["s"])) == [
        Consumer("s", f"123456789012/queue_url_{key}", "g", f"p/worker/{arn.rpartition('/')[2]}", phase)
        for arn, (_, _, phase) in TASKS.items()
        for key in ("a", "b")
    ]
    assert ecs.described == ["arn:f"], "a task definition is asked for once, however many tasks run it"
