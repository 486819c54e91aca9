"""The role with which Scheduler starts a job, with exactly the rights that the start needs.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from slipway.common import Context, Json, JsonObject, Statement, allow, document, trust

SCHEDULER = "scheduler.amazonaws.com"
ECS_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Starter:
    """The role, and its policy, which the schedule waits for."""

    arn: pulumi.Output[str]
    policy: iam.RolePolicy


def starter(
    context: Context,
    group_arn: pulumi.Output[str],
    statements: pulumi.Output[list[Statement]],
    permissions_boundary_arn: pulumi.Input[str] | None,
) -> Starter:
    """Make the role with these rights, for the schedules of one group."""
    role = iam.Role(
        context.name,
        description="Starts the tasks of a job on its schedule",
        assume_role_policy=pulumi.Output.json_dumps(group_arn.apply(trust_of_group)),
        permissions_boundary=permissions_boundary_arn,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    policy = pulumi.Output.json_dumps(statements.apply(document))
    return Starter(role.arn, iam.RolePolicy(context.name, role=role.name, policy=policy, opts=context.child))


def trust_of_group(group_arn: str) -> JsonObject:
    """Trust policy for Scheduler, for the schedules of one group only."""
    own: Json = {"StringEquals": {"aws:SourceAccount": group_arn.split(":")[4], "aws:SourceArn": group_arn}}
    return document([trust(SCHEDULER) | {"Condition": own}])


def task_statements(family_arn: str, cluster_arn: str, execution_role_arn: str, task_role_arn: str) -> list[Statement]:
    """Rights to run tasks of one family in one cluster, to pass their roles, and to tag them."""
    in_cluster: Json = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    to_ecs: Json = {"StringEquals": {"iam:PassedToService": ECS_TASKS}}
    on_start: Json = {"StringEquals": {"ecs:CreateAction": "RunTask"}}
    roles = sorted({execution_role_arn, task_role_arn})
    return [
        allow(["ecs:RunTask"], f"{family_arn}:*") | {"Condition": in_cluster},
        allow(["iam:PassRole"], roles) | {"Condition": to_ecs},
        allow(["ecs:TagResource"], tasks_of(cluster_arn)) | {"Condition": on_start},
    ]


def tasks_of(cluster_arn: str) -> str:
    """Every task of a cluster, as an ARN."""
    return cluster_arn.replace(":cluster/", ":task/") + "/*"


def set_aside_statement(queue_arn: str) -> Statement:
    """The right to set a failed start aside."""
    return allow(["sqs:SendMessage"], queue_arn)


def execution_statements(machine_arn: str, queue_arn: str) -> list[Statement]:
    """Rights to start executions of one state machine, and to set failed starts aside."""
    return [allow(["states:StartExecution"], machine_arn), set_aside_statement(queue_arn)]
