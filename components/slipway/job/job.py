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
from ._job_alarms import Watched, job_alarms, told
from ._job_args import JobArgs
from ._job_plan import JobPlan, job_plan
from ._starter import Starter, execution_statements, set_aside_statement, starter, task_statements
from ._state_machine import StateMachine, Watch, state_machine
from ._states import StartRetries

INPUT = '{"scheduled": "<aws.scheduler.scheduled-time>"}'  # Scheduler fills it in


@dataclass(frozen=True)
class Target:
    """The resources that the schedule refers to."""

    task: Task
    gate: Gate
    """Security group of the tasks."""
    dead: DeadLetters
    machine: StateMachine | None
    """Watches each run; None for a job that asks for no more than its start."""


class Job(pulumi.ComponentResource):
    """A container that ends, started on a schedule, with the containers, rights and network of a FargateService.

    Creates a task definition, a log group, two roles of the tasks, a security group, a schedule in a group of its own, the role
    of the schedule, and a dead-letter queue for starts that failed. `timeout_seconds`, `retry_on_error` and `skip_overlap` each add
    a state machine that watches the runs, with a role and a log group. `alarm_topic_arn` adds two or three alarms, with a rule
    of EventBridge each. Example::

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
    state_machine_arn: pulumi.Output[str | None]
    """State machine that watches the runs; null for a job that asks for no more than its start."""

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Job", name, args, JobArgs)
        plan = job_plan(arguments, name)
        super().__init__("slipway:index:Job", name, dict(args), opts)
        context = Context(arguments.who, name, plan.tags, pulumi.ResourceOptions(parent=self))
        tasks = task(context, plan.workload, None)
        gate = task_group(context, plan)
        dead = dead_letters(context.part("dead"), plan.dead_letter_queue_arn)
        group = scheduler.ScheduleGroup(name, tags=context.tagged(name), opts=context.child)
        machine = watch(context, plan, tasks, gate, dead)
        role = schedule_role(context, plan, group.arn, Target(tasks, gate, dead, machine))
        entry = schedule(context, plan, Target(tasks, gate, dead, machine), role, group.name)
        machine_arn = None if machine is None else machine.arn
        if machine_arn is not None and plan.run.skips_overlap:
            told(context, machine_arn, "skipped")
        names: list[pulumi.Output[str]] = []
        if plan.alarm_topic_arn is not None:
            cluster_arn, container = plan.placement.cluster_arn, plan.workload.main.name
            watched = Watched(tasks.definition, cluster_arn, container, group.name, plan.run, machine_arn)
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
        self.state_machine_arn = pulumi.Output.from_input(machine_arn)
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
                "stateMachineArn": self.state_machine_arn,
            }
        )


def task_group(context: Context, plan: JobPlan) -> Gate:
    """The security group of the tasks: closed but for HTTPS out and the way to peers."""
    gate = closed_group(context.name, plan.placement.vpc_id, "Tasks of an ECS job", plan.tags, context.child)
    gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
    open_to_peers(gate, None, plan.peers)
    return gate


def watch(context: Context, plan: JobPlan, tasks: Task, gate: Gate, dead: DeadLetters) -> StateMachine | None:
    """The state machine that watches the runs; None where Scheduler alone is enough."""
    if not plan.run.is_watched:
        return None
    starts = StartRetries(plan.schedule.retry_attempts, plan.schedule.event_age_seconds)
    return state_machine(
        context, Watch(plan.run, starts, tasks, plan.workload, plan.placement, gate.group_id, dead.arn)
    )


def schedule_role(context: Context, plan: JobPlan, group_arn: pulumi.Output[str], target: Target) -> Starter:
    """The role of the schedule. Each form has one of its own, so that a change of the form refuses no start."""
    boundary, queue_arn = plan.workload.permissions_boundary_arn, target.dead.arn
    if target.machine is not None:
        known = pulumi.Output.all(target.machine.arn, queue_arn)
        rights = known.apply(lambda arns: execution_statements(*arns))
        return starter(context.part("start"), group_arn, rights, boundary)
    task = target.task.definition
    known = pulumi.Output.all(
        task.arn_without_revision,
        plan.placement.cluster_arn,
        task.execution_role_arn,
        task.task_role_arn,
        queue_arn,
    )
    rights = known.apply(lambda arns: [*task_statements(*arns[:4]), set_aside_statement(arns[4])])
    return starter(context.part("schedule"), group_arn, rights, boundary)


def schedule(
    context: Context, plan: JobPlan, target: Target, role: Starter, group_name: pulumi.Output[str]
) -> scheduler.Schedule:
    """The schedule, once the tasks have their rights and their ways in the network."""
    timing, awaited = plan.schedule, [role.policy, *target.task.grants, *target.gate.rules]
    if target.machine is not None:
        awaited += target.machine.policies
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
        target=schedule_target(plan, target, role),
        opts=pulumi.ResourceOptions.merge(context.child, pulumi.ResourceOptions(depends_on=awaited)),
    )


def schedule_target(plan: JobPlan, target: Target, role: Starter) -> scheduler.ScheduleTargetArgsDict:
    """What the schedule starts: an execution of the state machine, or a task."""
    common: scheduler.ScheduleTargetArgsDict = {
        "arn": plan.placement.cluster_arn if target.machine is None else target.machine.arn,
        "role_arn": role.arn,
        "dead_letter_config": {"arn": target.dead.arn},
        "retry_policy": {
            "maximum_retry_attempts": plan.schedule.retry_attempts,
            "maximum_event_age_in_seconds": plan.schedule.event_age_seconds,
        },
    }
    if target.machine is not None:
        return {**common, "input": INPUT}
    return {
        **common,
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
    }
