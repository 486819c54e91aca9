"""Event rules and their targets."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import blocks, present
from slipway_sandbox.provider.protocol.wire import Properties

RULE = "description eventPattern isEnabled roleArn scheduleExpression state"
BUS = {"EventBusName": "{eventBusName}"}
OF_RULE = {"Rule": "{rule}", **BUS}
TARGETS = {
    "appsyncTarget": "AppSyncParameters",
    "arn": "Arn",
    "batchTarget": "BatchParameters",
    "deadLetterConfig": "DeadLetterConfig",
    "ecsTarget": "EcsParameters",
    "httpTarget": "HttpParameters",
    "input": "Input",
    "inputPath": "InputPath",
    "inputTransformer": "InputTransformer",
    "kinesisTarget": "KinesisParameters",
    "redshiftTarget": "RedshiftDataParameters",
    "retryPolicy": "RetryPolicy",
    "roleArn": "RoleArn",
    "runCommandTargets": "RunCommandParameters.RunCommandTargets",
    "sagemakerPipelineTarget": "SageMakerPipelineParameters",
    "sqsTarget": "SqsParameters",
    "targetId": "Id",
}
TARGET_NAMES = {
    **{name: f"Targets.{member}" for name, member in TARGETS.items()},
    "batchTarget.arraySize": "ArrayProperties.Size",
    "batchTarget.jobAttempts": "RetryStrategy.Attempts",
    "ecsTarget.networkConfiguration": "NetworkConfiguration.awsvpcConfiguration",
    "ecsTarget.orderedPlacementStrategies": "PlacementStrategy",
    "inputTransformer.inputPaths": "InputPathsMap",
    "sagemakerPipelineTarget.pipelineParameterLists": "PipelineParameterList",
}


def put_rule(scope: Scope) -> Properties:
    """Writes the rule. Default: it is enabled."""
    values = present(scope.inputs, RULE)
    is_enabled = values.pop("isEnabled", True)
    state = "ENABLED" if is_enabled else "DISABLED"
    request = scope.members("put_rule", {"state": state, **values}, Names("EventRule", {}))
    name, bus = scope.inputs["name"], scope.inputs["eventBusName"]
    scope.call("put_rule", Name=name, EventBusName=bus, **request)
    return {"id": name if bus == "default" else f"{bus}/{name}"}


def read_rule(scope: Scope) -> Properties | None:
    """The rule. Its state is in the program's property: isEnabled or state; an enabled rule may have neither."""
    bus = {"EventBusName": scope.get("eventBusName")} if scope.get("eventBusName") else {}
    rule = scope.call("describe_rule", Name=scope.get("name"), **bus)
    state = rule.pop("State")
    if scope.get("isEnabled") is not None:
        return {**rule, "id": scope.id, "IsEnabled": state == "ENABLED"}
    return {**rule, "id": scope.id, **({"State": state} if scope.get("state") or state != "ENABLED" else {})}


def delete_rule(scope: Scope) -> None:
    """Deletes the rule; with forceDestroy its targets first."""
    bus = scope.state["eventBusName"]
    if scope.state.get("forceDestroy"):
        targets = blocks(scope.call("list_targets_by_rule", Rule=scope.state["name"], EventBusName=bus), "Targets")
        if targets:
            ids = [target["Id"] for target in targets]
            scope.call("remove_targets", Rule=scope.state["name"], EventBusName=bus, Ids=ids)
    scope.call("describe_rule", Name=scope.state["name"], EventBusName=bus)
    scope.call("delete_rule", Name=scope.state["name"], EventBusName=bus)


def validate_rule(inputs: Properties) -> Failures:
    """A rule has an event pattern or a schedule."""
    if "eventPattern" not in inputs and "scheduleExpression" not in inputs:
        return [("eventPattern", "one of 'eventPattern' and 'scheduleExpression' is required")]
    return []


RESOURCES = (
    Resource(
        "aws:cloudwatch/eventRule:EventRule",
        "events",
        create=put_rule,
        id="id",
        import_pattern=r"(?:(?P<eventBusName>[^/]+)/)?(?P<name>[^/]+)",
        read=read_rule,
        updates=(Update(RULE, put_rule),),
        delete=delete_rule,
        tags=Tags(
            add=Call("tag_resource", {"ResourceARN": "{arn}"}),
            remove=Call("untag_resource", {"ResourceARN": "{arn}"}),
            read=Call("list_tags_for_resource", {"ResourceARN": "{Arn}"}, reply="Tags"),
        ),
        autoname=Autoname(length_limit=64),
        computed={"arn": "arn:aws:events:{region}:{account}:rule/{id}"},
        defaults={"eventBusName": "default", "forceDestroy": False},
        documents="eventPattern",
        echoed="forceDestroy",
        immutable={"a rule keeps its name and bus": "eventBusName name"},
        validate=validate_rule,
    ),
    Resource(
        "aws:cloudwatch/eventTarget:EventTarget",
        "events",
        create=Call("put_targets"),
        id="{rule}/{targetId}",
        import_pattern=r"(?:(?P<eventBusName>[^/]+)/)?(?P<rule>[^/]+)/(?P<targetId>[^/]+)",
        read=(Call("list_targets_by_rule", OF_RULE, reply="Targets[?Id=='{targetId}'] | [0] | @ && {Targets: [@]}"),),
        updates=(Update(" ".join(TARGETS), Call("put_targets", OF_RULE)),),
        delete=Call("remove_targets", {**OF_RULE, "Ids": ["{targetId}"]}),
        autoname=Autoname("targetId", length_limit=64),
        names=TARGET_NAMES,
        defaults={"eventBusName": "default", "forceDestroy": False},
        documents="input",
        compare={"input": str},  # JSON, but the real provider compares its text
        echoed="forceDestroy",
        immutable={"a target is known by these": "eventBusName rule targetId"},
    ),
)
