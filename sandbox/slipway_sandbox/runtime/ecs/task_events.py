"""State changes of tasks, as events on the default bus.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

import json
from datetime import datetime

from moto.ecs.models import EC2ContainerServiceBackend
from moto.events.models import events_backends

from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.ecs.objects import EcsTask

TOLD = "slipway_told_status"
SHOWN_OF_CONTAINER = ("containerArn", "exitCode", "image", "lastStatus", "name", "reason", "runtimeId", "taskArn")
TIMES = {"createdAt": "created_at", "startedAt": "started_at", "stoppingAt": "stopping_at", "stoppedAt": "stopped_at"}
TEXTS = {
    "stopCode": "stop_code",
    "stoppedReason": "stopped_reason",
    "startedBy": "started_by",
    "launchType": "launch_type",
}


def tell(task: EcsTask, backend: EC2ContainerServiceBackend) -> None:
    """Send an event where the task has another status than last time."""
    status = f"{task.last_status} {task.desired_status}"
    if kept(task, TOLD, "") == status:
        return
    keep(task, TOLD, status)
    event = {
        "Source": "aws.ecs",
        "DetailType": "ECS Task State Change",
        "Resources": [task.task_arn],
        "Detail": json.dumps(detail(task, backend)),
    }
    events_backends[backend.account_id][backend.region_name].put_events([event])


def detail(task: EcsTask, backend: EC2ContainerServiceBackend) -> dict[str, object]:
    """The detail of the event."""
    containers = [{key: it[key] for key in SHOWN_OF_CONTAINER if key in it} for it in map(dict, task.containers)]
    texts = {key: getattr(task, name, None) for key, name in TEXTS.items()}
    times = {key: getattr(task, name, None) for key, name in TIMES.items()}
    return {
        "clusterArn": backend.clusters[task.cluster_name].arn,
        "containers": containers,
        "desiredStatus": task.desired_status,
        "group": task.group,
        "lastStatus": task.last_status,
        "taskArn": task.task_arn,
        "taskDefinitionArn": task.task_definition_arn,
        **{key: text for key, text in texts.items() if text},
        **{key: moment.isoformat() for key, moment in times.items() if isinstance(moment, datetime)},
    }
