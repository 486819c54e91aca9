"""The whole life of every resource type, on one table of examples."""

import logging
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sandbox.provider import services, wire
from sandbox.provider.aws import AwsProvider
from sandbox.provider.moto_env import MOTO_ENVIRONMENT
from sandbox.provider.serve import serve
from tests.sandbox.provider_driver import Driver, Live
from tests.sandbox.provider_examples import EXAMPLES, Example, references, resolve

os.environ.update(MOTO_ENVIRONMENT)


class EmptyRegistry(BaseHTTPRequestHandler):
    """A registry that nothing was ever pushed to."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


class World:
    """Examples that live at the moment, made with everything they refer to."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.live: dict[str, Live] = {}
        self.order: list[str] = []

    def need(self, name: str) -> Live:
        if name == "ami":
            path = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
            image = self.driver.invoke("aws:ssm/getParameter:getParameter", {"name": path})
            return Live("", "ami", image["insecureValue"], {}, {})
        if name not in self.live:
            inputs = self.inputs(EXAMPLES[name].properties)
            self.live[name] = self.driver.create(EXAMPLES[name].type, name, inputs)
            self.order.append(name)
        return self.live[name]

    def inputs(self, properties: Any) -> Any:
        for name in references(properties):
            self.need(name)
        return resolve(properties, self.look_up)

    def look_up(self, name: str, prop: str) -> Any:
        live = self.need(name)
        return live.id if prop == "id" else live.outputs[prop]

    def end(self) -> None:
        for name in reversed(self.order):
            self.driver.delete(self.live[name])


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    logging.getLogger("grpc").setLevel(logging.CRITICAL)
    registry = ThreadingHTTPServer(("127.0.0.1", 0), EmptyRegistry)
    threading.Thread(target=registry.serve_forever, daemon=True).start()
    server, port = serve(AwsProvider(registry=f"127.0.0.1:{registry.server_port}", retry_seconds=2))
    driver = Driver(port, {"region": "eu-west-1", "defaultTags": '{"tags": {"team": "shop"}}'})
    yield driver
    driver.close()
    server.stop(None).wait()
    registry.shutdown()
    registry.server_close()


@pytest.fixture
def world(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(driver)
    yield world
    world.end()


def test_every_declared_type_has_an_example() -> None:
    declared = {each.token for each in services.all_resources()}
    assert declared - {each.type for each in EXAMPLES.values()} == set()


def with_change(example: Example, change: Any) -> dict[str, Any]:
    return {**example.properties, **change}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_second_preview_shows_no_change(world: World, name: str) -> None:
    live = world.need(name)
    inputs = world.inputs(EXAMPLES[name].properties)
    assert world.driver.diff(live, inputs)["details"] == {}


@pytest.mark.parametrize("name", EXAMPLES)
def test_refresh_finds_what_was_created(world: World, name: str) -> None:
    live = world.need(name)
    assert world.driver.read(live) == live


@pytest.mark.parametrize("name", EXAMPLES)
def test_preview_knows_what_was_asked_and_nothing_of_what_aws_decides(world: World, name: str) -> None:
    example = EXAMPLES[name]
    inputs = world.inputs(example.properties)
    preview = world.driver.preview(example.type, name, inputs)
    assert {key: preview[key] for key in inputs} == {key: preview[key] for key in inputs if preview[key] is not None}
    created = world.need(name)
    unknown = {key for key, value in preview.items() if value is wire.UNKNOWN}
    wrong = {
        key: (value, created.outputs.get(key))
        for key, value in preview.items()
        if key not in unknown and created.outputs.get(key) != value
    }
    assert wrong == {}
    assert set(created.outputs) - set(preview) == set()


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.change])
def test_a_change_updates_in_place(world: World, name: str) -> None:
    live = world.need(name)
    changed = world.inputs(with_change(EXAMPLES[name], EXAMPLES[name].change))
    diff = world.driver.diff(live, changed)
    assert (set(diff["changed"]), diff["replaces"]) == (set(EXAMPLES[name].change), [])
    updated = world.live[name] = world.driver.update(live, changed)
    assert world.driver.diff(updated, changed)["details"] == {}
    assert world.driver.read(updated) == updated


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.replace])
def test_a_change_that_aws_cannot_make_replaces(world: World, name: str) -> None:
    live = world.need(name)
    changed = world.inputs(with_change(EXAMPLES[name], EXAMPLES[name].replace))
    assert set(world.driver.diff(live, changed)["replaces"]) & set(EXAMPLES[name].replace) != set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_drift_is_found_and_taken_back(world: World, name: str) -> None:
    example = EXAMPLES[name]
    if not example.change:
        pytest.skip("nothing about it can change")
    live = world.need(name)
    changed = world.inputs(with_change(example, example.change))
    behind_our_back = world.driver.update(live, changed)
    refreshed = world.driver.read(live)
    assert refreshed is not None
    inputs = world.inputs(example.properties)
    diff = world.driver.diff(refreshed, inputs)
    assert diff["changed"] != [], "the change made behind Pulumi's back must show"
    repaired = world.live[name] = world.driver.update(refreshed, inputs)
    assert world.driver.read(repaired) is not None
    assert behind_our_back.id == repaired.id


@pytest.mark.parametrize("name", EXAMPLES)
def test_import_finds_the_resource_and_the_program_that_made_it_has_no_change(world: World, name: str) -> None:
    example = EXAMPLES[name]
    live = world.need(name)
    import_id = resolve(example.import_id, world.look_up) or live.id
    imported = world.driver.imported(example.type, name, import_id)
    assert imported is not None
    assert imported.id == live.id
    lost = services.resource(example.type).words("echoed") | set(example.import_lacks.split())
    named = {key: value for key, value in live.inputs.items() if key != "__defaults" and key not in lost}
    assert world.driver.diff(imported, named)["details"] == {}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_deleted_resource_is_gone_and_deleting_it_again_is_fine(world: World, name: str) -> None:
    live = world.need(name)
    world.order.remove(name)
    world.driver.delete(live)
    if EXAMPLES[name].type != "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
        assert world.driver.read(live) is None
    world.driver.delete(live)
