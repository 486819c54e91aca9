"""Look-ups of parameters, such as the id of the newest Amazon Linux image."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider import wire
from sandbox.provider.declaration import Function
from sandbox.provider.scope import Scope


def get_parameter(scope: Scope) -> Mapping[str, Any]:
    """The parameter's value, decrypted unless withDecryption is false; secret as the SDK has it."""
    decrypt = scope.inputs.get("withDecryption", True)
    found = scope.call("get_parameter", Name=scope.inputs["name"], WithDecryption=decrypt)["Parameter"]
    value = found["Value"]
    is_plain = found["Type"] in ("String", "StringList")
    return {
        **scope.inputs,
        "id": found["Name"],
        "arn": found["ARN"],
        "type": found["Type"],
        "value": wire.Secret(value),
        "insecureValue": value if is_plain else None,
        "version": found["Version"],
        "withDecryption": decrypt,
    }


FUNCTIONS = (Function("aws:ssm/getParameter:getParameter", "ssm", get_parameter),)
