"""Task definitions: every change registers a new revision."""

import json
from collections.abc import Mapping

from slipway_sandbox.provider.aws.declaration import Call, Failures, Resource, Tags
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
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
    containers: Value = json.loads(text(scope.inputs, "containerDefinitions"))
    request["containerDefinitions"] = _without_nulls(containers)
    return block(scope.call("register_task_definition", **request), "taskDefinition")


def _without_nulls(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def comparable(definitions: Value) -> Value:
    """Containers as ECS understands them: absent, empty and default are the same."""
    try:
        containers: Value = json.loads(definitions) if isinstance(definitions, str) else definitions
    except ValueError:
        return definitions
    if not isinstance(containers, list):
        return containers
    return [_comparable_container(container) for container in containers]


def _comparable_container(container: Value) -> Value:
    if not isinstance(container, Mapping):
        return container
    members: dict[str, Value] = {key: value for key, value in container.items() if value not in (None, [], {}, 0)}
    if members.get("essential") is True:
        del members["essential"]
    for name in ("environment", "secrets"):
        if name in members:
            variables = blocks(members, name)
            variables.sort(key=lambda variable: str(variable.get("name")))
            members[name] = variables
    mappings = []
    for mapping in blocks(members, "portMappings"):
        defaults = {"hostPort": mapping.get("containerPort"), "protocol": "tcp"}
        mappings.append({key: value for key, value in mapping.items() if defaults.get(key) != value and value != 0})
    return {**members, "portMappings": mappings}


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


MEMBERS = ("name", "image", "cpu", "memory", "memoryReservation", "essential", "environment", "secrets", "command")


def validate(inputs: Properties) -> Failures:
    """Container definitions: rules of ECS, and none of moto."""
    if isinstance(inputs["containerDefinitions"], wire.Unknown):
        return []
    parsed: Value = json.loads(text(inputs, "containerDefinitions"))
    containers = parsed if isinstance(parsed, list) else []
    if not containers:
        return [("containerDefinitions", "must be a JSON list with at least one container")]
    failures: Failures = []
    for index, container in enumerate(containers):
        path = f"containerDefinitions[{index}]"
        if not isinstance(container, Mapping):
            failures.append((path, "must be an object"))
            continue
        failures += [
            (f"{path}.{name}", f"a container needs {name!r}") for name in ("name", "image") if not container.get(name)
        ]
        failures += [
            (f"{path}.{name}", f"keys are camel case, did you mean {name[0].lower() + name[1:]!r}?")
            for name in container
            if name not in MEMBERS and name[0].lower() + name[1:] in MEMBERS
        ]
    failures += validate_size(inputs)
    if not failures and not any(
        container.get("essential", True) for container in containers if isinstance(container, Mapping)
    ):
        failures.append(("containerDefinitions", "at least one container must be essential"))
    return failures


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
