"""Running tasks with a consumer of one of the stack's queues."""

from slipway_cli.delivery.consumers import (
    Consumer,
    Container,
    DescribedDefinition,
    DescribedTasks,
    TaskPage,
    consumers,
)

URLS = {name: f"http://elsewhere:1/123456789012/{name.lower()}" for name in ("QUEUE_URL_A", "QUEUE_URL_B", "OTHER")}
CONTAINER: Container = {
    "name": "worker",
    "environment": [{"name": name, "value": url} for name, url in URLS.items()],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-stream-prefix": "p"}},
}
TASKS = {"arn:one": "RUNNING", "arn:two": "STOPPED", "arn:task/main/three": "RUNNING"}


class Ecs:
    """ECS with one service and several pages of tasks."""

    def __init__(self) -> None:
        self.described: list[str] = []

    def get_paginator(self, operation: str) -> "Ecs":
        assert operation == "list_tasks"
        return self

    def paginate(self, cluster: str, serviceName: str) -> list[TaskPage]:  # noqa: N803 - boto3's spelling
        assert (cluster, serviceName) == ("main", "s")
        return [{"taskArns": [arn]} for arn in TASKS]

    def describe_tasks(self, cluster: str, tasks: list[str]) -> DescribedTasks:
        return {"tasks": [{"taskArn": arn, "lastStatus": TASKS[arn], "taskDefinitionArn": "arn:f"} for arn in tasks]}

    def describe_task_definition(self, taskDefinition: str) -> DescribedDefinition:  # noqa: N803
        self.described.append(taskDefinition)
        return {"taskDefinition": {"containerDefinitions": [CONTAINER]}}


def test_consumers_are_found_by_the_environment_of_running_tasks() -> None:
    ecs = Ecs()
    assert list(consumers(ecs, "main", ["s"])) == [
        Consumer("s", f"123456789012/queue_url_{key}", "g", f"p/worker/{task}")
        for task in ("arn:one", "three")
        for key in ("a", "b")
    ]
    assert ecs.described == ["arn:f"], "a task definition is asked for once, however many tasks run it"
