"""The whole life of every resource type, on one table of examples."""

import logging
import os
import re
from collections.abc import Iterator

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Properties, Value
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.provider_driver import Driver, Live
from tests.support.sandbox.provider_examples import EXAMPLES, resolve
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    logging.getLogger("grpc").setLevel(logging.CRITICAL)
    with provider() as (port, _):
        driver = Driver(port, {"region": "eu-west-1", "defaultTags": '{"tags": {"team": "shop"}}'})
        yield driver
        driver.close()


@pytest.fixture
def world(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExampleWorld]:
    world = ExampleWorld(driver, EXAMPLES)
    yield world
    world.end()


def test_every_declared_type_has_an_example() -> None:
    declared = {each.token for each in services.all_resources()}
    assert declared - {each.type for each in EXAMPLES.values()} == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_resource_is_created_seen_changed_drifts_and_is_deleted(world: ExampleWorld, name: str) -> None:
    """One test for the whole life, since most of the time goes into its prerequisites."""
    driver, example = world.driver, EXAMPLES[name]
    inputs = world.inputs(example.properties)
    preview = driver.preview(example.type, name, inputs)
    live = world.need(name)
    assert preview_errors(preview, live.outputs) == {}, "preview said otherwise than what came"
    assert driver.diff(live, inputs)["details"] == {}, "the second preview shows a change"
    assert driver.read(live) == live, "refresh finds something else than what was created"
    check_import(world, name, live)
    if example.change:
        live = check_change(world, name, live)
    if example.replace:
        live = check_replacement(world, name, live)
    world.order.remove(name)
    driver.delete(live)
    assert (driver.read(live) is None) is not bool(example.stays), "a deleted resource is gone, unless it stays"
    driver.delete(live)  # a second time is fine


def preview_errors(preview: Properties, created: Properties) -> dict[str, tuple[Value, Value]]:
    """Wrong values of the preview, and outputs missing from it."""
    known = {key: value for key, value in preview.items() if not wire.has_unknown(value)}
    wrong = {key: (value, created.get(key)) for key, value in known.items() if created.get(key) != value}
    return wrong | {key: (None, created[key]) for key in created.keys() - preview.keys()}


def check_import(world: ExampleWorld, name: str, live: Live) -> None:
    """The import id finds the resource, and its program sees no change."""
    example = EXAMPLES[name]
    imported = world.driver.imported(example.type, name, resolve(example.import_id, world.look_up) or live.id)
    assert imported is not None, "import finds nothing"
    assert imported.id == live.id
    lost = services.resource(example.type).words("echoed") | set(example.import_lacks.split())
    given = {key: value for key, value in live.inputs.items() if key != "__defaults"}
    details = world.driver.diff(imported, given)["details"]
    differing = {path for path in details if re.split(r"[.\[]", path)[0] not in lost}
    assert differing == set(), "the imported resource differs from its program"


def check_change(world: ExampleWorld, name: str, live: Live) -> Live:
    """A change updates in place; made behind Pulumi's back it is found by refresh and taken back."""
    driver, example = world.driver, EXAMPLES[name]
    inputs = world.inputs(example.properties)
    changed_inputs = world.inputs({**example.properties, **example.change})
    diff = driver.diff(live, changed_inputs)
    assert (set(diff["changed"]), diff["replaces"]) == (set(example.change), []), "another change than was asked"
    changed = world.live[name] = driver.update(live, changed_inputs)
    assert driver.diff(changed, changed_inputs)["details"] == {}, "the preview after an update shows a change"
    assert driver.read(changed) == changed, "refresh finds something else than what was updated"
    drifted = driver.read(live)  # the state does not know of the change
    assert drifted is not None
    assert driver.diff(drifted, inputs)["changed"] != [], "refresh does not see the drift"
    repaired = world.live[name] = driver.update(drifted, inputs)
    assert driver.read(repaired) == repaired, "the drift was not taken back"
    return repaired


def check_replacement(world: ExampleWorld, name: str, live: Live) -> Live:
    """An unchangeable property makes a new resource, in the engine's order of creation and deletion."""
    driver, example = world.driver, EXAMPLES[name]
    inputs = world.inputs({**example.properties, **example.replace})
    diff = driver.diff(live, inputs)
    assert set(diff["replaces"]) & set(example.replace), "what AWS cannot change must replace"
    deleted_first = diff["before"] or example.collides
    if deleted_first:
        driver.delete(live)
    made = world.live[name] = driver.create(example.type, name if deleted_first else f"{name}2", inputs)
    if not deleted_first:
        driver.delete(live)
    assert driver.diff(made, inputs)["details"] == {}, "the preview after a replacement shows a change"
    assert driver.read(made) == made, "refresh finds something else than what was made anew"
    return made
