"""A workload to its task definition, with two roles that may do what it needs and no more, and its log group.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import cloudwatch, ecs, iam

from slipway.common import Statement, Tags, allow, document, named, trust_within_account

from ._container import Container
from ._container_definition import EXEC_VOLUMES, LogTarget, container_definition, port_mapping
from ._service_connect import PORT_NAME
from ._workload import Workload

ECS_TASKS = "ecs-tasks.amazonaws.com"
ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?P<china>\.cn)?/(?P<name>[^:@]+)"
)
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
EXEC_ACTIONS = [
    f"ssmmessages:{action}"
    for action in ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
]
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a key within it may follow


@dataclass(frozen=True)
class Task:
    """What a service needs of its task."""

    definition: ecs.TaskDefinition
    log_group_name: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    log: LogTarget
    grants: list[pulumi.Resource]


def task(name: str, load: Workload, port: int | None, tags: Tags | None, child: pulumi.ResourceOptions) -> Task:
    """A workload to its task definition, log group, roles and the grants to await before a task starts."""
    log_arn, log_name, family = log_group(name, load, tags, child)
    grants: list[pulumi.Resource] = []
    if load.execution_role_arn is not None:
        execution_arn = pulumi.Output.from_input(load.execution_role_arn)
    else:
        execution = role(name, "execution", f"Starts the tasks of {name}: image, secrets, log", load, tags, child)
        secrets = [arn for it in load.containers for arn in it.secrets.values()]
        files = [arn for it in load.containers for arn in it.environment_files]
        start = pulumi.Output.all([it.image for it in load.containers], log_arn, secrets, files).apply(
            lambda values: document(start_statements(*values))
        )
        execution_arn = execution.arn
        grants.append(
            iam.RolePolicy(f"{name}-execution", role=execution.name, policy=pulumi.Output.json_dumps(start), opts=child)
        )
    if load.task_role_arn is not None:
        task_role_arn = pulumi.Output.from_input(load.task_role_arn)
    else:
        own = role(name, "task", f"What the code of {name} may do", load, tags, child)
        task_role_arn = own.arn
        allowed = [allow(sorted(it["actions"]), list(it["resources"])) for it in load.permissions]
        allowed += exec_statements(load)
        allowed += [statement for volume in load.volumes for statement in volume.statements()]
        if allowed:
            work = pulumi.Output.json_dumps(document(allowed))
            grants.append(iam.RolePolicy(f"{name}-task", role=own.name, policy=work, opts=child))
    region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).region
    log = LogTarget(log_name, region, name)
    ports = {it.name: port_mapping(it.port) for it in load.sidecars}
    # Requests come to the container that has the port.
    ports[port_owner(name, load, port)] = port_mapping(port, PORT_NAME, load.app_protocol)
    containers: dict[str, Container] = {name: load, **{it.name: it for it in load.sidecars}}
    volumes = [volume.definition() for volume in load.volumes]
    if load.exec_enabled:
        volumes += [{"name": volume} for volume in EXEC_VOLUMES]
    definition = ecs.TaskDefinition(
        name,
        family=family,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(load.cpu),
        memory=str(load.memory_mib),
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": load.architecture},
        ephemeral_storage=None if load.ephemeral_storage_gib is None else {"size_in_gib": load.ephemeral_storage_gib},
        execution_role_arn=execution_arn,
        task_role_arn=task_role_arn,
        container_definitions=pulumi.Output.json_dumps(
            [
                container_definition(key, it, ports.get(key), log, exec_enabled=load.exec_enabled and it is load)
                for key, it in containers.items()
            ]
        ),
        volumes=volumes or None,
        tags=named(name, tags),
        opts=child,
    )
    return Task(definition, log_name, task_role_arn, log, grants)


def port_owner(name: str, load: Workload, port: int | None) -> str:
    """Name of the container that listens on the service's port: the sidecar that says so, else the service's own."""
    return next((it.name for it in load.sidecars if port is not None and it.port == port), name)


def log_group(
    name: str, load: Workload, tags: Tags | None, child: pulumi.ResourceOptions
) -> tuple[pulumi.Output[str], pulumi.Output[str], pulumi.Input[str]]:
    """ARN and name of the log group, and the family of the task definition."""
    if load.log_group_arn is not None:
        arn = pulumi.Output.from_input(load.log_group_arn)
        return arn, arn.apply(lambda it: it.split(":log-group:")[1].removesuffix(":*")), name
    group = cloudwatch.LogGroup(
        name,
        retention_in_days=load.log_retention_days,
        kms_key_id=load.log_kms_key_arn,
        tags=named(name, tags),
        opts=child,
    )
    # The log group's name is unique to the stack, and whoever knows the family finds the log.
    return group.arn, group.name, group.name


def role(
    name: str, suffix: str, purpose: str, load: Workload, tags: Tags | None, child: pulumi.ResourceOptions
) -> iam.Role:
    """A role that ECS takes for tasks of this account."""
    return iam.Role(
        f"{name}-{suffix}",
        description=purpose,
        assume_role_policy=trust_within_account(ECS_TASKS, child),
        permissions_boundary=load.permissions_boundary_arn,
        tags=named(f"{name}-{suffix}", tags),
        opts=child,
    )


def exec_statements(load: Workload) -> list[Statement]:
    """What a shell in a task needs: its channels, and the cluster's log of commands where one is named."""
    if not load.exec_enabled:
        return []
    # Session Manager's channels have no resource.
    statements = [allow(EXEC_ACTIONS, "*")]
    if load.exec_log_group_arn is not None:
        lines = pulumi.Output.concat(load.exec_log_group_arn, ":*")
        actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        # The agent looks for the group by its name among all.
        statements += [allow(actions, lines), allow(["logs:DescribeLogGroups"], "*")]
    return statements


def start_statements(
    images: Sequence[str], group_arn: str, secret_arns: Sequence[str], file_arns: Sequence[str]
) -> list[Statement]:
    """What ECS itself does before the containers run: pull these images, read these secrets and files, write this log."""
    statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group_arn.removesuffix(':*')}:*")]
    if repositories := [
        arn for image in dict.fromkeys(images) if (arn := repository_arn(image, group_arn.split(":")[1]))
    ]:
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        # Logging in is an action without a resource.
        statements += [
            allow(["ecr:GetAuthorizationToken"], "*"),
            allow(pull, repositories[0] if len(repositories) == 1 else repositories),
        ]
    managed = sorted({":".join(arn.split(":")[:SECRET_PARTS]) for arn in secret_arns if ":secretsmanager:" in arn})
    parameters = sorted({arn for arn in secret_arns if ":ssm:" in arn})
    if managed:
        statements.append(allow(["secretsmanager:GetSecretValue"], managed))
    if parameters:
        statements.append(allow(["ssm:GetParameters"], parameters))
    if file_arns:
        buckets = sorted({arn.partition("/")[0] for arn in file_arns})
        statements += [allow(["s3:GetObject"], sorted(set(file_arns))), allow(["s3:GetBucketLocation"], buckets)]
    return statements


def repository_arn(image: str, partition: str) -> str | None:
    """Image to the ARN of its ECR repository; none for one from elsewhere."""
    found = ECR_IMAGE.match(image)
    if found is None:
        return None
    partition = "aws-cn" if found["china"] else partition
    return f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
