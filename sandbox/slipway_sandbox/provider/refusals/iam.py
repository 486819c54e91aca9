"""What IAM refuses."""

import json

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def trust_without_principal(scope: Scope) -> str | None:
    """A trust policy with a statement that names nobody."""
    document = json.loads(scope.inputs["assumeRolePolicy"])
    statements = lookups.listed(document.get("Statement")) if isinstance(document, dict) else []
    named = [bool({"Principal", "NotPrincipal"} & set(each)) for each in statements if isinstance(each, dict)]
    return None if all(named) else "Missing required field Principal"


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
