"""Rules for the actions and resources of IAM policies.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading import statements

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICIES = (POLICY, ROLE_POLICY, "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy", ROLE)
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html"
BEST_PRACTICES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
# In the ARN of an S3 object, what stands before the slash is a bucket's name and no kind.
EVERY_OF_A_KIND: Final = re.compile(
    r"arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:([a-z-]+[:/])?\*+|arn:[^:]*:s3:[^:]*:[^:]*:\*+(/\*+)?"
)
EVERY_IDENTITY: Final = re.compile(r"arn:[^:]*:iam::[^:]*:((role|user|group|policy)/)?\*+")
OURS = "`permissions` of slipway's services take actions and resources, and their own grants name both"


def allowing(owner: Resource) -> Iterator[Value]:
    """Each allowing statement of the policy or of a role's inline policies; one unknown value per unknown text."""
    written = (
        [element["policy"] for element in owner["inlinePolicies"].elements()]
        if owner.type == ROLE
        else [owner["policy"]]
    )
    for text in written:
        document = owner.parsed(text)
        if document.unknown:
            yield document
            continue
        for statement in statements.statements(document):
            if statements.allows(statement):
                yield statement


def forbid(owner: Resource, broken: Callable[[Value], bool], problem: str) -> Outcomes:
    """A finding for each broken allowing statement; deferred while the policy is unknown."""
    for statement in allowing(owner):
        if statement.unknown:
            yield Deferred(statement.path)
        elif broken(statement):
            yield Finding(statement.path, problem)


def on_everything(statement: Value) -> bool:
    """Whether it covers all resources, without a limiting condition."""
    return statements.every_resource(statement) and not statements.narrowed(statement)


def on_all_of_a_kind(statement: Value) -> bool:
    """As `on_everything`, or about all there is of some kind, such as every secret or every bucket's objects."""
    patterns = statements.texts(statement["Resource"])
    whole = statements.every_resource(statement) or any(EVERY_OF_A_KIND.fullmatch(pattern) for pattern in patterns)
    return whole and not statements.narrowed(statement)


def every_identity(statement: Value) -> bool:
    """Whether its resources hold every role, user, group or policy of an account, or simply everything."""
    patterns = statements.texts(statement["Resource"])
    return statements.every_resource(statement) or any(EVERY_IDENTITY.fullmatch(pattern) for pattern in patterns)


def whole_service(statement: Value) -> bool:
    """Whether it names all actions of one service, such as `sqs:*`."""
    parts = [text.partition(":") for text in statements.texts(statement["Action"])]
    return any(service.strip("*") and action and not action.strip("*?") for service, _, action in parts)


@rule(
    *POLICIES,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP IAM.1", "CIS 2.14", "NIST AC-6"),
    link=f"{CONTROLS}#iam-1",
    fix=(
        "name the needed actions and resources; slipway's services grant their task role only the actions on its "
        "own queue or topic"
    ),
)
def iam_no_admin_policy(owner: Resource) -> Outcomes:
    """IAM policies do not grant every action on every resource.

    NotAction and NotResource with Allow grant all but a few, and count. A condition does not make it pass, as in
    AWS's control.
    """
    yield from forbid(
        owner,
        lambda one: statements.every_action(one) and statements.every_resource(one),
        "allows every action on every resource, or all but a few",
    )


@rule(
    *POLICIES,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP IAM.21", "NIST AC-6(10)"),
    link=f"{CONTROLS}#iam-21",
    fix=f"name the needed actions; {OURS}",
)
def iam_no_star_action(owner: Resource) -> Outcomes:
    """IAM policies name actions.

    Skips statements on every resource: iam-no-admin-policy finds these.
    """
    yield from forbid(
        owner,
        lambda one: statements.every_action(one) and not statements.every_resource(one),
        "allows every action, or all but a few",
    )


@rule(
    *POLICIES,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP IAM.21", "NIST AC-6(10)"),
    link=f"{CONTROLS}#iam-21",
    fix=f"name the needed actions; {OURS}",
)
def iam_no_service_wildcard(owner: Resource) -> Outcomes:
    """IAM policies do not allow every action of a service."""
    yield from forbid(owner, whole_service, "allows every action of a service")


@rule(
    *POLICIES,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP KMS.1", "FSBP KMS.2", "NIST AC-3"),
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-1",
    fix="name the ARNs of the keys (kms_key_arn of slipway's QueueWorker does so)",
    stands_for=("iam-no-star-resource",),
)
def iam_no_kms_decrypt_all(owner: Resource) -> Outcomes:
    """IAM policies do not allow to decrypt with every key.

    A condition such as kms:ViaService passes; a key pattern such as key/* does not.
    """

    def every_key(one: Value) -> bool:
        decrypts = any(statements.covers(one, "Action", f"kms:{action}") for action in ("Decrypt", "ReEncryptFrom"))
        wide = any(text.endswith((":key/*", ":*")) for text in statements.texts(one["Resource"]))
        wide = wide or statements.every_resource(one)
        return decrypts and wide and not statements.every_action(one) and not statements.narrowed(one)

    yield from forbid(owner, every_key, "allows to decrypt with every key")


@rule(
    *POLICIES,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    fix=(
        "name the roles, and the service in a condition StringEquals on iam:PassedToService; slipway's services "
        "pass no roles"
    ),
    stands_for=("iam-no-star-resource",),
)
def iam_passrole_scoped(owner: Resource) -> Outcomes:
    """IAM policies with iam:PassRole name the role or the service."""

    def any_role(one: Value) -> bool:
        passes = statements.covers(one, "Action", "iam:PassRole") and not statements.every_action(one)
        services = statements.condition_values(one).get("iam:passedtoservice", [])
        named = bool(services) and all(service.strip("*") for service in services)
        return passes and every_identity(one) and not named

    yield from forbid(owner, any_role, "allows to pass every role to every service")


@rule(
    ROLE_POLICY,
    ROLE,
    level=OFF,
    severity=LOW,
    controls=("NIST AC-6",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    fix="create a Policy and attach it; slipway's services write inline policies on purpose, one role each",
)
def iam_no_inline_policy(owner: Resource) -> Outcomes:
    """Roles have managed policies only.

    Off unless configured: an inline policy goes away with its role, and can be attached nowhere else.
    """
    if owner.type == ROLE_POLICY:
        yield Finding("policy", "is inline")
        return
    inline = owner["inlinePolicies"]
    if inline.unknown:
        yield Deferred(inline.path)
    elif list(inline.elements()):
        yield Finding(inline.path, "is set")
