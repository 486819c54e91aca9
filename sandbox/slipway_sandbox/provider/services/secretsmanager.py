"""Secrets and their versions."""

import base64

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import as_map, restore_scalar
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, number, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Secret, Value

SECRET = {"SecretId": "{id}"}
VERSION = {"SecretId": "{secretId}", "VersionId": "{versionId}"}
VALUES = ("secretString", "secretBinary", "secretStringWo")
CURRENT = "AWSCURRENT"
RECOVERY_DAYS = 30  # the real provider's default


def set_policy(scope: Scope) -> None:
    """Sets or removes the secret's resource policy."""
    if scope.inputs.get("policy") not in (None, "", "{}"):
        scope.call("put_resource_policy", SecretId=scope.id, ResourcePolicy=scope.inputs["policy"])
    else:
        scope.call("delete_resource_policy", SecretId=scope.id)


def set_replicas(scope: Scope) -> None:
    """Changes the regions with a copy to the program's."""
    wanted = {text(replica, "region"): replica.get("kmsKeyId") for replica in blocks(scope.inputs, "replicas")}
    present = {text(replica, "region") for replica in blocks(scope.state, "replicas")}
    if removed := sorted(present - wanted.keys()):
        scope.call("remove_regions_from_replication", SecretId=scope.id, RemoveReplicaRegions=removed)
    added: list[Value] = [
        {"Region": name, **({"KmsKeyId": key} if key else {})} for name, key in wanted.items() if name not in present
    ]
    if added:
        scope.call("replicate_secret_to_regions", SecretId=scope.id, AddReplicaRegions=added)


def delete_secret(scope: Scope) -> None:
    """Deletes the secret: at once with a recovery window of 0 days, else it keeps its name and can be restored."""
    set_replicas(scope)
    days = number(scope.state, "recoveryWindowInDays", RECOVERY_DAYS)
    how: dict[str, Value] = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    scope.call("delete_secret", SecretId=scope.id, **how)


def put_version(scope: Scope) -> Properties:
    """Adds a version with a value to a secret."""
    inputs = scope.inputs
    stages = {"VersionStages": inputs["versionStages"]} if inputs.get("versionStages") else {}
    if inputs.get("secretBinary") is not None:
        value: dict[str, Value] = {"SecretBinary": base64.b64decode(text(inputs, "secretBinary"))}
    else:
        value = {"SecretString": inputs.get("secretString", inputs.get("secretStringWo"))}
    return scope.call("put_secret_value", SecretId=inputs["secretId"], **value, **stages)


def read_version(scope: Scope) -> Properties | None:
    """The version with its value, in the program's property."""
    version = scope.call("get_secret_value", SecretId=scope.get("secretId"), VersionId=scope.get("versionId"))
    if "SecretBinary" in version:
        version["SecretBinary"] = binary(version)
    if scope.get("secretStringWo") is not None:
        version.pop("SecretString", None)
    return {**version, "SecretId": scope.get("secretId")}


def binary(version: Properties) -> str:
    """A version's bytes in base64; empty without any."""
    value = version.get("SecretBinary")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else ""


def set_stages(scope: Scope) -> None:
    """Moves staging labels to this version and away from it."""
    wanted, present = set(texts(scope.inputs, "versionStages") or [CURRENT]), set(texts(scope.state, "versionStages"))
    secret, version = scope.get("secretId"), scope.state["versionId"]
    holders = block(scope.call("describe_secret", SecretId=secret), "VersionIdsToStages")
    for stage in sorted(wanted - present):
        before = [holder for holder in holders if stage in texts(holders, holder)]
        moved = {"RemoveFromVersionId": before[0]} if before else {}
        scope.call("update_secret_version_stage", SecretId=secret, VersionStage=stage, MoveToVersionId=version, **moved)
    for stage in sorted(present - wanted - {CURRENT}):
        scope.call("update_secret_version_stage", SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)


def validate_version(inputs: Properties) -> Failures:
    """A version has one value."""
    if sum(name in inputs for name in VALUES) > 1:
        return [("secretString", f"only one of {', '.join(VALUES)} can be selection")]
    return []


