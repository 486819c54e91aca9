"""Containers that end, started by EventBridge Scheduler on Fargate.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import scheduler

from slipway.common import ANYWHERE, HTTPS, Arguments, Context, Gate, closed_group
from slipway.service import open_to_peers
from slipway.task import Task, task

from ._dead_letters import DeadLetters, dead_letters
from ._job_alarms import Watched, job_alarms
from ._job_args import JobArgs
from ._job_plan import JobPlan, job_plan
from ._starter import Start, Starter, starter


@dataclass(frozen=True)
class Target:
    """The resources that the schedule refers to."""

    task: Task
    gate: Gate
    """Security group of the tasks."""
    dead: DeadLetters
    role: Starter


class Job(pulumi.ComponentResource):
    """A container that ends, started on a schedule, with the containers, rights and network of a FargateService.

    Creates a task definition, a log group, two roles of the tasks, a security group, a schedule in a group of its own, the role
    of the schedule, and a dead-letter queue for starts that failed. `alarm_topic_arn` adds two or three alarms, with a rule of
    EventBridge each. Example::

        from slipway import Job

        Job(
            "report",
            {
                "cluster_arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
                "vpc_id": "vpc-0123456789abcdef0",
                "subnet_ids": ["subnet-0123456789abcdef0"],
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/report:1.4.2",
                "schedule": "cron(30 6 ? * MON-FRI *)",
                "time_zone": "Europe/Berlin",
            },
        )

    Raises ArgumentError on arguments of containers that FargateService refuses, a schedule that never comes, an unknown time
    zone, dates of a schedule that runs once, and a fifo queue for dead letters.
    """

    schedule_arn: pulumi.Output[str]
    """ARN of the schedule."""
    schedule_text: pulumi.Output[str]
    """The schedule and its rule for changes of the clocks, in words."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the declared revision of the task definition."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies of your own."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own, such as the one of a database."""
    dead_letter_queue_arn: pulumi.Output[str]
    """Queue with the calls that could not start the job."""
    dead_letter_queue_url: pulumi.Output[str | None]
    """URL of that queue; null for an existing one."""
    alarm_names: pulumi.Output[list[str]]
    """Names of the alarms: did not start, ended with an error, did not succeed in time; empty without alarm_topic_arn."""

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Job", name, args, JobArgs)
        plan = job_plan(arguments, name)
        super().__init__("slipway:index:Job", name, dict(args), opts)
        context = Context(arguments.who, name, plan.tags, pulumi.ResourceOptions(parent=self))
        tasks = task(context, plan.workload, None)
        gate = task_group(context, plan)
        dead = dead_letters(context.part("dead"), plan.dead_letter_queue_arn)
        group = scheduler.ScheduleGroup(name, tags=context.tagged(name), opts=context.child)
        cluster_arn, boundary = plan.placement.cluster_arn, plan.workload.permissions_boundary_arn
        role = starter(context.part("schedule"), Start(tasks, cluster_arn, dead.arn, group.arn, boundary))
        entry = schedule(context, plan, Target(tasks, gate, dead, role), group.name)
        names: list[pulumi.Output[str]] = []
        if plan.alarm_topic_arn is not None:
            watched = Watched(tasks.definition, cluster_arn, plan.workload.main.name, group.name)
            names = job_alarms(context, watched, plan.schedule.overdue_hours, plan.alarm_topic_arn)
        self.schedule_arn = entry.arn
        self.schedule_text = pulumi.Output.from_input(plan.schedule.words)
        self.task_definition_arn = tasks.definition.arn
        self.task_role_arn = tasks.role_arn
        self.log_group_name = tasks.log_group_name
        self.security_group_id = gate.group_id
        self.dead_letter_queue_arn = dead.arn
        self.dead_letter_queue_url = dead.url
        self.alarm_names = pulumi.Output.all(*names).apply(list)
        self.register_outputs(
            {
                "scheduleArn": self.schedule_arn,
                "scheduleText": self.schedule_text,
                "taskDefinitionArn": self.task_definition_arn,
                "taskRoleArn": self.task_role_arn,
                "logGroupName": self.log_group_name,
                "securityGroupId": self.security_group_id,
                "deadLetterQueueArn": self.dead_letter_queue_arn,
                "deadLetterQueueUrl": self.dead_letter_queue_url,
                "alarmNames": self.alarm_names,
            }
        )


def task_group(context: Context, plan: JobPlan) -> Gate:
    """The security group of the tasks: closed but for HTTPS out and the way to peers."""
    gate = closed_group(context.name, plan.placement.vpc_id, "Tasks of an ECS job", plan.tags, context.child)
    gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
    open_to_peers(gate, None, plan.peers)
    return gate


def schedule(context: Context, plan: JobPlan, target: Target, group_name: pulumi.Output[str]) -> scheduler.Schedule:
    """The schedule, once the tasks have their rights and their ways in the network."""
    timing, awaited = plan.schedule, [target.role.policy, *target.task.grants, *target.gate.rules]
    window = timing.window_minutes
    return scheduler.Schedule(
        context.name,
        description=timing.words,
        group_name=group_name,
        schedule_expression=timing.expression,
        schedule_expression_timezone=timing.time_zone,
        start_date=timing.start_date,
        end_date=timing.end_date,
        flexible_time_window={"mode": "OFF"}
        if window is None
        else {"mode": "FLEXIBLE", "maximum_window_in_minutes": window},
        state="DISABLED" if timing.is_paused else "ENABLED",
        target={
            "arn": plan.placement.cluster_arn,
            "role_arn": target.role.arn,
            "dead_letter_config": {"arn": target.dead.arn},
            "retry_policy": {
                "maximum_retry_attempts": timing.retry_attempts,
                "maximum_event_age_in_seconds": timing.event_age_seconds,
            },
            "ecs_parameters": {
                "task_definition_arn": target.task.definition.arn,
                "launch_type": "FARGATE",
                "task_count": 1,
                "network_configuration": {
                    "subnets": plan.placement.subnet_ids,
                    "security_groups": [target.gate.group_id, *plan.placement.additional_security_group_ids],
                    "assign_public_ip": False,
                },
                "enable_ecs_managed_tags": True,
                "enable_execute_command": True if plan.workload.exec_enabled else None,
                "propagate_tags": "TASK_DEFINITION",
            },
        },
        opts=pulumi.ResourceOptions.merge(context.child, pulumi.ResourceOptions(depends_on=awaited)),
    )
