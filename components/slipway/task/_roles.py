"""The two roles of a task: the execution role of ECS, and the task role of the code.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from slipway.common import (
    PULL_ACTIONS,
    Context,
    Statement,
    allow,
    document,
    ecr_repository_arn,
    trust_within_account,
)

from ._workload import Workload

ECS_TASKS = "ecs-tasks.amazonaws.com"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
EXEC_ACTIONS = [
    f"ssmmessages:{action}"
    for action in ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
]
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a JSON key may follow


@dataclass(frozen=True)
class RoleGrant:
    """A role and its policy, which tasks wait for; an existing role comes without."""

    arn: pulumi.Output[str]
    policy: iam.RolePolicy | None = None


def execution_role(context: Context, workload: Workload, log_group_arn: pulumi.Output[str]) -> RoleGrant:
    """The role with which ECS pulls the images, reads and decrypts secrets and variable files, and opens the log."""
    if workload.existing.execution_role_arn is not None:
        return RoleGrant(pulumi.Output.from_input(workload.existing.execution_role_arn))
    purpose = f"Starts the tasks of {context.name}: image, secrets, log"
    role = _role(context.part("execution"), purpose, workload)
    secrets = [arn for it in workload.containers for arn in it.secrets.values()]
    files = [arn for it in workload.containers for arn in it.environment_files]
    keys = pulumi.Output.all(*workload.secrets_kms_key_arns).apply(
        lambda arns: [arn for arn in arns if arn is not None]
    )
    policy = pulumi.Output.all([it.image for it in workload.containers], log_group_arn, secrets, files, keys).apply(
        lambda values: document([*execution_statements(*values[:4]), *decryption_statements(*values[2:])])
    )
    return RoleGrant(role.arn, _policy(context.part("execution"), role, pulumi.Output.json_dumps(policy)))


def task_role(context: Context, workload: Workload) -> RoleGrant:
    """The role of the code, with `permissions` and the rights for shells and file systems."""
    if workload.existing.task_role_arn is not None:
        return RoleGrant(pulumi.Output.from_input(workload.existing.task_role_arn))
    role = _role(context.part("task"), f"What the code of {context.name} may do", workload)
    statements = [allow(sorted(it.actions), list(it.resources)) for it in workload.permissions]
    statements += exec_statements(workload)
    statements += [statement for volume in workload.volumes for statement in volume.statements()]
    if not statements and not workload.rights:
        return RoleGrant(role.arn)
    # How many statements a right has may be known only with its key.
    known = pulumi.Output.all(statements, *workload.rights)
    policy = known.apply(lambda lists: document([statement for part in lists for statement in part]))
    return RoleGrant(role.arn, _policy(context.part("task"), role, pulumi.Output.json_dumps(policy)))


def exec_statements(workload: Workload) -> list[Statement]:
    """Permissions for shells: the channels of Session Manager, and the log of commands."""
    if not workload.exec_enabled:
        return []
    # The channels have no ARN.
    statements = [allow(EXEC_ACTIONS, "*")]
    if workload.exec_log_group_arn is not None:
        streams = pulumi.Output.concat(workload.exec_log_group_arn, ":*")
        actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        # The agent finds the group by listing all groups.
        statements += [allow(actions, streams), allow(["logs:DescribeLogGroups"], "*")]
    return statements


def execution_statements(
    images: Sequence[str], log_group_arn: str, secret_arns: Sequence[str], file_arns: Sequence[str]
) -> list[Statement]:
    """Permissions to write one log, pull these images, and read these secrets and variable files."""
    statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{log_group_arn.removesuffix(':*')}:*")]
    partition = log_group_arn.split(":")[1]
    arns = [ecr_repository_arn(image, partition) for image in dict.fromkeys(images)]
    if repositories := [arn for arn in arns if arn is not None]:
        statements += [
            # Logging in has no resource.
            allow(["ecr:GetAuthorizationToken"], "*"),
            allow(PULL_ACTIONS, repositories[0] if len(repositories) == 1 else repositories),
        ]
    secrets = sorted({":".join(arn.split(":")[:SECRET_PARTS]) for arn in secret_arns if ":secretsmanager:" in arn})
    if secrets:
        statements.append(allow(["secretsmanager:GetSecretValue"], secrets))
    if parameters := sorted({arn for arn in secret_arns if ":ssm:" in arn}):
        statements.append(allow(["ssm:GetParameters"], parameters))
    if file_arns:
        buckets = sorted({arn.partition("/")[0] for arn in file_arns})
        statements += [allow(["s3:GetObject"], sorted(set(file_arns))), allow(["s3:GetBucketLocation"], buckets)]
    return statements


def decryption_statements(
    secret_arns: Sequence[str], file_arns: Sequence[str], key_arns: Sequence[str]
) -> list[Statement]:
    """Permissions to decrypt by these keys, through the services of the secrets and variable files only.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets
    Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    services = sorted({arn.split(":")[2] for arn in (*secret_arns, *file_arns)})
    by_region: dict[str, set[str]] = {}
    for arn in key_arns:
        by_region.setdefault(arn.split(":")[3], set()).add(arn)
    return [
        # The end of a service's name is the partition's, such as amazonaws.com.cn.
        allow(["kms:Decrypt"], sorted(arns))
        | {"Condition": {"StringLike": {"kms:ViaService": [f"{service}.{region}.*" for service in services]}}}
        for region, arns in sorted(by_region.items())
    ]


def _role(context: Context, purpose: str, workload: Workload) -> iam.Role:
    return iam.Role(
        context.name,
        description=purpose,
        assume_role_policy=trust_within_account(ECS_TASKS, context.child),
        permissions_boundary=workload.permissions_boundary_arn,
        tags=context.tagged(context.name),
        opts=context.child,
    )


def _policy(context: Context, role: iam.Role, policy: pulumi.Output[str]) -> iam.RolePolicy:
    return iam.RolePolicy(context.name, role=role.name, policy=policy, opts=context.child)
