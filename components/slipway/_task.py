"""A workload to its task definition, with two roles that may do what it needs and no more, and its log group.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import cloudwatch, ecs, iam

from ._iam import Statement, allow, document, trust_within_account
from ._tags import Tags, named
from ._workload import Workload

ECS_TASKS = "ecs-tasks.amazonaws.com"
LOG_BUFFER = "25m"  # what a task may hold back while CloudWatch is slow, before it drops lines rather than stall
ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?P<china>\.cn)?/(?P<name>[^:@]+)"
)
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
EXEC_ACTIONS = [
    f"ssmmessages:{action}"
    for action in ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
]
EXEC_VOLUMES = {"exec-agent": "/var/lib/amazon", "exec-log": "/var/log/amazon"}  # what the agent writes, as root
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a key within it may follow


@dataclass(frozen=True)
class Task:
    """What a service needs of its task."""

    definition: ecs.TaskDefinition
    group: cloudwatch.LogGroup
    role: iam.Role
    grants: list[pulumi.Resource]


def task(name: str, load: Workload, port: int | None, tags: Tags | None, child: pulumi.ResourceOptions) -> Task:
    """A workload to its task definition, log group, roles and the grants to await before a task starts."""
    group = cloudwatch.LogGroup(
        name,
        retention_in_days=load.log_retention_days,
        kms_key_id=load.log_kms_key_arn,
        tags=named(name, tags),
        opts=child,
    )
    trusted = trust_within_account(ECS_TASKS, child)
    roles = {
        role: iam.Role(
            f"{name}-{role}",
            description=purpose,
            assume_role_policy=trusted,
            permissions_boundary=load.permissions_boundary_arn,
            tags=named(f"{name}-{role}", tags),
            opts=child,
        )
        for role, purpose in (
            ("execution", f"Starts the tasks of {name}: image, secrets, log"),
            ("task", f"What the code of {name} may do"),
        )
    }
    start = pulumi.Output.all(load.image, group.arn, *load.secrets.values()).apply(
        lambda values: document(start_statements(values[0], values[1], values[2:]))
    )
    grants: list[pulumi.Resource] = [
        iam.RolePolicy(
            f"{name}-execution", role=roles["execution"].name, policy=pulumi.Output.json_dumps(start), opts=child
        )
    ]
    allowed = [allow(sorted(it["actions"]), list(it["resources"])) for it in load.permissions] + exec_statements(load)
    if allowed:
        work = document(allowed)
        grants.append(
            iam.RolePolicy(f"{name}-task", role=roles["task"].name, policy=pulumi.Output.json_dumps(work), opts=child)
        )
    region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).region
    definition = ecs.TaskDefinition(
        name,
        # The log group's name is unique to the stack, and whoever knows the family finds the log.
        family=group.name,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(load.cpu),
        memory=str(load.memory_mib),
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": load.architecture},
        execution_role_arn=roles["execution"].arn,
        task_role_arn=roles["task"].arn,
        container_definitions=pulumi.Output.json_dumps([container(name, load, port, group.name, region)]),
        volumes=[{"name": volume} for volume in EXEC_VOLUMES] if load.exec_enabled else None,
        tags=named(name, tags),
        opts=child,
    )
    return Task(definition, group, roles["task"], grants)


def container(
    name: str, load: Workload, port: int | None, group: pulumi.Input[str], region: pulumi.Input[str]
) -> dict[str, Any]:
    """A workload to the definition of its one container, unprivileged on a read-only root."""
    return {
        "name": name,
        "image": load.image,
        "essential": True,
        "user": load.user,
        "readonlyRootFilesystem": True,
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            **({"tmpfs": tmpfs(load.writable_paths)} if load.writable_paths else {}),
        },
        **({"healthCheck": load.health_check} if load.health_check else {}),
        **({"mountPoints": mounts(EXEC_VOLUMES)} if load.exec_enabled else {}),
        "stopTimeout": load.stop_timeout_seconds,
        "environment": pairs(load.environment, "value"),
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": group,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
                "mode": "non-blocking",
                "max-buffer-size": LOG_BUFFER,
            },
        },
        **({"command": list(load.command)} if load.command else {}),
        **({"secrets": pairs(load.secrets, "valueFrom")} if load.secrets else {}),
        **({"portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"}]} if port else {}),
    }


def tmpfs(paths: Mapping[str, int]) -> list[dict[str, Any]]:
    """Writable paths in a stable order; everyone may write there, and nothing there is executed."""
    return [{"containerPath": path, "size": size} for path, size in sorted(paths.items())]


def mounts(volumes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Volumes at their paths."""
    return [{"sourceVolume": name, "containerPath": path, "readOnly": False} for name, path in volumes.items()]


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


def pairs(variables: Mapping[str, pulumi.Input[str]], value_key: str) -> list[dict[str, pulumi.Input[str]]]:
    """Variables by name, in a stable order: another order would be another revision."""
    return [{"name": name, value_key: value} for name, value in sorted(variables.items(), key=lambda item: item[0])]


def start_statements(image: str, group_arn: str, secret_arns: Sequence[str]) -> list[Statement]:
    """What ECS itself does before the container runs: pull from this repository, read these secrets, write this log."""
    statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group_arn}:*")]
    if found := ECR_IMAGE.match(image):
        partition = "aws-cn" if found["china"] else group_arn.split(":")[1]
        repository = f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        # Logging in is an action without a resource.
        statements += [allow(["ecr:GetAuthorizationToken"], "*"), allow(pull, repository)]
    managed = sorted({":".join(arn.split(":")[:SECRET_PARTS]) for arn in secret_arns if ":secretsmanager:" in arn})
    parameters = sorted({arn for arn in secret_arns if ":ssm:" in arn})
    if managed:
        statements.append(allow(["secretsmanager:GetSecretValue"], managed))
    if parameters:
        statements.append(allow(["ssm:GetParameters"], parameters))
    return statements
