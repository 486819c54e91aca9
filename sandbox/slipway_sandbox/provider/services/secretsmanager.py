"""Secrets and their versions."""

import base64
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import as_map
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Secret

SECRET = {"SecretId": "{id}"}
VERSION = {"SecretId": "{secretId}", "VersionId": "{versionId}"}
VALUES = ("secretString", "secretBinary", "secretStringWo")
CURRENT = "AWSCURRENT"
RECOVERY_DAYS = 30  # the real provider's default


def set_policy(scope: Scope) -> None:
    """Sets the secret's resource policy, or takes it away."""
    if scope.inputs.get("policy") not in (None, "", "{}"):
        scope.call("put_resource_policy", SecretId=scope.id, ResourcePolicy=scope.inputs["policy"])
    else:
        scope.call("delete_resource_policy", SecretId=scope.id)


def set_replicas(scope: Scope) -> None:
    """Makes the regions that have a copy those that are asked for."""
    wanted = {each["region"]: each.get("kmsKeyId") for each in scope.inputs.get("replicas") or []}
    present = {each["region"] for each in scope.state.get("replicas") or []}
    if present - wanted.keys():
        gone = sorted(present - wanted.keys())
        scope.call("remove_regions_from_replication", SecretId=scope.id, RemoveReplicaRegions=gone)
    added = [
        {"Region": name, **({"KmsKeyId": key} if key else {})} for name, key in wanted.items() if name not in present
    ]
    if added:
        scope.call("replicate_secret_to_regions", SecretId=scope.id, AddReplicaRegions=added)


def delete_secret(scope: Scope) -> None:
    """Deletes the secret: at once with a recovery window of 0 days, else it stays restorable and its name taken."""
    set_replicas(scope)
    days = scope.state.get("recoveryWindowInDays", RECOVERY_DAYS)
    how: dict[str, Any] = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    scope.call("delete_secret", SecretId=scope.id, **how)


def put_version(scope: Scope) -> Mapping[str, Any]:
    """Adds a version with a value to a secret."""
    inputs = scope.inputs
    stages = {"VersionStages": inputs["versionStages"]} if inputs.get("versionStages") else {}
    if inputs.get("secretBinary") is not None:
        value: dict[str, Any] = {"SecretBinary": base64.b64decode(inputs["secretBinary"])}
    else:
        value = {"SecretString": inputs.get("secretString", inputs.get("secretStringWo"))}
    return scope.call("put_secret_value", SecretId=inputs["secretId"], **value, **stages)


def read_version(scope: Scope) -> Mapping[str, Any] | None:
    """The version with its value, in the property that the program wrote it in."""
    found = scope.call("get_secret_value", SecretId=scope.get("secretId"), VersionId=scope.get("versionId"))
    if "SecretBinary" in found:
        found["SecretBinary"] = base64.b64encode(found["SecretBinary"]).decode()
    if scope.get("secretStringWo") is not None:
        found.pop("SecretString", None)
    return {**found, "SecretId": scope.get("secretId")}


def set_stages(scope: Scope) -> None:
    """Moves staging labels to this version and away from it."""
    wanted, present = set(scope.inputs.get("versionStages") or [CURRENT]), set(scope.state.get("versionStages") or [])
    secret, version = scope.get("secretId"), scope.state["versionId"]
    holders = scope.call("describe_secret", SecretId=secret).get("VersionIdsToStages", {})
    for stage in sorted(wanted - present):
        before = [each for each, stages in holders.items() if stage in stages]
        moved = {"RemoveFromVersionId": before[0]} if before else {}
        scope.call("update_secret_version_stage", SecretId=secret, VersionStage=stage, MoveToVersionId=version, **moved)
    for stage in sorted(present - wanted - {CURRENT}):
        scope.call("update_secret_version_stage", SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)


def validate_version(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A version has one value."""
    if sum(name in inputs for name in VALUES) > 1:
        return [("secretString", f"only one of {', '.join(VALUES)} can be given")]
    return []


def find(scope: Scope, name: str) -> dict[str, Any]:
    """What Secrets Manager answers about a secret. Raises ProviderError for one that is not there."""
    found = scope.call("describe_secret", SecretId=name)
    if "DeletedDate" in found:
        raise ProviderError(f"the secret {name} is scheduled for deletion")
    return found


def get_secret(scope: Scope) -> Mapping[str, Any]:
    """The secret by name or ARN, without its value."""
    found = find(scope, scope.inputs.get("arn") or scope.inputs.get("name") or "")
    return {
        "id": found["ARN"],
        "arn": found["ARN"],
        "name": found["Name"],
        "description": found.get("Description", ""),
        "kmsKeyId": found.get("KmsKeyId", ""),
        "createdDate": found["CreatedDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lastChangedDate": found["LastChangedDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "policy": scope.call("get_resource_policy", SecretId=found["ARN"]).get("ResourcePolicy", ""),
        "tags": as_map(found.get("Tags", [])),
    }


def get_secret_version(scope: Scope) -> Mapping[str, Any]:
    """A version's value, the current one unless another is asked for; secret as the SDK has it."""
    asked = {"VersionId": "versionId", "VersionStage": "versionStage"}
    given = {member: scope.inputs[name] for member, name in asked.items() if scope.inputs.get(name)}
    found = scope.call("get_secret_value", SecretId=scope.inputs["secretId"], **given)
    binary = base64.b64encode(found.get("SecretBinary", b"")).decode()
    return {
        **scope.inputs,
        "id": f"{scope.inputs['secretId']}|{found['VersionId']}",
        "arn": found["ARN"],
        "createdDate": found["CreatedDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "secretString": Secret(found.get("SecretString", "")),
        "secretBinary": Secret(binary),
        "versionId": found["VersionId"],
        "versionStage": given.get("VersionStage", CURRENT),
        "versionStages": found["VersionStages"],
    }


def validate_secret(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A deleted secret can be had back for a week at least, or not at all."""
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
        documents="policy",
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
