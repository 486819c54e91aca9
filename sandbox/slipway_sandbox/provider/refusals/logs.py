"""What CloudWatch Logs refuses."""

import json
from typing import Any

from slipway_sandbox.provider.aws.scope import ACCOUNT, Scope
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal

LOGS_NEED = ("kms:encrypt", "kms:encrypt*", "kms:generatedatakey*", "kms:*", "*")


def key_not_for_logs(scope: Scope) -> str | None:
    """A log group with a KMS key that does not exist, or whose policy does not let CloudWatch Logs use it."""
    key = scope.inputs.get("kmsKeyId")
    if not key or _lets_logs_in(scope, key):
        return None
    group = f"arn:aws:logs:{scope.region}:{ACCOUNT}:log-group:{scope.inputs['name']}"
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"


def _lets_logs_in(scope: Scope, key: str) -> bool:
    found = lookups.found_by(scope, "kms", "get_key_policy", "NotFoundException", KeyId=key, PolicyName="default")
    if found is None:
        return False
    statements = lookups.listed(json.loads(found["Policy"]).get("Statement"))
    return any(_allows_logs(statement, scope.region) for statement in statements)


def _allows_logs(statement: dict[str, Any], region: str) -> bool:
    principal = statement.get("Principal")
    services = lookups.listed(principal.get("Service")) if isinstance(principal, dict) else []
    is_logs = principal == "*" or bool({f"logs.{region}.amazonaws.com", "logs.amazonaws.com"} & set(services))
    actions = {str(each).lower() for each in lookups.listed(statement.get("Action"))}
    return statement.get("Effect") == "Allow" and is_logs and bool(actions & set(LOGS_NEED))


REFUSALS = (
    Refusal(
        "aws:cloudwatch/logGroup:LogGroup",
        "CreateLogGroup",
        "AccessDeniedException",
        "kmsKeyId",
        key_not_for_logs,
        "its policy must allow kms:Encrypt*, kms:Decrypt*, kms:GenerateDataKey* to logs.<region>.amazonaws.com",
    ),
)
