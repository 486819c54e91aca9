"""Programs in YAML with raw resources, and `pulumi import`: both ask the provider for its schema."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from tests.support.sandbox.example_world import IMAGE
from tests.support.sandbox.provider_examples import EXAMPLES, pick, resolve
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import Project, project_of
from tests.support.sandbox.self_signed import self_signed

os.environ.update(MOTO_ENVIRONMENT)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(services.schema())
    return found


@pytest.fixture(scope="module")
def provider_port() -> Iterator[int]:
    with provider(retry_seconds=10) as (port, _):
        yield port


def yaml_project(folder: Path, provider_port: int, program: dict[str, Any]) -> Project:
    """A YAML program with stack `test`; YAML takes JSON."""
    folder.mkdir()
    empty = folder / "every.py"
    empty.touch()
    project = project_of(empty, folder, provider_port)
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "every", "runtime": "yaml", **program}))
    return project


def in_yaml(value: Any) -> Any:
    """Properties of an example, with references as a program in YAML writes them: ${name.list[0].member}."""

    def reference(name: str, path: str) -> str:
        if name == "ami":
            path = "insecureValue"
        steps = [f"[{step}]" if step.isdigit() else f".{step}" for step in path.split(".")]
        return f"${{{name}{''.join(steps)}}}"

    return resolve(value, reference)


def every_example() -> dict[str, Any]:
    """A program with every example."""
    image = {"fn::invoke": {"function": "aws:ssm:getParameter", "arguments": {"name": IMAGE}}}
    resources = {
        name: {
            "type": example.type,
            "properties": in_yaml(example.properties),
            "options": {"dependsOn": [f"${{{earlier}}}" for earlier in example.after.split()]},
        }
        for name, example in EXAMPLES.items()
    }
    return {"variables": {"ami": image, "self_signed": dict(self_signed())}, "resources": resources}


@pytest.mark.engine
def test_every_type_is_made_and_imported_from_yaml(provider_port: int, tmp_path: Path) -> None:
    project = yaml_project(tmp_path / "every", provider_port, every_example())
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")

    state = project.state()

    def look_up(name: str, prop: str) -> Any:
        return state[name]["id"] if prop == "id" else pick(state[name]["outputs"], prop)

    entries = [
        {"type": it.type, "name": name, "id": resolve(it.import_id, look_up) or state[name]["id"]}
        for name, it in EXAMPLES.items()
    ]
    importing = yaml_project(tmp_path / "importing", provider_port, {})
    file = importing.folder / "import.json"
    file.write_text(json.dumps({"resources": entries}))
    importing.run("import", "--yes", "--skip-preview", "--protect=false", "--file", str(file), "--out", "code.yaml")
    assert set(EXAMPLES) <= set(importing.state())
    code = (importing.folder / "code.yaml").read_text()
    assert [name for name in EXAMPLES if f"\n  {name}:\n" not in code] == []


def test_the_schema_has_every_type_and_function_of_the_sandbox(schema: dict[str, Any]) -> None:
    assert set(schema["resources"]) == {it.token for it in services.all_resources()}
    assert set(schema["functions"]) == {it.token for it in services.all_functions()}
    assert set(re.findall(r'"#/types/([^"]+)"', json.dumps(schema))) == set(schema["types"])


@pytest.mark.parametrize(
    ("token", "property_name", "definition"),
    [
        ("aws:sqs/queue:Queue", "visibilityTimeoutSeconds", {"type": "integer"}),
        ("aws:sqs/queue:Queue", "tags", {"type": "object", "additionalProperties": {"type": "string"}}),
        ("aws:ec2/instance:Instance", "instanceType", {"type": "string"}),
        ("aws:s3/bucketObject:BucketObject", "source", {"$ref": "pulumi.json#/Asset"}),
        (
            "aws:ecs/service:Service",
            "networkConfiguration",
            {"$ref": "#/types/aws:ecs/ServiceNetworkConfiguration:ServiceNetworkConfiguration"},
        ),
    ],
)
def test_a_property_has_the_sdks_type(
    token: str, property_name: str, definition: dict[str, Any], schema: dict[str, Any]
) -> None:
    assert schema["resources"][token]["inputProperties"][property_name] == definition


def test_what_the_sdk_requires_is_required(schema: dict[str, Any]) -> None:
    assert schema["resources"]["aws:sqs/queue:Queue"]["requiredInputs"] == []
    assert schema["resources"]["aws:sqs/queuePolicy:QueuePolicy"]["requiredInputs"] == ["policy", "queueUrl"]
