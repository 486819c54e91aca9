"""Container definitions: JSON text of a task definition, as pulumi-aws reads, compares and sends it.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/container_definitions.go
"""

import json
from collections.abc import Mapping
from functools import cache

import botocore.session
from botocore.model import Shape

from slipway_sandbox.provider.aws.declaration import Failures
from slipway_sandbox.provider.properties import go_json
from slipway_sandbox.provider.protocol.readers import as_block, blocks
from slipway_sandbox.provider.protocol.wire import Value

HEALTH_CHECK = {"interval": 30, "retries": 3, "timeout": 5}
COMPACTED = [
    "dependsOn",
    "environment",
    "environmentFiles",
    "extraHosts",
    "mountPoints",
    "portMappings",
    "resourceRequirements",
    "secrets",
    "systemControls",
    "ulimits",
    "volumesFrom",
]
"""Lists without their empty blocks."""


def definitions(text: str) -> list[dict[str, Value]]:
    """The containers of JSON text, with ECS's own members only. Raises ValueError when it has another form."""
    return [_definition(container) for container in json.loads(text)]


def failures(text: str) -> Failures:
    """Broken rules of the JSON, in the words of pulumi-aws and ECS."""
    parsed: Value = json.loads(text)
    if not isinstance(parsed, list) or not parsed:
        return [("containerDefinitions", "must be a JSON list with at least one container")]
    broken: Failures = []
    for index, item in enumerate(parsed):
        path = f"containerDefinitions[{index}]"
        try:
            container = _definition(item)
        except go_json.GoTypeError as error:
            broken.append((path, f"ECS Task Definition container_definitions is invalid: {error}"))
            continue
        if not container:
            broken.append((path, f"invalid container definition supplied at index ({index})"))
            continue
        missing = [name for name in ("name", "image") if not container.get(name)]
        broken += [(f"{path}.{name}", f"a container needs {name!r}") for name in missing]
    if not broken and not any(container.get("essential", True) for container in definitions(text)):
        broken.append(("containerDefinitions", "at least one container must be essential"))
    return broken


def comparable(value: Value) -> Value:
    """Containers as ECS understands them: absent, empty and default are the same, and order does not count."""
    if not isinstance(value, str):
        return value
    try:
        containers = definitions(value)
    except (TypeError, ValueError):
        return value
    compared = [_comparable(container) for container in containers]
    compared.sort(key=lambda container: str(container.get("name")))
    return list[Value](compared)


def _definition(item: Value) -> dict[str, Value]:
    container = as_block(go_json.decode(_shape(), item, "ContainerDefinition") or {}, "a container")
    return {
        key: [part for part in blocks(container, key) if part] if key in COMPACTED else value
        for key, value in container.items()
    }


@cache
def _shape() -> Shape:
    model = botocore.session.Session().get_service_model("ecs")
    return model.shape_for("ContainerDefinition")


def _comparable(container: Mapping[str, Value]) -> dict[str, Value]:
    members: dict[str, Value] = {key: value for key, value in container.items() if value not in (None, [], {}, 0, "")}
    if members.get("essential") is True:
        del members["essential"]
    for name in ("environment", "secrets"):
        if name in members:
            variables = blocks(members, name)
            variables.sort(key=lambda variable: str(variable.get("name")))
            members[name] = variables
    if "healthCheck" in members:
        members["healthCheck"] = {**HEALTH_CHECK, **as_block(members["healthCheck"], "healthCheck")}
    mappings = []
    for mapping in blocks(members, "portMappings"):
        defaults = {"hostPort": mapping.get("containerPort"), "protocol": "tcp"}
        mappings.append({key: value for key, value in mapping.items() if defaults.get(key) != value and value != 0})
    return {**members, "portMappings": mappings}
