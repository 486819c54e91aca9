"""Keys and their aliases."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, text, time
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.lookup import as_resource, shaped

KEY = {"KeyId": "{id}"}
DATES = {"creationDate": "CreationDate", "deletionDate": "DeletionDate", "validTo": "ValidTo"}
DELETION_DAYS = 30  # KMS's own default


def target_arn(scope: Scope) -> str:
    """The ARN of an alias's key."""
    return text(block(scope.call("describe_key", KeyId=scope.get("targetKeyId")), "KeyMetadata"), "Arn")


def set_rotation(scope: Scope) -> None:
    """Turns the yearly rotation on or off."""
    if scope.inputs.get("enableKeyRotation"):
        days = scope.inputs.get("rotationPeriodInDays")
        scope.call("enable_key_rotation", KeyId=scope.id, **({"RotationPeriodInDays": days} if days else {}))
    else:
        scope.call("disable_key_rotation", KeyId=scope.id)


def set_enabled(scope: Scope) -> None:
    """Turns the key on or off."""
    scope.call("enable_key" if scope.inputs.get("isEnabled", True) else "disable_key", KeyId=scope.id)


def schedule_deletion(scope: Scope) -> None:
    """Schedules the deletion: KMS keeps a key for some more days."""
    days = scope.state.get("deletionWindowInDays") or DELETION_DAYS
    scope.call("schedule_key_deletion", KeyId=scope.id, PendingWindowInDays=days)


def get_key(scope: Scope) -> Properties:
    """The key by id, ARN or alias."""
    key = block(scope.call("describe_key", KeyId=scope.inputs["keyId"]), "KeyMetadata")
    dates = {name: time(key, member).isoformat() for name, member in DATES.items() if member in key}
    simple = {f"{name[0].lower()}{name[1:]}": value for name, value in key.items() if isinstance(value, (str, bool))}
    own = {"id": key["KeyId"], "keyId": scope.inputs["keyId"], "awsAccountId": key["AWSAccountId"]}
    return shaped(scope, "kms.GetKeyResult", {**simple, **own, **dates, "arn": key["Arn"]})


def get_alias(scope: Scope) -> Properties:
    """The alias by name, with its key."""
    return as_resource(scope, "aws:kms/alias:Alias", text(scope.inputs, "name"), "kms.GetAliasResult")


def validate_key(inputs: Properties) -> Failures:
    """KMS waits between 7 and 30 days before the deletion of a key."""
    days = inputs.get("deletionWindowInDays")
    if isinstance(days, int) and not 7 <= days <= 30:
        return [("deletionWindowInDays", f"expected deletionWindowInDays to be in the range (7 - 30), got {days}")]
    return []


RESOURCES = (
    Resource(
        "aws:kms/key:Key",
        "kms",
        create=Call("create_key", reply="KeyMetadata"),
        id="KeyId",
        read=(
            Call("describe_key", KEY, reply="KeyMetadata"),
            Call("get_key_policy", {**KEY, "PolicyName": "default"}),
            Call("get_key_rotation_status", KEY),
        ),
        updates=(
            Update("description", Call("update_key_description", KEY)),
            Update("policy", Call("put_key_policy", {**KEY, "PolicyName": "default"})),
            Update("enableKeyRotation rotationPeriodInDays", set_rotation),
            Update("isEnabled", set_enabled),
        ),
        delete=schedule_deletion,
        tags=Tags(
            add=Call("tag_resource", KEY),
            remove=Call("untag_resource", KEY),
            read=Call("list_resource_tags", KEY, reply="Tags"),
        ),
        names={"customerMasterKeySpec": "KeySpec", "isEnabled": "Enabled", "enableKeyRotation": "KeyRotationEnabled"},
        defaults={
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        policies="policy",
        echoed="bypassPolicyLockoutSafetyCheck deletionWindowInDays",
        immutable={"key material is made once": "customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"},
        gone="KeyState=='PendingDeletion'",
        validate=validate_key,
    ),
    Resource(
        "aws:kms/alias:Alias",
        "kms",
        create=Call("create_alias"),
        id="{name}",
        read=(Call("list_aliases", reply="Aliases[?AliasName=='{id}'] | [0]"),),
        updates=(Update("targetKeyId", Call("update_alias", {"AliasName": "{id}"})),),
        delete=Call("delete_alias", {"AliasName": "{id}"}),
        autoname=Autoname(prefix="alias/", length_limit=256),
        computed={
            "targetKeyArn": target_arn,
        },
        immutable={"an alias is its name": "name"},
    ),
)
FUNCTIONS = (
    Function("aws:kms/getAlias:getAlias", "kms", get_alias),
    Function("aws:kms/getKey:getKey", "kms", get_key),
)
