"""IAM's refusals."""

import json

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def trust_without_principal(scope: Scope) -> str | None:
    """A trust policy with a statement without principal."""
    statements = lookups.statements(json.loads(text(scope.inputs, "assumeRolePolicy")))
    is_named = all({"Principal", "NotPrincipal"} & set(statement) for statement in statements)
    return None if is_named else "Missing required field Principal"


REFUSALS = (
    Refusal(
        "aws:iam/role:Role",
        "CreateRole",
        "MalformedPolicyDocument",
        "assumeRolePolicy",
        trust_without_principal,
        "a trust policy says who may assume the role",
        plain=True,
    ),
)
