"""Values of a container's `secrets`, from moto's Parameter Store and Secrets Manager.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
"""

import json

from moto.core.exceptions import JsonRESTError
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from slipway_sandbox.runtime.containers.specs import TaskError

UNABLE = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from"


def resolve(value_from: str, account: str, region: str) -> str:
    """A `valueFrom` (parameter name or ARN, secret ARN with key, stage and version) to its value. Raises TaskError."""
    if value_from.startswith("arn:") and value_from.split(":")[2] == "secretsmanager":
        return _secret(value_from, account)
    owner = value_from.split(":")[3] if value_from.startswith("arn:") else region
    # An ARN has the parameter's path after `parameter`, with one slash even where the name has none.
    name = value_from.partition(":parameter")[2] if value_from.startswith("arn:") else value_from
    backend = ssm_backends[account][owner]
    parameter = backend.get_parameter(name) or backend.get_parameter(name.removeprefix("/"))
    if parameter is None:
        raise TaskError(f"{UNABLE} ssm: invalid ssm parameters: {value_from}")
    return str(parameter.response_object(decrypt=True)["Value"])


def _secret(value_from: str, account: str) -> str:
    parts = value_from.split(":")
    arn = ":".join(parts[:7])
    key, stage, version = (*parts[7:], "", "", "")[:3]
    try:
        found = secretsmanager_backends[account][parts[3]].get_secret_value(arn, version, stage or "AWSCURRENT")
    except (JsonRESTError, KeyError) as error:
        raise TaskError(f"{UNABLE} asm: {arn}: {getattr(error, 'message', error)}") from error
    text = str(found.get("SecretString", ""))
    if not key:
        return text
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError) as error:
        raise TaskError(
            f"{UNABLE} asm: retrieved secret from Secrets Manager did not contain json key {key}"
        ) from error
    return value if isinstance(value, str) else json.dumps(value)
