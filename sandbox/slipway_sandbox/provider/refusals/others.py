"""What CloudWatch Logs, IAM and Application Auto Scaling refuse."""

import json
from typing import Any

from slipway_sandbox.provider.aws.scope import ACCOUNT, Scope
from slipway_sandbox.provider.refusals import look
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
    found = look.found_by(scope, "kms", "get_key_policy", "NotFoundException", KeyId=key, PolicyName="default")
    if found is None:
        return False
    statements = look.listed(json.loads(found["Policy"]).get("Statement"))
    return any(_allows_logs(statement, scope.region) for statement in statements)


def _allows_logs(statement: dict[str, Any], region: str) -> bool:
    principal = statement.get("Principal")
    services = look.listed(principal.get("Service")) if isinstance(principal, dict) else []
    is_logs = principal == "*" or bool({f"logs.{region}.amazonaws.com", "logs.amazonaws.com"} & set(services))
    actions = {str(each).lower() for each in look.listed(statement.get("Action"))}
    return statement.get("Effect") == "Allow" and is_logs and bool(actions & set(LOGS_NEED))


def trust_without_principal(scope: Scope) -> str | None:
    """A trust policy with a statement that names nobody."""
    document = json.loads(scope.inputs["assumeRolePolicy"])
    statements = look.listed(document.get("Statement")) if isinstance(document, dict) else []
    named = [bool({"Principal", "NotPrincipal"} & set(each)) for each in statements if isinstance(each, dict)]
    return None if all(named) else "Missing required field Principal"


def target_not_registered(scope: Scope) -> str | None:
    """A scaling policy for something that is not registered as a scalable target."""
    namespace, resource = scope.inputs["serviceNamespace"], scope.inputs["resourceId"]
    dimension = scope.inputs["scalableDimension"]
    found = scope.call(
        "describe_scalable_targets", ServiceNamespace=namespace, ResourceIds=[resource], ScalableDimension=dimension
    )
    if found["ScalableTargets"]:
        return None
    return (
        f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, "
        f"scalable dimension: {dimension}"
    )


REFUSALS = (
    Refusal(
        "aws:cloudwatch/logGroup:LogGroup",
        "CreateLogGroup",
        "AccessDeniedException",
        "kmsKeyId",
        key_not_for_logs,
        "its policy must allow kms:Encrypt*, kms:Decrypt*, kms:GenerateDataKey* to logs.<region>.amazonaws.com",
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
        "aws:appautoscaling/policy:Policy",
        "PutScalingPolicy",
        "ObjectNotFoundException",
        "resourceId serviceNamespace scalableDimension",
        target_not_registered,
        "take resourceId from the appautoscaling Target",
        patient=True,
    ),
)
