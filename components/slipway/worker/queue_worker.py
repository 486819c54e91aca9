"""Fargate service that works off SQS queues and scales with the backlog that each task faces.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
"""

from typing import cast

import pulumi

from slipway.common import ArgumentError, check_keys, given, whole_number
from slipway.service import MOST_TASKS, FargateService, FargateServiceArgs, plan
from slipway.task import PermissionArgs, workload

from ._backlog import Scaled, scale_by_backlog
from ._worker_args import OWN_KEYS, QueueWorkerArgs
from ._worker_queues import STOP_TIMEOUT, check_queues, check_variables, queue_permissions, queue_variables
from ._worker_times import backlog_per_task, check_times

MIN_TASKS = 1
MAX_TASKS = 4
PROTECT = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]


class QueueWorker(pulumi.ComponentResource):
    """A FargateService that may consume exactly its queues and protect its tasks, with target tracking on their backlog.

    Raises ArgumentError on what a FargateService would refuse, no queue or too many, a variable that the worker sets
    itself, more tasks at least than at most, half of what makes a backlog, or a timeout shorter than the slowest message.
    """

    service_name: pulumi.Output[str]
    """Name of the service, as metrics know it."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the revision that was asked for."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies that let it in."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own such as one to a database."""

    def __init__(self, name: str, args: QueueWorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"QueueWorker {name!r}"
        check_keys(who, args, QueueWorkerArgs)
        load = workload(who, name, args)
        spot = whole_number(who, "spot_percent", given(args.get("spot_percent"), 0), 0, 100)
        check_queues(who, args, spot)
        check_variables(who, args)
        check_times(who, args, load.stop_timeout_seconds)
        low, high = task_bounds(who, args)
        if spot and low == 1:
            fix = "AWS takes Spot tasks back; set min_tasks to 2, to 0, or leave spot_percent out"
            raise ArgumentError(f"{who}: spot_percent needs two tasks at least or none, got min_tasks 1; {fix}")
        backlog = backlog_per_task(who, args)
        cpu = None if args.get("cpu_percent") is None else whole_number(who, "cpu_percent", args["cpu_percent"], 1, 100)
        plan(who, name, {**args, "desired_count": low}, load)  # what the service refuses, before anything exists
        super().__init__("slipway:index:QueueWorker", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        service = FargateService(name, service_args(args, low, load.stop_timeout_seconds), child)
        cluster_name = pulumi.Output.from_input(args["cluster_arn"]).apply(last_part)
        queues = [pulumi.Output.from_input(queue["queue_arn"]).apply(last_part) for queue in args["queues"].values()]
        scaled = Scaled(name, low, high, queues, cluster_name, service.service_name)
        scale_by_backlog(scaled, backlog, cpu, args.get("tags"), child)
        self.service_name = service.service_name
        self.task_definition_arn = service.task_definition_arn
        self.task_role_arn = service.task_role_arn
        self.log_group_name = service.log_group_name
        self.security_group_id = service.security_group_id
        self.register_outputs(
            {
                "serviceName": self.service_name,
                "taskDefinitionArn": self.task_definition_arn,
                "taskRoleArn": self.task_role_arn,
                "logGroupName": self.log_group_name,
                "securityGroupId": self.security_group_id,
            }
        )


def task_bounds(who: str, args: QueueWorkerArgs) -> tuple[int, int]:
    """Fewest and most tasks."""
    low = whole_number(who, "min_tasks", given(args.get("min_tasks"), MIN_TASKS), 0, MOST_TASKS)
    high = given(args.get("max_tasks"), max(low, MAX_TASKS))
    return low, whole_number(who, "max_tasks", high, max(low, 1), MOST_TASKS, f"min_tasks is {low}")


def last_part(arn: str) -> str:
    """Name at the end of an ARN, after its last colon or slash."""
    return arn.replace("/", ":").rsplit(":", maxsplit=1)[-1]


def service_args(args: QueueWorkerArgs, low: int, stop_timeout_seconds: int) -> FargateServiceArgs:
    """What the service takes over from the worker, with its permissions and variables."""
    taken = {key: value for key, value in args.items() if key not in OWN_KEYS and value is not None}
    own_tasks = pulumi.Output.from_input(args["cluster_arn"]).apply(
        lambda arn: arn.replace(":cluster/", ":task/") + "/*"
    )
    permissions: list[PermissionArgs] = [
        *queue_permissions(args),
        {"actions": PROTECT, "resources": [own_tasks]},
        *given(args.get("permissions"), []),
    ]
    own = {**queue_variables(args), STOP_TIMEOUT: str(stop_timeout_seconds)}
    return cast(
        "FargateServiceArgs",
        taken
        | {
            "permissions": permissions,
            "environment": {**own, **given(args.get("environment"), {})},
            "desired_count": low,
            "keep_scaled_count": True,
        },
    )
