"""Writes the page of what the sandbox judges, and what it does not, as Markdown."""

from collections.abc import Mapping

import botocore.session

from slipway_sandbox.authorization import encryption, organizations, policies, tags
from slipway_sandbox.authorization.actions.table import SOURCE, actions, prefix_of
from slipway_sandbox.authorization.context import KNOWN, UNKNOWN
from slipway_sandbox.authorization.operations import FREE, OPERATIONS

SERVICES = (
    "acm", "application-autoscaling", "autoscaling", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "eks", "eks-auth",
    "elb", "elbv2", "events", "iam", "kms", "lambda", "logs", "resourcegroupstaggingapi", "route53", "s3", "s3control",
    "scheduler", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "stepfunctions", "sts", "wafv2",
)  # fmt: skip
"""Services with a table of actions, by botocore's names."""
NEVER: Mapping[str, str] = {
    "all services": "service and resource control policies, policies of VPC endpoints, SAML and Identity Center",
    "all services, on creation": "tags need no permission of their own, but for EC2; no call needs iam:CreateServiceLinkedRole",
    "DynamoDB": "PartiQL; conditions on items, such as dynamodb:LeadingKeys; the key of a table",
    "ECR, CloudWatch Logs": "the key of a repository or a log group",
    "EventBridge": "another bus as a target without a role; its bus's policy trusts a role that was made anew under its old name",
    "KMS": "constraints of grants",
    "Lambda, EventBridge Scheduler, Step Functions": "their own resource policies",
    "STS": "who signed the token of AssumeRoleWithWebIdentity, whose keys are in the provider's network, and session tags in it; "
    "the tokens of Facebook, Amazon and AssumeRoleWithSAML; aws:TokenIssueTime, so no policy ends sessions early",
    "S3": "access control lists, access points, calls without a signature",
}
"""What no policy decides here."""
HEAD = """# What the sandbox judges by IAM policies

Made by `python -m slipway_sandbox.authorization > docs/sandbox-authorization.md`. Actions, resource types and condition keys are
those of {source}.

A call is judged by the policies of its caller and of its resource: inline, attached and AWS's own policies, permissions boundaries,
session policies, resource policies and trust policies. An explicit deny wins. That holds for what services do for somebody, too: SNS,
S3, EventBridge and alarms as themselves, ECS, EventBridge and SNS with a role that must trust them. A call that the sandbox cannot judge is let through
and counted: `slipway sandbox denied` shows how often. That holds for operations without a known action, and for a decision that
depends on a condition key that the sandbox does not know. An identifier that AWS would choose, such as that of a new VPC, counts in
the call's favour.

## By service

| service | actions | the resource's own policy | aws:ResourceTag | its key of KMS | operations not judged |
| --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The document."""
    rows = "".join(_row(service) for service in SERVICES)
    never = "".join(f"| {subject} | {what} |\n" for subject, what in NEVER.items())
    unknown = ", ".join(f"`{key}`" for key in sorted(UNKNOWN - organizations.KEYS) if not key.endswith("/"))
    return (
        f"{HEAD.format(source=SOURCE)}{rows}\n"
        f"## Not judged\n\n| | |\n| --- | --- |\n{never}\n"
        f"Global condition keys that the sandbox does not know: {unknown}.\n"
        "Of the keys of single services it knows these:\n"
        f"{', '.join(f'`{key}`' for key in sorted(KNOWN) if not key.startswith('aws:'))}.\n"
    )


def unjudged(service: str) -> list[str]:
    """Operations of a service without a known action."""
    prefix = prefix_of(service)
    names = botocore.session.get_session().get_service_model(service).operation_names
    known = actions(prefix)
    return [name for name in names if name.lower() not in known and not {(prefix, name)} & (OPERATIONS.keys() | FREE)]


def _row(service: str) -> str:
    prefix = prefix_of(service)
    encrypted = {service for service, _ in encryption.RULES}
    marks = ["yes" if prefix in table else "" for table in (policies.FINDERS, tags.FINDERS, encrypted)]
    if prefix == "sts":
        marks[0] = "trust policies of roles"
    if prefix == "iam":
        marks[0] = ""
    missing = ", ".join(unjudged(service))
    return f"| {service} | {len(actions(prefix))} | {' | '.join(marks)} | {missing} |\n"


if __name__ == "__main__":
    print(page(), end="")
