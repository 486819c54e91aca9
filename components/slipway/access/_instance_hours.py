"""Hours of an instance: EventBridge Scheduler stops and starts it, so nothing of the stack has to run for it.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, iam, scheduler

from slipway.common import (
    Arguments,
    Context,
    allow,
    check_cron_expression,
    check_time_zone,
    document,
    trust_within_account,
)

TIME_ZONE = "UTC"


@dataclass(frozen=True)
class Hours:
    """Cron expressions to stop an instance and to start it again."""

    stop: str
    start: str | None
    """None where nothing starts the instance by itself."""
    time_zone: str


def hours(arguments: Arguments) -> Hours | None:
    """Checked schedules; None without stop_schedule."""
    for key in ("start_schedule", "time_zone"):
        arguments.goes_with(key, "stop_schedule")
    if not arguments.has("stop_schedule"):
        return None
    start, zone = arguments.optional_text("start_schedule"), arguments.text("time_zone", TIME_ZONE)
    check_cron_expression(arguments.who, "stop_schedule", arguments.text("stop_schedule"))
    if start is not None:
        check_cron_expression(arguments.who, "start_schedule", start)
    check_time_zone(arguments.who, "time_zone", zone)
    return Hours(arguments.text("stop_schedule"), start, zone)


def keep_hours(context: Context, instance: ec2.Instance, plan: Hours) -> None:
    """Schedules to stop and start an instance, with a role for this instance only."""
    partition = context.partition
    expressions = {"stop": plan.stop} | ({"start": plan.start} if plan.start is not None else {})
    name = f"{context.name}-schedule"
    role = iam.Role(
        name,
        description=f"Stops and starts {context.name} on schedule",
        assume_role_policy=trust_within_account("scheduler.amazonaws.com", context.child),
        tags=context.tagged(name),
        opts=context.child,
    )
    permission = allow([f"ec2:{action.title()}Instances" for action in expressions], instance.arn)
    policy = pulumi.Output.json_dumps(document([permission]))
    role_policy = iam.RolePolicy(name, role=role.name, policy=policy, opts=context.child)
    for action, expression in expressions.items():
        scheduler.Schedule(
            f"{context.name}-{action}",
            description=f"To {action} {context.name}",
            schedule_expression=expression,
            schedule_expression_timezone=plan.time_zone,
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": pulumi.Output.concat("arn:", partition, f":scheduler:::aws-sdk:ec2:{action}Instances"),
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps({"InstanceIds": [instance.id]}),
            },
            opts=pulumi.ResourceOptions(parent=context.child.parent, depends_on=[role_policy]),
        )
