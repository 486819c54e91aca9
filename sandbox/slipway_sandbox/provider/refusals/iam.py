"""Refusals of policies, by IAM and by S3.

Their parser knows a key by its case, and the first that it does not know ends the call.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal

FIELDS = ("Version", "Id", "Statement")
STATEMENT_FIELDS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
GRAMMAR = "IAM's grammar has no such key; keys are told apart by their case"


def trust_without_principal(scope: Scope) -> str | None:
    """A trust policy with a statement without principal."""
    statements = lookups.statements(_document(scope, "assumeRolePolicy"))
    is_named = all({"Principal", "NotPrincipal"} & set(statement) for statement in statements)
    return None if is_named else "Missing required field Principal"


def trust_with_a_resource(scope: Scope) -> str | None:
    """A trust policy with a statement about a resource."""
    statements = lookups.statements(_document(scope, "assumeRolePolicy"))
    return "Has prohibited field Resource" if any("Resource" in statement for statement in statements) else None


def unknown_key_of_a_trust(scope: Scope) -> str | None:
    """A trust policy with a key outside of IAM's grammar."""
    return _unknown_key(_document(scope, "assumeRolePolicy"))


def unknown_key_of_a_bucket_policy(scope: Scope) -> str | None:
    """A bucket's policy with a key outside of IAM's grammar."""
    return _unknown_key(_document(scope, "policy"))


def _document(scope: Scope, name: str) -> Value:
    document: Value = json.loads(text(scope.inputs, name) or "{}")
    return document


def _unknown_key(document: Value) -> str | None:
    known = [(document, FIELDS), *((statement, STATEMENT_FIELDS) for statement in lookups.statements(document))]
    unknown = [key for part, fields in known if isinstance(part, dict) for key in part if key not in fields]
    return f"Unknown field {unknown[0]}" if unknown else None


REFUSALS = (
    Refusal(
        "aws:iam/role:Role",
        "CreateRole",
        "MalformedPolicyDocument",
        "assumeRolePolicy",
        unknown_key_of_a_trust,
        GRAMMAR,
        plain=True,
    ),
    Refusal(
        "aws:iam/role:Role",
        "CreateRole",
        "MalformedPolicyDocument",
        "assumeRolePolicy",
        trust_with_a_resource,
        "a trust policy is about its own role; what the role may do is another policy",
        plain=True,
    ),
    Refusal(
        "aws:iam/role:Role",
        "CreateRole",
        "MalformedPolicyDocument",
        "assumeRolePolicy",
        trust_without_principal,
        "a trust policy says who may assume the role",
        plain=True,
    ),
    Refusal(
        "aws:s3/bucketPolicy:BucketPolicy",
        "PutBucketPolicy",
        "MalformedPolicy",
        "policy",
        unknown_key_of_a_bucket_policy,
        GRAMMAR,
        plain=True,
    ),
)
