"""Container definitions as pulumi-aws reads them: by Go, into the SDK's types.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/container_definitions.go
"""

import json
import os
from collections.abc import Iterator

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.properties.container_definitions import comparable, definitions, failures
from slipway_sandbox.provider.protocol.readers import block, blocks
from slipway_sandbox.provider.protocol.wire import Value
from tests.support.sandbox.provider_driver import Driver
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

TASK = "aws:ecs/taskDefinition:TaskDefinition"
APP: dict[str, Value] = {"name": "app", "image": "app:1", "memory": 64}


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider() as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        yield driver
        driver.close()


def test_keys_unknown_to_ecs_are_dropped_and_the_second_preview_is_empty(driver: Driver) -> None:
    port: Value = {"containerPort": 80, "hostname": "x"}
    containers = [{**APP, "networkMode": "awsvpc", "portMappings": [port], "comment": None}]
    inputs = {"family": "dropped", "containerDefinitions": json.dumps(containers)}
    task = driver.create(TASK, "dropped", inputs)
    reply = AwsClient().call("ecs", "describe_task_definition", "eu-west-1", taskDefinition=task.outputs["arn"])
    [registered] = blocks(block(reply, "taskDefinition"), "containerDefinitions")
    assert "networkMode" not in registered
    assert [mapping["containerPort"] for mapping in blocks(registered, "portMappings")] == [80]
    assert driver.diff(task, inputs)["details"] == {}
    read = driver.read(task)
    assert read is not None
    assert driver.diff(read, inputs)["details"] == {}
    without = json.dumps([{**APP, "portMappings": [{"containerPort": 80}]}])
    assert driver.diff(task, {"family": "dropped", "containerDefinitions": without})["details"] == {}
    driver.delete(task)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"Name": "a", "IMAGE": "b", "Command": ["c"]}, {"name": "a", "image": "b", "command": ["c"]}),
        ({"name": "a", "cpu": None}, {"name": "a"}),
        ({"name": "a", "command": ["x", None]}, {"name": "a", "command": ["x", ""]}),
        (
            {"name": "a", "environment": [{}, {"name": "K", "kind": 1}]},
            {"name": "a", "environment": [{"name": "K"}]},
        ),
        ({"name": "a", "dockerLabels": {"Team": "shop"}}, {"name": "a", "dockerLabels": {"Team": "shop"}}),
    ],
)
def test_a_key_is_found_whatever_its_case(written: Value, read: Value) -> None:
    assert definitions(json.dumps([written])) == [read]


CANNOT = "ECS Task Definition container_definitions is invalid: json: cannot unmarshal"
FIELD = "into Go struct field ContainerDefinition"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"cpu": "256"}, f"{CANNOT} string {FIELD}.Cpu of type int32"),
        ({"memory": 64.5}, f"{CANNOT} number {FIELD}.Memory of type int32"),
        ({"essential": "true"}, f"{CANNOT} string {FIELD}.Essential of type bool"),
        ({"command": "run"}, f"{CANNOT} string {FIELD}.Command of type []string"),
        ({"environment": {"K": "v"}}, f"{CANNOT} object {FIELD}.Environment of type []types.KeyValuePair"),
        ({"environment": [{"name": "K", "value": 5}]}, f"{CANNOT} number {FIELD}.Environment.Value of type string"),
        ({"healthCheck": []}, f"{CANNOT} array {FIELD}.HealthCheck of type types.HealthCheck"),
    ],
)
def test_a_value_of_another_type_is_refused_in_go_s_words(more: dict[str, Value], reason: str) -> None:
    assert failures(json.dumps([{**APP, **more}])) == [("containerDefinitions[0]", reason)]


@pytest.mark.parametrize("item", [None, {}, {"networkMode": "awsvpc"}])
def test_a_container_without_anything_is_refused(item: Value) -> None:
    assert failures(json.dumps([APP, item])) == [
        ("containerDefinitions[1]", "invalid container definition supplied at index (1)")
    ]


def test_defaults_and_order_make_no_difference() -> None:
    other = {"name": "b", "image": "b:1", "healthCheck": {"command": ["CMD", "true"]}}
    written = {**other, "healthCheck": {"command": ["CMD", "true"], "interval": 30, "retries": 3, "timeout": 5}}
    assert comparable(json.dumps([APP, other])) == comparable(json.dumps([{**written, "essential": True}, APP]))
    slower = {**other, "healthCheck": {"command": ["CMD", "true"], "interval": 31}}
    assert comparable(json.dumps([other])) != comparable(json.dumps([slower]))
