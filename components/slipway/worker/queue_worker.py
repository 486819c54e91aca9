"""Fargate service for the messages of SQS queues, scaled by the backlog per task.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
"""

import pulumi

from slipway.common import Arguments, Context, text_output
from slipway.service import planned_service

from ._backlog_metrics import ScaledService
from ._backlog_scaling import scale_by_backlog
from ._worker_args import QueueWorkerArgs
from ._worker_plan import worker_plan


class QueueWorker(pulumi.ComponentResource):
    """A FargateService with permission to consume exactly its queues, and scaling by their backlog.

    Creates the service, a scaling target and a policy; with `min_tasks` 0 also two alarms with a policy each. Example::

        from slipway import Queue, QueueWorker

        work = Queue("work", {"visibility_timeout_seconds": 120})
        QueueWorker(
            "billing",
            {
                "cluster_arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
                "vpc_id": "vpc-0123456789abcdef0",
                "subnet_ids": ["subnet-0123456789abcdef0"],
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/billing:1.4.2",
                "queues": {"work": {"queue_arn": work.queue_arn, "queue_url": work.queue_url}},
                "max_tasks": 10,
            },
        )

    Raises ArgumentError on arguments that FargateService refuses, no queue or more than four, a variable of the worker in
    `environment`, `max_tasks` below `min_tasks`, half of a backlog, and a timeout below the slowest message.
    """

    service_name: pulumi.Output[str]
    """Name of the service, the dimension ServiceName of its metrics."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the declared revision of the task definition."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies with access for it."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own such as one to a database."""

    def __init__(self, name: str, args: QueueWorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("QueueWorker", name, args, QueueWorkerArgs)
        plan = worker_plan(arguments, name)
        super().__init__("slipway:index:QueueWorker", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        service = planned_service(plan.service, plan.service_args, context.child)
        cluster_name = text_output(arguments.who, "cluster_arn", args["cluster_arn"]).apply(last_part)
        queue_names = [pulumi.Output.from_input(queue.arn).apply(last_part) for queue in plan.queues]
        scaled = ScaledService(cluster_name, service.service_name, queue_names, plan.min_tasks, plan.max_tasks)
        scale_by_backlog(context, scaled, plan.backlog_per_task, plan.cpu_percent)
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


def last_part(arn: str) -> str:
    """Name at the end of an ARN, after its last colon or slash."""
    return arn.replace("/", ":").rsplit(":", maxsplit=1)[-1]
