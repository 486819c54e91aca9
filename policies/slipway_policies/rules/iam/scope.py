"""Rules for IAM policies on every resource.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Sequence
from typing import Final

from slipway_policies.engine.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Outcomes, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading import statements
from slipway_policies.rules.iam.policies import (
    BEST_PRACTICES,
    OURS,
    POLICIES,
    allowing,
    every_identity,
    forbid,
    on_all_of_a_kind,
    on_everything,
)

# Actions that take no resource, or that only list; patterns of AWS's service authorization reference, 2026-11.
WITHOUT_RESOURCE: Final = [
    "*:Describe*",
    "*:List*",
    "*:GetAuthorizationToken",
    "*:GetServiceBearerToken",
    "autoscaling-plans:*",
    "ce:Get*",
    "cloudwatch:Get*",
    "cloudwatch:PutMetricData",
    "ec2:*NetworkInterface*",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2messages:*",
    "ecr-public:Get*",
    "ecs:DiscoverPollEndpoint",
    "ecs:CreateCluster",
    "ecs:DeregisterTaskDefinition",
    "kms:CreateKey",
    "kms:GenerateRandom",
    "logs:CreateLogDelivery",
    "logs:*LogDelivery*",
    "logs:PutResourcePolicy",
    "route53:Get*",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetRandomPassword",
    "sms-voice:*",
    "sns:SetSMSAttributes",
    "sns:GetSMSAttributes",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:*",
    "sts:GetCallerIdentity",
    "sts:GetServiceBearerToken",
    "tag:*",
    "xray:*",
]
STAR_RESOURCE: Final = "iam-no-star-resource"
ESCALATING: Final = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
]
# With iam:PassRole, each of these runs code of the caller's under the role that was passed.
RUNNING: Final = [
    "cloudformation:CreateStack",
    "codebuild:CreateProject",
    "datapipeline:CreatePipeline",
    "ec2:RunInstances",
    "ecs:RegisterTaskDefinition",
    "ecs:RunTask",
    "glue:CreateDevEndpoint",
    "glue:CreateJob",
    "lambda:CreateFunction",
    "sagemaker:CreateNotebookInstance",
    "states:CreateStateMachine",
]
# Keys and tokens, and code that runs where another's role is.
CREDENTIALS: Final = [
    "chime:CreateApiKey",
    "codeartifact:GetAuthorizationToken",
    "cognito-identity:GetCredentialsForIdentity",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2:GetPasswordData",
    "ecs:ExecuteCommand",
    "iam:CreateAccessKey",
    "iam:CreateServiceSpecificCredential",
    "lambda:UpdateFunctionCode",
    "lightsail:GetInstanceAccessDetails",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "ssm:SendCommand",
    "ssm:StartSession",
    "sts:AssumeRole",
]
DATA: Final = [
    "dynamodb:GetItem",
    "dynamodb:Scan",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
]
PERMISSIONS: Final = [
    "ecr:SetRepositoryPolicy",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "organizations:AttachPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
]


def granted(statement: Value, actions: Sequence[str]) -> list[str]:
    """The listed actions in the statement; none for a statement on all actions, as iam-no-admin-policy finds it."""
    if statements.every_action(statement):
        return []
    return [action for action in actions if statements.covers(statement, "Action", action)]


def _on_identities(statement: Value) -> bool:
    return every_identity(statement) and not statements.narrowed(statement)


def _everywhere(owner: Resource, actions: Sequence[str], problem: str) -> Outcomes:
    yield from forbid(owner, lambda one: on_all_of_a_kind(one) and bool(granted(one, actions)), problem)


@rule(
    *POLICIES,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix=f"name the resources; {OURS}",
)
def iam_no_star_resource(owner: Resource) -> Outcomes:
    """IAM policies name the resources of their actions.

    Every resource is allowed for listing actions, and for actions without resources, such as ecr:GetAuthorizationToken.
    """

    def needs_one(one: Value) -> bool:
        actions = statements.texts(one["Action"])
        narrow = [
            action for action in actions if not any(statements.matches(pattern, action) for pattern in WITHOUT_RESOURCE)
        ]
        return bool(narrow) and on_everything(one) and not statements.every_action(one)

    yield from forbid(owner, needs_one, "allows actions that take a resource on every resource")


@rule(
    *POLICIES,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix="remove the action, or name the role or user that it may change; slipway's components grant no IAM action",
    stands_for=("iam-passrole-scoped", "iam-no-credentials-exposure", "iam-no-permissions-management", STAR_RESOURCE),
)
def iam_no_privilege_escalation(owner: Resource) -> Outcomes:
    """IAM policies do not let their holder become an administrator.

    Finds, on every resource or every role, user, group or policy: changes of policies, keys and trust; and passing a role
    together with running code, within one policy.
    """
    running = False
    passing: list[Value] = []
    waiting = False
    for one in allowing(owner):
        if one.unknown:
            waiting = True
            continue
        running = running or bool(granted(one, RUNNING))
        if _on_identities(one) and granted(one, ["iam:PassRole"]):
            passing.append(one)
    yield from forbid(
        owner,
        lambda one: _on_identities(one) and bool(granted(one, ESCALATING)),
        "allows to change anybody's policies, keys or trust",
    )
    if running and not waiting:
        for one in passing:
            yield Finding(one.path, "allows to pass every role to code run by its holder")


@rule(
    *POLICIES,
    level=ADVISORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix="name the resources with the needed credentials; slipway's components grant no such action",
    stands_for=(STAR_RESOURCE,),
)
def iam_no_credentials_exposure(owner: Resource) -> Outcomes:
    """IAM policies do not hand out credentials of every resource.

    Running code in every function, task or instance counts, too: it gives the credentials of their roles.
    """
    yield from _everywhere(owner, CREDENTIALS, "hands out credentials of everything")


@rule(
    *POLICIES,
    level=ADVISORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix="name the buckets, tables, queues and secrets; slipway's services name their own queue and secrets",
    stands_for=(STAR_RESOURCE,),
)
def iam_no_data_exfiltration(owner: Resource) -> Outcomes:
    """IAM policies do not let data, secrets or messages of everything be read."""
    yield from _everywhere(owner, DATA, "allows to read data of everything")


@rule(
    *POLICIES,
    level=ADVISORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix="name the resources with a policy to change; slipway's components grant no such action",
    stands_for=(STAR_RESOURCE,),
)
def iam_no_permissions_management(owner: Resource) -> Outcomes:
    """IAM policies do not let the policies of everything be changed."""
    yield from _everywhere(owner, PERMISSIONS, "allows to change who may use everything")
