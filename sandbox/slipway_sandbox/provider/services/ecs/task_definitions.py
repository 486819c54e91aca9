"""Task definitions: every change registers a new revision."""

from slipway_sandbox.provider.aws.declaration import Call, Failures, Function, Resource, Tags
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.container_definitions import comparable, definitions, failures
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import as_text, block, present, text
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.lookup import as_resource
from slipway_sandbox.task_sizes import size_units

NAMES = {
    "volumes.hostPath": "host.sourcePath",
    "volumes.efsVolumeConfiguration": "efsVolumeConfiguration",
    "proxyConfiguration.properties": "properties",
}
BY_RULE = (
    "cpu enableFaultInjection ephemeralStorage executionRoleArn family ipcMode memory networkMode pidMode "
    "placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform taskRoleArn volumes"
)


def register(scope: Scope) -> Properties:
    """Registers the next revision of the family."""
    request = scope.members("register_task_definition", present(scope.inputs, BY_RULE), Names("TaskDefinition", NAMES))
    if scope.tags:
        request["tags"] = [{"key": key, "value": value} for key, value in scope.tags.items()]
    request["containerDefinitions"] = definitions(text(scope.inputs, "containerDefinitions"))
    return block(scope.call("register_task_definition", **request), "taskDefinition")


def describe(scope: Scope) -> Properties | None:
    """The revision. A revision never changes, so recorded containers are not read again."""
    arn = scope.state.get("arn") or scope.reply.get("taskDefinitionArn") or scope.id
    reply = scope.call("describe_task_definition", taskDefinition=arn, include=["TAGS"])
    revision = {**block(reply, "taskDefinition"), "tags": reply.get("tags", [])}
    if revision.get("status") == "INACTIVE":
        return None
    if scope.get("containerDefinitions"):
        del revision["containerDefinitions"]
    return revision


def get_task_definition(scope: Scope) -> Properties:
    """The newest active revision of a family, or the revision with this number or ARN."""
    name = text(scope.inputs, "taskDefinition")
    found = block(scope.call("describe_task_definition", taskDefinition=name), "taskDefinition")
    arn = text(found, "taskDefinitionArn")
    answer = as_resource(scope, "aws:ecs/taskDefinition:TaskDefinition", arn, "ecs.GetTaskDefinitionResult")
    return {**answer, "status": found["status"]}


def deregister(scope: Scope) -> None:
    """Retires the revision. With skipDestroy it stays for a rollback."""
    if not scope.state.get("skipDestroy"):
        scope.call("deregister_task_definition", taskDefinition=scope.state["arn"])


# CPU units to memory in MiB: lowest, highest, step.
# Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE_SIZES = {
    256: (512, 2048, 512),  # 1536 is not offered
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def validate_size(inputs: Properties) -> Failures:
    """Fargate has a list of task sizes."""
    cpu, memory = inputs.get("cpu"), inputs.get("memory")
    compatibilities = inputs.get("requiresCompatibilities")
    is_fargate = isinstance(compatibilities, list) and "FARGATE" in compatibilities
    if not is_fargate or wire.has_unknown([cpu, memory]):
        return []
    missing = [(name, "a Fargate task needs it") for name in ("cpu", "memory") if inputs.get(name) is None]
    if missing:
        return missing
    try:
        low, high, step = FARGATE_SIZES[int(str(cpu))]
        fits = (
            low <= int(str(memory)) <= high
            and (int(str(memory)) - low) % step == 0
            and (cpu, memory) != ("256", "1536")
        )
    except (KeyError, ValueError):
        fits = False
    return [] if fits else [("memory", f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory")]


def validate(inputs: Properties) -> Failures:
    """Container definitions and sizes: rules of ECS and pulumi-aws, and none of moto."""
    containers = inputs["containerDefinitions"]
    broken = [] if isinstance(containers, wire.Unknown) else failures(as_text(containers, "containerDefinitions"))
    return broken + ([] if isinstance(containers, wire.Unknown) else validate_size(inputs))


RESOURCES = (
    Resource(
        "aws:ecs/taskDefinition:TaskDefinition",
        "ecs",
        create=register,
        id="{family}",
        import_pattern=r"arn:[^/]+/(?P<family>[^:]+):\d+",
        read=describe,
        delete=deregister,
        tags=Tags(
            add=Call("tag_resource", {"resourceArn": "{arn}"}),
            remove=Call("untag_resource", {"resourceArn": "{arn}"}),
        ),
        names=NAMES,
        computed={"arnWithoutRevision": lambda scope: text(scope, "arn").rpartition(":")[0]},
        defaults={"skipDestroy": False, "trackLatest": False},
        documents="containerDefinitions",
        compare={"containerDefinitions": comparable},
        spellings={"cpu": size_units, "memory": size_units},
        echoed="skipDestroy trackLatest",
        immutable={"a revision never changes; another one takes its place": f"containerDefinitions {BY_RULE}"},
        missing="ClientException",
        validate=validate,
    ),
)
FUNCTIONS = (Function("aws:ecs/getTaskDefinition:getTaskDefinition", "ecs", get_task_definition),)
