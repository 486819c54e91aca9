"""Secrets of a program stand in no message and in no log: a secret, and a wrong one, in every property of each type."""

import json
import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.check import DEFAULTED
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.provider_driver import Driver, ProviderCallError, Values
from tests.support.sandbox.provider_examples import EXAMPLES
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

HUSH = "hush-3f9a-hush"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
OF_EACH_TYPE = list({example.type: name for name, example in EXAMPLES.items()}.values())


@pytest.fixture(scope="module")
def world() -> Iterator[ExampleWorld]:
    with provider(retry_seconds=0.1) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        world = ExampleWorld(driver, EXAMPLES)
        for name in EXAMPLES:
            world.need(name)
        yield world
        driver.close()


def wrong(kind: sdk.Kind | None) -> list[Any]:
    """Two values with the secret in them: one of another kind, and one of this kind."""
    if sdk.is_list(kind):
        return [{HUSH: 1}, [wrong(sdk.item_type(kind))[1]]]
    if sdk.is_map(kind):
        return [HUSH, {HUSH: HUSH}]
    if sdk.is_class(kind):
        return [
            {HUSH: HUSH},
            {name: HUSH if prop.type is str else [HUSH] for name, prop in sdk.properties(kind).items()},
        ]
    return [[HUSH], json.dumps({HUSH: [HUSH]})]


def messages(driver: Driver, token: str, name: str, inputs: Values) -> list[str]:
    """What the user would read: refusals of Check, else the error of Create."""
    try:
        _, failures = driver.check(token, name, inputs)
        if failures:
            return [f"{path}: {reason}" for path, reason in failures]
        driver.delete(driver.create(token, name, inputs, timeout_seconds=0.1))
    except ProviderCallError as error:
        return [str(error)]
    return []


@pytest.mark.parametrize("name", OF_EACH_TYPE)
def test_no_refusal_shows_a_secret(world: ExampleWorld, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    token = EXAMPLES[name].type
    inputs, said = world.inputs(EXAMPLES[name].properties), 0
    for prop, kind in sdk.schema(services.canonical(token)).inputs.items():
        for value in wrong(kind.type) if prop != DEFAULTED else []:
            for message in messages(world.driver, token, "secretive", {**inputs, prop: wire.Secret(value)}):
                assert HUSH not in message, f"{prop} {value}"
                said += 1
    assert said > 0
    assert HUSH not in caplog.text


def test_a_refused_secret_leaves_the_rule_and_not_the_value(world: ExampleWorld) -> None:
    ports = [{"containerPort": 3000, "hostPort": 80}]
    containers = json.dumps([{"name": "web", "image": "shop/hush:1", "portMappings": ports}])
    inputs = {"family": "web", "networkMode": "awsvpc", "containerDefinitions": wire.Secret(containers)}
    assert world.driver.check(TASK, "web", inputs)[1] == [
        (
            "containerDefinitions",
            "RegisterTaskDefinition failed with ClientException: When networkMode=awsvpc, the host ports and container ports "
            "in port mappings must match; leave hostPort out; the target group and the listener have ports of their own",
        )
    ]
