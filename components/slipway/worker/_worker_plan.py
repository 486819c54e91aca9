"""Arguments of a worker, checked together with the plan of its service, before anything exists.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import pulumi

from slipway.common import ArgumentError, Arguments
from slipway.links import linked
from slipway.service import MOST_TASKS, FargateServiceArgs, ServicePlan, service_plan
from slipway.task import PermissionArgs, workload

from ._worker_args import OWN_KEYS
from ._worker_queues import (
    STOP_TIMEOUT,
    ConsumedQueue,
    check_variables,
    consumed_queues,
    published_topics,
    queue_permissions,
    queue_variables,
)
from ._worker_times import backlog_per_task, check_times

MIN_TASKS = 1
MAX_TASKS = 4
PROTECT = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]


@dataclass(frozen=True)
class WorkerPlan:
    """A worker with every default filled in."""

    queues: Sequence[ConsumedQueue]
    min_tasks: int
    max_tasks: int
    backlog_per_task: int
    cpu_percent: int | None
    service: ServicePlan
    service_args: FargateServiceArgs
    """Arguments of the service, as the stack's state shows them."""


def worker_plan(arguments: Arguments, name: str) -> WorkerPlan:
    """Check the arguments of a worker. Raises ArgumentError."""
    tasks = linked(arguments, workload(arguments, name))
    spot = arguments.whole_number("spot_percent", 0, 100, default=0)
    queues, topics = consumed_queues(arguments, spot), published_topics(arguments)
    check_variables(arguments)
    check_times(arguments, queues, tasks.stop_timeout_seconds)
    fewest = arguments.whole_number("min_tasks", 0, MOST_TASKS, MIN_TASKS)
    most = arguments.whole_number(
        "max_tasks", max(fewest, 1), MOST_TASKS, max(fewest, MAX_TASKS), f"min_tasks is {fewest}"
    )
    if spot and fewest == 1:
        fix = "AWS takes Spot tasks back; set min_tasks to 2, to 0, or leave spot_percent out"
        raise ArgumentError(f"{arguments.who}: spot_percent needs two tasks at least or none, got min_tasks 1; {fix}")
    backlog = backlog_per_task(arguments)
    cpu_percent = arguments.optional_whole_number("cpu_percent", 1, 100)
    environment = {**queue_variables(queues, topics), STOP_TIMEOUT: str(tasks.stop_timeout_seconds)}
    permissions = [*queue_permissions(queues, topics), protection(arguments.written_input("cluster_arn"))]
    service_args = cast(
        "FargateServiceArgs",
        {
            **{key: value for key, value in arguments.values.items() if key not in OWN_KEYS and value is not None},
            "permissions": [*permissions, *cast("list[PermissionArgs]", arguments.values.get("permissions") or [])],
            "environment": {**environment, **arguments.input_map("environment")},
            "desired_count": fewest,
            "keep_scaled_count": True,
        },
    )
    service = service_plan(replace(arguments, values=service_args), tasks.extended(environment, permissions))
    return WorkerPlan(queues, fewest, most, backlog, cpu_percent, service, service_args)


def protection(cluster_arn: pulumi.Input[str]) -> PermissionArgs:
    """Permission to protect the tasks of the cluster from scale-in."""
    tasks = pulumi.Output.from_input(cluster_arn).apply(lambda arn: arn.replace(":cluster/", ":task/") + "/*")
    return {"actions": PROTECT, "resources": [tasks]}
