"""The state machine that watches a job's runs, with its role and its log.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iam, sfn

from slipway.common import Context, document
from slipway.service import Placement
from slipway.task import Task, Workload

from ._run_plan import RunPlan
from ._state_machine_rights import Touched, machine_statements, own_statements, trust_of_machines
from ._states import Run, StartRetries, definition

LOG_PREFIX = "/aws/vendedlogs/states/"  # other groups each take room in the one policy that AWS writes for all
LOG_LEVEL = "ERROR"  # the execution's own history, which AWS keeps 90 days, has the rest


@dataclass(frozen=True)
class Watch:
    """A task to run and watch."""

    plan: RunPlan
    starts: StartRetries
    task: Task
    workload: Workload
    placement: Placement
    security_group_id: pulumi.Output[str]
    queue_arn: pulumi.Output[str]


@dataclass(frozen=True)
class StateMachine:
    """The state machine, and its policies, which the schedule waits for."""

    arn: pulumi.Output[str]
    policies: Sequence[pulumi.Resource]


def state_machine(context: Context, watch: Watch) -> StateMachine:
    """Make role, log group and state machine."""
    role_context, task = context.part("machine"), watch.task.definition
    cluster_arn = pulumi.Output.from_input(watch.placement.cluster_arn)
    role = iam.Role(
        role_context.name,
        description="Runs and watches the tasks of a job",
        assume_role_policy=pulumi.Output.json_dumps(cluster_arn.apply(trust_of_machines)),
        permissions_boundary=watch.workload.permissions_boundary_arn,
        tags=context.tagged(role_context.name),
        opts=context.child,
    )
    arns = pulumi.Output.all(
        cluster=cluster_arn,
        family=task.arn_without_revision,
        execution_role=task.execution_role_arn,
        task_role=task.task_role_arn,
        queue=watch.queue_arn,
    )
    policy = arns.apply(lambda known: document(machine_statements(Touched(**known), watch.plan)))
    grant = iam.RolePolicy(
        role_context.name, role=role.name, policy=pulumi.Output.json_dumps(policy), opts=context.child
    )
    log = cloudwatch.LogGroup(
        role_context.name,
        name_prefix=LOG_PREFIX,
        retention_in_days=watch.workload.log_retention_days,
        kms_key_id=watch.workload.log_kms_key_arn,
        tags=context.tagged(role_context.name),
        opts=context.child,
    )
    machine = sfn.StateMachine(
        context.name,
        definition=machine_definition(watch),
        role_arn=role.arn,
        logging_configuration={
            "log_destination": pulumi.Output.concat(log.arn, ":*"),
            "level": LOG_LEVEL,
            "include_execution_data": False,
        },
        tags=context.tagged(context.name),
        # AWS tries the rights on the rule and on the log when it makes the state machine.
        opts=pulumi.ResourceOptions.merge(context.child, pulumi.ResourceOptions(depends_on=[grant])),
    )
    policies: list[pulumi.Resource] = [grant]
    if watch.plan.skips_overlap or watch.plan.timeout_seconds is not None:
        own = machine.arn.apply(lambda arn: document(own_statements(arn, watch.plan)))
        name = role_context.part("own").name
        policies.append(iam.RolePolicy(name, role=role.name, policy=pulumi.Output.json_dumps(own), opts=context.child))
    return StateMachine(machine.arn, policies)


def machine_definition(watch: Watch) -> pulumi.Output[str]:
    """The definition as JSON, once every ARN in it is known."""
    known = pulumi.Output.all(
        cluster=watch.placement.cluster_arn,
        definition=watch.task.definition.arn,
        family=watch.task.definition.family,
        subnets=watch.placement.subnet_ids,
        groups=[watch.security_group_id, *watch.placement.additional_security_group_ids],
        queue=watch.queue_arn,
    )
    return pulumi.Output.json_dumps(
        known.apply(
            lambda values: definition(
                Run(
                    plan=watch.plan,
                    starts=watch.starts,
                    cluster_arn=values["cluster"],
                    task_definition_arn=values["definition"],
                    family=values["family"],
                    container=watch.workload.main.name,
                    subnet_ids=values["subnets"],
                    security_group_ids=values["groups"],
                    exec_enabled=watch.workload.exec_enabled,
                    queue_url=queue_url(values["queue"]),
                )
            )
        )
    )


def queue_url(arn: str) -> str:
    """URL of a queue, from its ARN: of an existing queue only that is known."""
    _, partition, _, region, account, name = arn.split(":")
    ending = ".cn" if partition == "aws-cn" else ""
    return f"https://sqs.{region}.amazonaws.com{ending}/{account}/{name}"
