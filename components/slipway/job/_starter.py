"""The role with which Scheduler starts a job, with exactly the rights that the start needs.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from slipway.common import Context, Json, JsonObject, Statement, allow, document, trust
from slipway.task import Task

SCHEDULER = "scheduler.amazonaws.com"
ECS_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Start:
    """The resources that a start of a job touches."""

    task: Task
    cluster_arn: pulumi.Input[str]
    dead_letter_queue_arn: pulumi.Output[str]
    group_arn: pulumi.Output[str]
    """Schedule group of the job."""
    permissions_boundary_arn: pulumi.Input[str] | None


@dataclass(frozen=True)
class Starter:
    """The role, and its policy, which the schedule waits for."""

    arn: pulumi.Output[str]
    policy: iam.RolePolicy


def starter(context: Context, start: Start) -> Starter:
    """Make the role."""
    role = iam.Role(
        context.name,
        description="Starts the tasks of a job on its schedule",
        assume_role_policy=pulumi.Output.json_dumps(start.group_arn.apply(trust_of_group)),
        permissions_boundary=start.permissions_boundary_arn,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    definition = start.task.definition
    known = pulumi.Output.all(
        definition.arn_without_revision,
        start.cluster_arn,
        definition.execution_role_arn,
        definition.task_role_arn,
        start.dead_letter_queue_arn,
    )
    policy = known.apply(lambda arns: document(start_statements(*arns)))
    return Starter(
        role.arn,
        iam.RolePolicy(context.name, role=role.name, policy=pulumi.Output.json_dumps(policy), opts=context.child),
    )


def trust_of_group(group_arn: str) -> JsonObject:
    """Trust policy for Scheduler, for the schedules of one group only."""
    own: Json = {"StringEquals": {"aws:SourceAccount": group_arn.split(":")[4], "aws:SourceArn": group_arn}}
    return document([trust(SCHEDULER) | {"Condition": own}])


def start_statements(
    family_arn: str, cluster_arn: str, execution_role_arn: str, task_role_arn: str, dead_letter_queue_arn: str
) -> list[Statement]:
    """Rights to run tasks of one family in one cluster, to pass their roles, to tag them, and to set failed starts aside."""
    in_cluster: Json = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    to_ecs: Json = {"StringEquals": {"iam:PassedToService": ECS_TASKS}}
    on_start: Json = {"StringEquals": {"ecs:CreateAction": "RunTask"}}
    roles = sorted({execution_role_arn, task_role_arn})
    tasks = cluster_arn.replace(":cluster/", ":task/") + "/*"
    return [
        allow(["ecs:RunTask"], f"{family_arn}:*") | {"Condition": in_cluster},
        allow(["iam:PassRole"], roles) | {"Condition": to_ecs},
        allow(["ecs:TagResource"], tasks) | {"Condition": on_start},
        allow(["sqs:SendMessage"], dead_letter_queue_arn),
    ]
