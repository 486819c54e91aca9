"""Tables."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import to_request
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

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


def key_schema(values: Properties, hash_key: Value) -> dict[str, Value]:
    """The key of a table or an index, in DynamoDB's words."""
    keys = (("HASH", values.get("hashKey") or hash_key), ("RANGE", values.get("rangeKey")))
    return {"KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name]}


def index_request(scope: Scope, kind: str, index: Properties) -> dict[str, Value]:
    """An index for DynamoDB's calls; without capacity when the table is billed per request."""
    shape = scope.cloud.client.shape("dynamodb", "create_table", scope.region)
    member = shape.members[kind[0].upper() + kind[1:]].member if shape else None
    is_per_request = scope.inputs.get("billingMode") == PER_REQUEST
    values = {name: value for name, value in index.items() if not (is_per_request and name in CAPACITY)}
    own_key = {} if index.get("keySchemas") else key_schema(index, scope.inputs.get("hashKey"))
    return {**to_request(member, values, INDEX), **own_key}


def create_table(scope: Scope) -> Properties:
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
    values = {name: value for name, value in inputs.items() if name not in hidden}
    request = scope.members("create_table", values, Names("Table", NAMES))
    for kind in INDEXES:
        if inputs.get(kind):
            request[kind[0].upper() + kind[1:]] = [index_request(scope, kind, index) for index in blocks(inputs, kind)]
    if scope.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in scope.tags.items()]
    reply = scope.call("create_table", **request, **key_schema(inputs, None))
    scope.id = text(inputs, "name")
    for name, apply in (("ttl", set_ttl), ("pointInTimeRecovery", set_recovery)):
        if inputs.get(name):
            apply(scope)
    return block(reply, "TableDescription")


def set_ttl(scope: Scope) -> None:
    """Sets the attribute with the time of expiry, or turns expiry off."""
    ttl = block(scope.inputs, "ttl") or {**block(scope.state, "ttl"), "enabled": False}
    if ttl.get("attributeName"):
        specification = {"AttributeName": ttl["attributeName"], "Enabled": ttl.get("enabled", True)}
        scope.call("update_time_to_live", TableName=scope.id, TimeToLiveSpecification=specification)


def set_recovery(scope: Scope) -> None:
    """Turns point-in-time recovery on or off."""
    recovery = block(scope.inputs, "pointInTimeRecovery")
    specification: dict[str, Value] = {"PointInTimeRecoveryEnabled": bool(recovery.get("enabled"))}
    if recovery.get("recoveryPeriodInDays"):
        specification["RecoveryPeriodInDays"] = recovery["recoveryPeriodInDays"]
    scope.call("update_continuous_backups", TableName=scope.id, PointInTimeRecoverySpecification=specification)


def global_indexes(values: Properties) -> dict[str, dict[str, Value]]:
    """Global indexes by name."""
    return {text(index, "name"): index for index in blocks(values, "globalSecondaryIndexes")}


def set_indexes(scope: Scope) -> None:
    """Adds, replaces and removes global indexes, one call each as DynamoDB demands."""
    wanted, before = global_indexes(scope.inputs), global_indexes(scope.state)
    attributes = {"attributes": scope.inputs.get("attributes") or []}
    definitions = scope.members("create_table", attributes, Names("Table", NAMES))
    for name, index in before.items():
        if name not in wanted or wanted[name] != {key: index.get(key) for key in wanted[name]}:
            removal = [{"Delete": {"IndexName": name}}]
            scope.call("update_table", TableName=scope.id, GlobalSecondaryIndexUpdates=removal)
    for name, index in wanted.items():
        if name not in before or index != {key: before[name].get(key) for key in index}:
            addition = [{"Create": index_request(scope, "globalSecondaryIndexes", index)}]
            scope.call("update_table", TableName=scope.id, GlobalSecondaryIndexUpdates=addition, **definitions)


def set_billing(scope: Scope) -> None:
    """Changes the billing mode and the capacity."""
    mode = scope.inputs["billingMode"]
    units = {name: scope.inputs.get(name) for name in CAPACITY if mode != PER_REQUEST}
    request = scope.members("update_table", {"billingMode": mode, **units}, Names("Table", CAPACITY))
    scope.call("update_table", TableName=scope.id, **request)


def read_table(scope: Scope) -> Properties | None:
    """The table with its recovery and expiry."""
    table = block(scope.call("describe_table", TableName=scope.id), "Table")
    backups = block(scope.call("describe_continuous_backups", TableName=scope.id), "ContinuousBackupsDescription")
    recovery = block(backups, "PointInTimeRecoveryDescription")
    ttl = block(scope.call("describe_time_to_live", TableName=scope.id), "TimeToLiveDescription")
    return {
        **table,
        **keys(table),
        "pointInTimeRecovery": {"enabled": recovery.get("PointInTimeRecoveryStatus") == "ENABLED"},
        "ttl": {"attributeName": ttl.get("AttributeName", ""), "enabled": ttl.get("TimeToLiveStatus") == "ENABLED"},
        "globalSecondaryIndexes": [read_index(index) for index in blocks(table, "GlobalSecondaryIndexes")],
        "localSecondaryIndexes": [read_index(index) for index in blocks(table, "LocalSecondaryIndexes")],
    }


def keys(description: Properties) -> dict[str, Value]:
    """hashKey and rangeKey of a table or an index."""
    attributes = {text(key, "KeyType"): key["AttributeName"] for key in blocks(description, "KeySchema")}
    return {"hashKey": attributes.get("HASH"), "rangeKey": attributes.get("RANGE")}


def read_index(index: Properties) -> dict[str, Value]:
    """DynamoDB's index in the SDK's words."""
    units, projection = block(index, "ProvisionedThroughput"), block(index, "Projection")
    return {
        "name": index["IndexName"],
        **keys(index),
        "projectionType": projection["ProjectionType"],
        "nonKeyAttributes": projection.get("NonKeyAttributes", []),
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
