"""Tasks that run before roll-outs of a service, as DescribeTasks shows them."""

from typing import Any

from slipway.run_before._tasks import Wanted

FAMILY = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api-1234567:"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
MIGRATE = ["python", "manage.py", "migrate"]
WANTED = Wanted(
    who="FargateService 'api'",
    command=MIGRATE,
    container="api",
    task_definition_arn=f"{FAMILY}5",
    cluster=CLUSTER,
    network={"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"},
    has_exec=False,
    log_group="api-1234567",
    timeout_seconds=60,
)


def arn(name: str) -> str:
    """ARN of a task."""
    return f"arn:aws:ecs:eu-west-1:123456789012:task/main/{name}"


def task(name: str, status: str = "RUNNING", code: int | None = None, **more: Any) -> dict[str, Any]:
    """A task as DescribeTasks shows it, created in the order of the names."""
    container = {"name": "api"} | ({} if code is None else {"exitCode": code})
    return {
        "taskArn": arn(name),
        "taskDefinitionArn": f"{FAMILY}{more.pop('revision', 5)}",
        "lastStatus": status,
        "startedBy": "slipway-run-before/api-1234567",
        "createdAt": f"2026-11-30 10:00:{name}",
        "containers": [{"name": "proxy", "exitCode": 0}, container],
        "overrides": {"containerOverrides": [{"name": "api", "command": more.pop("command", MIGRATE)}]},
        "stoppedReason": "Essential container in task exited",
        **more,
    }


BY_HAND: dict[str, Any] = {"startedBy": "slipway-run/api-1234567"}
