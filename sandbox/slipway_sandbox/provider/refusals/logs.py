"""CloudWatch Logs' refusals."""

import json

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal

LOGS_NEED = ("kms:encrypt", "kms:encrypt*", "kms:generatedatakey*", "kms:*", "*")


def key_not_for_logs(scope: Scope) -> str | None:
    """A log group with a missing KMS key, or one without a policy for CloudWatch Logs."""
    key = text(scope.inputs, "kmsKeyId", "")
    if not key or _lets_logs_in(scope, key):
        return None
    group = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{scope.inputs['name']}"
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"


def _lets_logs_in(scope: Scope, key: str) -> bool:
    reply = lookups.optional(scope, "kms", "get_key_policy", "NotFoundException", KeyId=key, PolicyName="default")
    if reply is None:
        return False
    statements = lookups.statements(json.loads(text(reply, "Policy")))
    return any(_allows_logs(statement, scope.region) for statement in statements)


def _allows_logs(statement: Properties, region: str) -> bool:
    principal = statement.get("Principal")
    services = lookups.listed(principal.get("Service")) if isinstance(principal, dict) else []
    is_logs = principal == "*" or any(
        service in services for service in (f"logs.{region}.amazonaws.com", "logs.amazonaws.com")
    )
    return is_logs and lookups.allows(statement, LOGS_NEED)


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
