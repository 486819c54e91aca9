"""The ECS task definition of a workload, with its log group and roles.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ecs

from slipway.common import Context, aws_arn, checked_output

from ._container_definition import EXEC_MOUNTS, LogTarget, container_definition, port_mapping
from ._roles import execution_role, task_role
from ._service_connect import PORT_NAME
from ._workload import Workload


@dataclass(frozen=True)
class Task:
    """A task definition for a service."""

    definition: ecs.TaskDefinition
    role_arn: pulumi.Output[str]
    """Role of the code."""
    log_group_name: pulumi.Output[str]
    log: LogTarget
    grants: Sequence[pulumi.Resource]
    """Policies that a service waits for before it starts a task."""


@dataclass(frozen=True)
class LogGroup:
    """The log group of a task, new or existing, and the family of its task definitions."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    family: pulumi.Input[str]


def task(context: Context, workload: Workload, port: int | None, app_protocol: str | None = None) -> Task:
    """Make log group, roles and task definition; `port` is the service's, `app_protocol` Service Connect's."""
    group = log_group(context, workload)
    execution = execution_role(context, workload, group.arn)
    code = task_role(context, workload)
    log = LogTarget(group.name, context.region, workload.main.name)
    storage = workload.ephemeral_storage_gib
    volumes = [volume.definition() for volume in workload.volumes]
    if workload.exec_enabled:
        volumes += [{"name": mount.volume} for mount in EXEC_MOUNTS]
    definition = ecs.TaskDefinition(
        context.name,
        family=group.family,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(workload.cpu),
        memory=str(workload.memory_mib),
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": workload.architecture},
        ephemeral_storage=None if storage is None else {"size_in_gib": storage},
        execution_role_arn=execution.arn,
        task_role_arn=code.arn,
        container_definitions=container_definitions(workload, port, app_protocol, log),
        volumes=volumes or None,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    grants = [role.policy for role in (execution, code) if role.policy is not None]
    return Task(definition, code.arn, group.name, log, grants)


def container_definitions(
    workload: Workload, port: int | None, app_protocol: str | None, log: LogTarget
) -> pulumi.Output[str]:
    """The definitions of all containers as JSON; the service's port is open on its owner only."""
    ports = {it.name: port_mapping(it.port) for it in workload.sidecars}
    ports[workload.port_owner(port)] = port_mapping(port, PORT_NAME, app_protocol)
    main = container_definition(workload.main, ports.get(workload.main.name), log, exec_enabled=workload.exec_enabled)
    others = [container_definition(it, ports.get(it.name), log) for it in workload.sidecars]
    return pulumi.Output.json_dumps([main, *others])


def log_group_name(who: str, arn: str) -> str:
    """Name of the log group with this ARN. Raises ArgumentError."""
    aws_arn(who, "log_group_arn", arn, "logs", "a log group")
    return arn.partition(":log-group:")[2].removesuffix(":*")


def log_group(context: Context, workload: Workload) -> LogGroup:
    """The existing log group, or a new one."""
    if workload.existing.log_group_arn is not None:
        arn = pulumi.Output.from_input(workload.existing.log_group_arn)
        return LogGroup(
            arn, checked_output(arn, lambda known: log_group_name(context.who, str(known))), workload.main.name
        )
    group = cloudwatch.LogGroup(
        context.name,
        retention_in_days=workload.log_retention_days,
        kms_key_id=workload.log_kms_key_arn,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    # The log group's name is unique in the account, so that the family is, too, and leads to the log.
    return LogGroup(group.arn, group.name, group.name)
