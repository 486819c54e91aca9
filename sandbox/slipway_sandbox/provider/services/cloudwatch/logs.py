"""Log groups and their streams."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.wire import Properties

LOG_ARN = {"resourceArn": "arn:aws:logs:{region}:{account}:log-group:{id}"}
RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


def set_retention(scope: Scope) -> None:
    """Sets the retention of events; without one, they stay forever."""
    if days := scope.inputs.get("retentionInDays"):
        scope.call("put_retention_policy", logGroupName=scope.id, retentionInDays=days)
    else:
        scope.call("delete_retention_policy", logGroupName=scope.id)


def delete_log_group(scope: Scope) -> None:
    """Deletes the group. With skipDestroy it stays."""
    if not scope.state.get("skipDestroy"):
        scope.call("delete_log_group", logGroupName=scope.id)


def validate_log_group(inputs: Properties) -> Failures:
    """CloudWatch has a list of retentions."""
    days = inputs.get("retentionInDays")
    if isinstance(days, int) and days not in RETENTIONS:
        return [("retentionInDays", f"expected retentionInDays to be one of {list(RETENTIONS)}, got {days}")]
    return []


RESOURCES = (
    Resource(
        "aws:cloudwatch/logGroup:LogGroup",
        "logs",
        create=Call("create_log_group"),
        id="{name}",
        read=(
            Call("describe_log_groups", {"logGroupNamePrefix": "{id}"}, reply="logGroups[?logGroupName=='{id}'] | [0]"),
        ),
        updates=(
            Update("retentionInDays", set_retention),
            Update("kmsKeyId", Call("associate_kms_key", {"logGroupName": "{id}"})),
        ),
        delete=delete_log_group,
        tags=Tags(
            add=Call("tag_resource", LOG_ARN),
            remove=Call("untag_resource", LOG_ARN),
            read=Call("list_tags_for_resource", LOG_ARN, reply="tags"),
        ),
        autoname=Autoname(length_limit=512),
        computed={"arn": LOG_ARN["resourceArn"]},
        defaults={"retentionInDays": 0, "skipDestroy": False},
        echoed="deletionProtectionEnabled skipDestroy",
        immutable={"a log group keeps its name and class": "name logGroupClass"},
        validate=validate_log_group,
    ),
    Resource(
        "aws:cloudwatch/logStream:LogStream",
        "logs",
        create=Call("create_log_stream"),
        id="{name}",
        import_pattern=r"(?P<logGroupName>[^:]+):(?P<name>.+)",
        read=(
            Call(
                "describe_log_streams",
                {"logGroupName": "{logGroupName}", "logStreamNamePrefix": "{name}"},
                reply="logStreams[?logStreamName=='{name}'] | [0]",
            ),
        ),
        delete=Call("delete_log_stream", {"logGroupName": "{logGroupName}", "logStreamName": "{name}"}),
        autoname=Autoname(length_limit=512),
        immutable={"a stream keeps its name and group": "logGroupName name"},
    ),
)
