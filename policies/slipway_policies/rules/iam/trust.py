"""Rules for who may assume a role.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import re
from collections.abc import Callable
from typing import Final

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    MANDATORY,
    MEDIUM,
    Deferred,
    Finding,
    Outcomes,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading import statements
from slipway_policies.rules.iam.policies import ROLE

GITHUB = "token.actions.githubusercontent.com"
SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
REGION_NAME: Final = r"[a-z]{2,3}(-[a-z]+)+-\d"
REGION: Final = re.compile(rf"\.{REGION_NAME}\.")  # as in logs.eu-west-1.amazonaws.com
# Services that say for whom they act when they assume a role; others, such as EC2 and Lambda, send no source.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html and the services' guides, 2026-11
SAYING_FOR_WHOM = frozenset(
    f"{service}.amazonaws.com"
    for service in (
        "bedrock",
        "cloudtrail",
        "codebuild",
        "config",
        "delivery.logs",
        "ecs-tasks",
        "events",
        "firehose",
        "glue",
        "logs",
        "pipes",
        "scheduler",
        "sns",
        "states",
        "vpc-flow-logs",
    )
)


def _forbid(role: Resource, broken: Callable[[Value], bool], problem: str) -> Outcomes:
    document = role.document("assumeRolePolicy")
    if document.unknown:
        yield Deferred(document.path)
        return
    for statement in statements.statements(document):
        if statements.allows(statement) and broken(statement):
            yield Finding(statement.path, problem)


@rule(
    ROLE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("NIST AC-3",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html",
    fix="name the accounts, roles or services that may assume it in assumeRolePolicy; slipway's services name ECS",
)
def iam_role_trust_no_public(role: Resource) -> Outcomes:
    """Roles cannot be assumed by everybody.

    A web identity provider, such as accounts.google.com or an EKS cluster's, vouches for all of its users, so the trust
    needs a condition, such as on its `:sub`. GitHub's provider has a rule of its own.
    """
    yield from _forbid(
        role,
        lambda one: statements.anyone(one) and not statements.fixed_by_condition(one),
        "trusts everybody, with no condition that fixes who",
    )
    yield from _forbid(
        role,
        lambda one: any(map(_web_identities, statements.principals(one, "Federated"))) and not statements.narrowed(one),
        "trusts everybody whom the provider knows, with no condition that fixes who",
    )


def _web_identities(provider: str) -> bool:
    return provider not in ("", "*") and ":saml-provider/" not in provider and GITHUB not in provider


@rule(
    ROLE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-3",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix="name the role that may assume it in assumeRolePolicy, or add a condition such as aws:PrincipalTag; slipway's "
    "services trust ECS only",
)
def iam_role_trust_no_account_root(role: Resource) -> Outcomes:
    """Roles do not trust a whole account without a condition."""
    yield from _forbid(
        role,
        lambda one: (
            any(text.endswith(":root") or text.isdigit() for text in statements.principals(one, "AWS"))
            and not statements.narrowed(one)
        ),
        "trusts everything in an account",
    )


@rule(
    ROLE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-3",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix="add a condition with aws:SourceAccount or aws:SourceArn, as slipway's services and Network do",
)
def iam_role_confused_deputy(role: Resource) -> Outcomes:
    """Roles for a service can be used for this account only.

    Judges services with a source account in their requests. EC2 and Lambda, for example, send none, so a condition would
    lock them out.
    """

    def for_anybody(one: Value) -> bool:
        services = {REGION.sub(".", text) for text in statements.principals(one, "Service")}
        given = statements.condition_values(one)
        return not services.isdisjoint(SAYING_FOR_WHOM) and not any(
            value.strip("*") for key in SOURCE_KEYS for value in given.get(key, [])
        )

    yield from _forbid(
        role,
        for_anybody,
        "lets the service use the role for other accounts too",
    )


@rule(
    ROLE,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-3",),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html",
    fix=f"add a condition StringEquals or StringLike on {GITHUB}:sub with repo:<owner>/<repository>:...; slipway has no "
    "component for it",
)
def iam_oidc_github_restricted(role: Resource) -> Outcomes:
    """Roles for GitHub Actions can be assumed by named repositories only."""

    def any_repository(one: Value) -> bool:
        federated = statements.principals(one, "Federated")
        if not any(GITHUB in text for text in federated):
            return False
        given = statements.condition_values(one)  # an enterprise's own issuer goes on after GitHub's
        subjects = [text for key in given if key.startswith(GITHUB) and key.endswith(":sub") for text in given[key]]
        return not subjects or any(not _names_a_repository(text) for text in subjects)

    yield from _forbid(role, any_repository, "trusts workflows of repositories that it does not name")


def _names_a_repository(subject: str) -> bool:
    parts = subject.split(":")
    owner, _, name = parts[1].partition("/") if len(parts) > 1 else ("", "", "")
    return parts[0] == "repo" and bool(name.strip("*")) and bool(owner) and not set("*?") & set(owner)
