"""Tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import to_request
from slipway_sandbox.provider.properties.names import Names

TABLE = {"TableName": "{id}"}
TAGGED = {"ResourceArn": "{arn}"}
CAPACITY = {
    "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
    "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
}
NAMES = {
    "attributes": "AttributeDefinitions",
    "attributes.name": "AttributeName",
    "attributes.type": "AttributeType",
    "serverSideEncryption": "SSESpecification",
    "serverSideEncryption.kmsKeyArn": "KMSMasterKeyId",
    "streamEnabled": "StreamSpecification.StreamEnabled",
    "streamLabel": "LatestStreamLabel",
    "streamArn": "LatestStreamArn",
    "streamViewType": "StreamSpecification.StreamViewType",
    **CAPACITY,
}
INDEX = Names(
    "",
    {
        "name": "IndexName",
        "keySchemas": "KeySchema",
        "projectionType": "Projection.ProjectionType",
        "nonKeyAttributes": "Projection.NonKeyAttributes",
        **CAPACITY,
    },
)
INDEXES = ("globalSecondaryIndexes", "localSecondaryIndexes")
PER_REQUEST = "PAY_PER_REQUEST"


def key_schema(block: Mapping[str, Any], hash_key: Any) -> dict[str, Any]:
    """The key of a table or an index; empty where the block already has one in DynamoDB's words."""
    keys = (("HASH", block.get("hashKey") or hash_key), ("RANGE", block.get("rangeKey")))
    return {"KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name]}


def index(scope: Scope, kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """An index as DynamoDB takes it; one that is paid for per request has no capacity."""
    shape: Any = scope.cloud.client.shape("dynamodb", "create_table", scope.region)
    member = shape.members[kind[0].upper() + kind[1:]].member
    is_per_request = scope.inputs.get("billingMode") == PER_REQUEST
    given = {name: value for name, value in block.items() if not (is_per_request and name in CAPACITY)}
    own_key = {} if block.get("keySchemas") else key_schema(block, scope.inputs.get("hashKey"))
    return {**to_request(member, given, INDEX), **own_key}


def create_table(scope: Scope) -> Mapping[str, Any]:
    """Creates a table with its indexes."""
    inputs = scope.inputs
    is_per_request = inputs.get("billingMode") == PER_REQUEST
    hidden = {
        "hashKey",
        "rangeKey",
        "pointInTimeRecovery",
        "tags",
        "ttl",
        *INDEXES,
        *(CAPACITY if is_per_request else ()),
    }
    given = {name: value for name, value in inputs.items() if name not in hidden}
    request = scope.members("create_table", given, Names("Table", NAMES))
    for kind in INDEXES:
        if inputs.get(kind):
            request[kind[0].upper() + kind[1:]] = [index(scope, kind, block) for block in inputs[kind]]
    tags = {"Tags": [{"Key": key, "Value": value} for key, value in scope.tags.items()]} if scope.tags else {}
    reply = scope.call("create_table", **request, **key_schema(inputs, None), **tags)
    scope.id = inputs["name"]
    for name, apply in (("ttl", set_ttl), ("pointInTimeRecovery", set_recovery)):
        if inputs.get(name):
            apply(scope)
    return dict(reply["TableDescription"])


def set_ttl(scope: Scope) -> None:
    """Sets the attribute that says when an item expires, or turns that off."""
    ttl = scope.inputs.get("ttl") or {**scope.state.get("ttl", {}), "enabled": False}
    if ttl.get("attributeName"):
        specification = {"AttributeName": ttl["attributeName"], "Enabled": ttl.get("enabled", True)}
        scope.call("update_time_to_live", TableName=scope.id, TimeToLiveSpecification=specification)


def set_recovery(scope: Scope) -> None:
    """Turns point-in-time recovery on or off."""
    asked = scope.inputs.get("pointInTimeRecovery") or {}
    specification = {"PointInTimeRecoveryEnabled": bool(asked.get("enabled"))}
    if asked.get("recoveryPeriodInDays"):
        specification["RecoveryPeriodInDays"] = asked["recoveryPeriodInDays"]
    scope.call("update_continuous_backups", TableName=scope.id, PointInTimeRecoverySpecification=specification)


def by_name(blocks: Iterable[Mapping[str, Any]] | None) -> dict[str, Mapping[str, Any]]:
    """Indexes by name."""
    return {block["name"]: block for block in blocks or []}


def set_indexes(scope: Scope) -> None:
    """Adds, replaces and removes global indexes, one call each as DynamoDB demands."""
    wanted, present = (by_name(part.get("globalSecondaryIndexes")) for part in (scope.inputs, scope.state))
    shape = scope.members("create_table", {"attributes": scope.inputs.get("attributes") or []}, Names("Table", NAMES))
    for name in present:
        if name not in wanted or dict(wanted[name]) != {key: present[name].get(key) for key in wanted[name]}:
            change = [{"Delete": {"IndexName": name}}]
            scope.call("update_table", TableName=scope.id, GlobalSecondaryIndexUpdates=change)
    for name, block in wanted.items():
        if name not in present or dict(block) != {key: present[name].get(key) for key in block}:
            change = [{"Create": index(scope, "globalSecondaryIndexes", block)}]
            scope.call("update_table", TableName=scope.id, GlobalSecondaryIndexUpdates=change, **shape)


def set_billing(scope: Scope) -> None:
    """Changes how the table is paid for, and its capacity."""
    mode = scope.inputs["billingMode"]
    units = {name: scope.inputs.get(name) for name in CAPACITY if mode != PER_REQUEST}
    scope.call(
        "update_table",
        TableName=scope.id,
        **scope.members("update_table", {"billingMode": mode, **units}, Names("Table", CAPACITY)),
    )


def read_table(scope: Scope) -> Mapping[str, Any] | None:
    """The table with its recovery and expiry."""
    table = dict(scope.call("describe_table", TableName=scope.id)["Table"])
    keys = {each["KeyType"]: each["AttributeName"] for each in table["KeySchema"]}
    backups = scope.call("describe_continuous_backups", TableName=scope.id)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    ttl = scope.call("describe_time_to_live", TableName=scope.id)["TimeToLiveDescription"]
    return {
        **table,
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "pointInTimeRecovery": {"enabled": recovery.get("PointInTimeRecoveryStatus") == "ENABLED"},
        "ttl": {"attributeName": ttl.get("AttributeName", ""), "enabled": ttl.get("TimeToLiveStatus") == "ENABLED"},
        "globalSecondaryIndexes": [read_index(each) for each in table.get("GlobalSecondaryIndexes") or []],
        "localSecondaryIndexes": [read_index(each) for each in table.get("LocalSecondaryIndexes") or []],
    }


def read_index(found: Mapping[str, Any]) -> dict[str, Any]:
    """An index as the SDK has it."""
    keys = {each["KeyType"]: each["AttributeName"] for each in found["KeySchema"]}
    units = found.get("ProvisionedThroughput", {})
    return {
        "name": found["IndexName"],
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "projectionType": found["Projection"]["ProjectionType"],
        "nonKeyAttributes": found["Projection"].get("NonKeyAttributes", []),
        "readCapacity": units.get("ReadCapacityUnits", 0),
        "writeCapacity": units.get("WriteCapacityUnits", 0),
    }


RESOURCES = (
    Resource(
        "aws:dynamodb/table:Table",
        "dynamodb",
        create=create_table,
        id="TableName",
        read=read_table,
        updates=(
            Update("billingMode readCapacity writeCapacity", set_billing),
            Update("attributes globalSecondaryIndexes", set_indexes),
            Update("ttl", set_ttl),
            Update("pointInTimeRecovery", set_recovery),
            Update("serverSideEncryption", Call("update_table", TABLE)),
            Update("streamEnabled streamViewType", Call("update_table", TABLE)),
            Update("deletionProtectionEnabled onDemandThroughput tableClass", Call("update_table", TABLE)),
        ),
        delete=Call("delete_table", TABLE),
        tags=Tags(
            add=Call("tag_resource", TAGGED),
            remove=Call("untag_resource", TAGGED),
            read=Call("list_tags_of_resource", {"ResourceArn": "{TableArn}"}, reply="Tags"),
        ),
        autoname=Autoname(length_limit=255),
        names=NAMES,
        reads={
            "billingMode": "BillingModeSummary.BillingMode || 'PROVISIONED'",
            "serverSideEncryption": "SSEDescription && {Enabled: SSEDescription.Status=='ENABLED', KMSMasterKeyId: SSEDescription.KMSMasterKeyArn}",
            "tableClass": "TableClassSummary.TableClass || 'STANDARD'",
        },
        defaults={"billingMode": "PROVISIONED", "deletionProtectionEnabled": False, "tableClass": "STANDARD"},
        echoed="globalTableWitness importTable replicas restoreBackupArn restoreDateTime restoreSourceName restoreSourceTableArn "
        "restoreToLatestTime warmThroughput",
        immutable={
            "a table keeps its name, keys and local indexes": "hashKey localSecondaryIndexes name rangeKey",
            "a table is filled once": "importTable.s3BucketSource restoreDateTime restoreToLatestTime",
        },
        replaced_when={
            "restoreSourceName": lambda before, after: (
                after.get("restoreSourceName") not in (None, "", before.get("restoreSourceName"))
            ),
        },
        gone="TableStatus=='DELETING'",
    ),
)