def describe(scope: Scope, name: str) -> dict[str, Value]:
    """Secrets Manager's answer about a secret. Raises ProviderError for a deleted one."""
    secret = scope.call("describe_secret", SecretId=name)
    if "DeletedDate" in secret:
        raise ProviderError(f"the secret {name} is scheduled for deletion")
    return secret


def get_secret(scope: Scope) -> Properties:
    """The secret by name or ARN, without its value."""
    secret = describe(scope, text(scope.inputs, "arn", "") or text(scope.inputs, "name", ""))
    return {
        "id": secret["ARN"],
        "arn": secret["ARN"],
        "name": secret["Name"],
        "description": secret.get("Description", ""),
        "kmsKeyId": secret.get("KmsKeyId", ""),
        "createdDate": restore_scalar(str, secret["CreatedDate"]),
        "lastChangedDate": restore_scalar(str, secret["LastChangedDate"]),
        "policy": scope.call("get_resource_policy", SecretId=secret["ARN"]).get("ResourcePolicy", ""),
        "tags": as_map(secret.get("Tags", [])),
    }


def get_secret_version(scope: Scope) -> Properties:
    """A version's value as a secret. Default: the current version's."""
    members = {"VersionId": "versionId", "VersionStage": "versionStage"}
    selection = {member: scope.inputs[name] for member, name in members.items() if scope.inputs.get(name)}
    version = scope.call("get_secret_value", SecretId=scope.inputs["secretId"], **selection)
    return {
        **scope.inputs,
        "id": f"{scope.inputs['secretId']}|{version['VersionId']}",
        "arn": version["ARN"],
        "createdDate": restore_scalar(str, version["CreatedDate"]),
        "secretString": Secret(version.get("SecretString", "")),
        "secretBinary": Secret(binary(version)),
        "versionId": version["VersionId"],
        "versionStage": selection.get("VersionStage", CURRENT),
        "versionStages": version["VersionStages"],
    }


def validate_secret(inputs: Properties) -> Failures:
    """The recovery window is 0, or between 7 and 30 days."""
    days = inputs.get("recoveryWindowInDays")
    if isinstance(days, int) and days != 0 and not 7 <= days <= 30:
        return [("recoveryWindowInDays", f"expected recoveryWindowInDays to be 0 or in the range (7 - 30), got {days}")]
    return []


RESOURCES = (
    Resource(
        "aws:secretsmanager/secret:Secret",
        "secretsmanager",
        create=Call("create_secret"),
        id="ARN",
        read=(Call("describe_secret", SECRET), Call("get_resource_policy", SECRET)),
        updates=(
            Update("description kmsKeyId", Call("update_secret", SECRET)),
            Update("policy", set_policy),
            Update("replicas", set_replicas),
        ),
        delete=delete_secret,
        tags=Tags(add=Call("tag_resource", SECRET), remove=Call("untag_resource", SECRET)),
        autoname=Autoname(length_limit=512),
        names={"policy": "ResourcePolicy"},
        reads={"replicas": "ReplicationStatus"},
        defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": RECOVERY_DAYS},
        policies="policy",
        echoed="forceOverwriteReplicaSecret recoveryWindowInDays type",
        immutable={"a secret keeps its name": "name"},
        gone="DeletedDate != null",
        validate=validate_secret,
    ),
    Resource(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "secretsmanager",
        create=put_version,
        id="{secretId}|{VersionId}",
        import_pattern=r"(?P<secretId>.+)\|(?P<versionId>[^|]+)",
        read=read_version,
        updates=(Update("versionStages", set_stages),),
        delete=None,
        reads={"secretArn": "ARN"},
        computed={"hasSecretStringWo": lambda scope: scope.get("secretStringWo") is not None},
        immutable={
            "a version keeps its value": "secretBinary secretId secretString secretStringWo secretStringWoVersion",
        },
        validate=validate_version,
    ),
)
FUNCTIONS = (
    Function("aws:secretsmanager/getSecret:getSecret", "secretsmanager", get_secret),
    Function("aws:secretsmanager/getSecretVersion:getSecretVersion", "secretsmanager", get_secret_version),
)
