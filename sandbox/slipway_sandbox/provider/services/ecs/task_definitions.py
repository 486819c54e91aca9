"""Task definitions: every change registers a new revision."""

import json
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Call, Resource, Tags
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol import wire

NAMES = {
    "volumes.hostPath": "host.sourcePath",
    "volumes.efsVolumeConfiguration": "efsVolumeConfiguration",
    "proxyConfiguration.properties": "properties",
}
BY_RULE = (
    "cpu enableFaultInjection ephemeralStorage executionRoleArn family ipcMode memory networkMode pidMode "
    "placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform taskRoleArn volumes"
)


def register(scope: Scope) -> Mapping[str, Any]:
    """Registers the next revision of the family."""
    given = {name: scope.inputs[name] for name in BY_RULE.split() if scope.inputs.get(name) is not None}
    request = scope.members("register_task_definition", given, Names("TaskDefinition", NAMES))
    if scope.tags:
        request["tags"] = [{"key": key, "value": value} for key, value in scope.tags.items()]
    containers = [_without_nulls(each) for each in json.loads(scope.inputs["containerDefinitions"])]
    return dict(scope.call("register_task_definition", containerDefinitions=containers, **request)["taskDefinition"])


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def comparable(text: Any) -> Any:
    """Containers as ECS understands them: what is absent, empty or the default is the same."""
    try:
        containers = json.loads(text)
    except (TypeError, ValueError):
        return text
    if not isinstance(containers, list):
        return containers
    return [_comparable_container(each) for each in containers]


def _comparable_container(container: Any) -> Any:
    if not isinstance(container, Mapping):
        return container
    found = {key: value for key, value in container.items() if value not in (None, [], {}, 0)}
    if found.get("essential") is True:
        del found["essential"]
    for name in ("environment", "secrets"):
        if name in found:
            found[name] = sorted(found[name], key=lambda each: str(each.get("name")))
    mappings = []
    for mapping in found.get("portMappings", []):
        defaults = {"hostPort": mapping.get("containerPort"), "protocol": "tcp"}
        mappings.append({key: value for key, value in mapping.items() if defaults.get(key) != value and value != 0})
    return {**found, "portMappings": mappings}


def describe(scope: Scope) -> Mapping[str, Any] | None:
    """The revision; its containers only where none are recorded, as a revision never changes."""
    arn = scope.state.get("arn") or scope.found.get("taskDefinitionArn") or scope.id
    reply = scope.call("describe_task_definition", taskDefinition=arn, include=["TAGS"])
    found = {**reply["taskDefinition"], "tags": reply.get("tags", [])}
    if found.get("status") == "INACTIVE":
        return None
    containers = found.pop("containerDefinitions")
    return found if scope.get("containerDefinitions") else {**found, "containerDefinitions": containers}


def deregister(scope: Scope) -> None:
    """Retires the revision, unless skipDestroy keeps it for a rollback."""
    if not scope.state.get("skipDestroy"):
        scope.call("deregister_task_definition", taskDefinition=scope.state["arn"])


# vCPU units to the MiB that go with them: lowest, highest, step.
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


def validate_size(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Fargate offers certain sizes of tasks only."""
    cpu, memory = inputs.get("cpu"), inputs.get("memory")
    if "FARGATE" not in (inputs.get("requiresCompatibilities") or []) or wire.has_unknown([cpu, memory]):
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


def validate(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What ECS refuses in container definitions and moto lets through."""
    text = inputs["containerDefinitions"]
    if isinstance(text, wire.Unknown):
        return []
    containers = json.loads(text)
    if not isinstance(containers, list) or not containers:
        return [("containerDefinitions", "must be a JSON list with at least one container")]
    failures = []
    for index, container in enumerate(containers):
        path = f"containerDefinitions[{index}]"
        if not isinstance(container, Mapping):
            failures.append((path, "must be an object"))
            continue
        failures += [
            (f"{path}.{name}", f"a container needs {name!r}") for name in ("name", "image") if not container.get(name)
        ]
        known = {
            "name",
            "image",
            "cpu",
            "memory",
            "memoryReservation",
            "essential",
            "environment",
            "secrets",
            "command",
        }
        failures += [
            (f"{path}.{name}", f"keys are camel case, did you mean {name[0].lower() + name[1:]!r}?")
            for name in container
            if name not in known and name[0].lower() + name[1:] in known
        ]
    failures += validate_size(inputs)
    if not failures and not any(container.get("essential", True) for container in containers):
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
        computed={"arnWithoutRevision": lambda scope: scope.get("arn").rpartition(":")[0]},
        defaults={"skipDestroy": False, "trackLatest": False},
        documents="containerDefinitions",
        compare={"containerDefinitions": comparable},
        echoed="skipDestroy trackLatest",
        immutable={"a revision never changes; another one takes its place": f"containerDefinitions {BY_RULE}"},
        missing="ClientException",
        validate=validate,
    ),
)
