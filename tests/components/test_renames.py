"""A component renamed with an alias keeps what it has: no property that replaces a child holds the component's name.

What a change replaces is asked of the sandbox's provider, in this process.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.diff import Versions, diff
from tests.support.components.built_samples import CASES, NAME, SAMPLES, built
from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import REGION, Built, Resource, build
from tests.support.components.registrations import CHECKOUT
from tests.support.components.samples import COMPONENTS

NEW_NAME = "kiosk"
WITH_TASKS = ("FargateService", "Job", "QueueWorker")


def name_before(name: str) -> str:
    """Name of a renamed component's child before, as the inherited alias has it."""
    return NAME + name.removeprefix(NEW_NAME) if name.startswith(NEW_NAME) else name


def renamed(kind: str, case: str, changes: Mapping[str, object]) -> Built:
    """A sample under the new name and with changed arguments. Its resources exist already: their ids are the old ones."""
    args = SAMPLES[case][kind] | dict(changes)
    with contextlib.chdir(CHECKOUT):
        return build(lambda: COMPONENTS[kind](NEW_NAME, args) and None, EXISTING, name_before)


def replaced(kind: str, case: str, changes: Mapping[str, object]) -> dict[str, set[str]]:
    """Type and old name of each resource that a rename replaces, to the properties with that consequence."""
    old = {(it.type, it.name): it for it in built(kind, case).resources}
    new = {(it.type, name_before(it.name)): it for it in renamed(kind, case, changes).resources}
    assert old.keys() == new.keys(), "a child without its former self is made, and the former one is deleted"
    children = [key for key in old if not key[0].startswith("slipway:")]
    found = {f"{key[0].rpartition(':')[2]} {key[1]}": replacing(old[key], new[key]) for key in children}
    return {name: properties for name, properties in found.items() if properties}


def replacing(old: Resource, new: Resource) -> set[str]:
    """The properties whose change replaces a resource."""
    if not old.type.startswith("aws:"):
        assert old.type.startswith("pulumi-python:dynamic") or old.inputs == new.inputs, old.type
        return set()
    old_inputs, new_inputs = plain(old.inputs), plain(new.inputs)
    for name in new.ignore_changes:
        new_inputs[name] = old_inputs.get(name)
    change = diff(
        services.resource(old.type), Versions(old_inputs, new_inputs, {"region": REGION, **old_inputs}, None, REGION)
    )
    trigger = {"replacement trigger"} if old.replacement_trigger != new.replacement_trigger else set[str]()
    return {*change.replaces, *(change.changed & set(new.replace_on_changes)), *trigger}


def plain(value: Any) -> Any:
    """A value without the marks of secrets."""
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return plain(pulumi.runtime.rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def kept(kind: str, case: str) -> dict[str, Any]:
    """What a renamed component sets to keep its tasks: container and log streams have the component's name by default."""
    chosen = kind not in WITH_TASKS or "container_name" in SAMPLES[case][kind]
    return {} if chosen else {"container_name": NAME}


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_a_rename_replaces_nothing(kind: str, case: str) -> None:
    assert replaced(kind, case, kept(kind, case)) == {}


@pytest.mark.parametrize("kind", WITH_TASKS)
def test_without_the_old_container_name_a_rename_makes_a_new_revision_of_the_task_definition_alone(kind: str) -> None:
    assert replaced(kind, "fewest", {}) == {"TaskDefinition shop": {"containerDefinitions"}}


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_what_exists_keeps_its_description_where_another_one_would_replace_it(kind: str, case: str) -> None:
    described = [it for it in built(kind, case).resources if it.type.startswith("aws:") and "description" in it.inputs]
    fixed = [it for it in described if "description" in services.resource(it.type).immutable_properties()]
    assert [it.name for it in fixed if "description" not in it.ignore_changes] == []


def test_a_renamed_bastion_keeps_its_key() -> None:
    args = SAMPLES["otherwise"]["Bastion"] | {"access": ["key_pair", "session_manager"], "key_file": "keys/door.pem"}
    door = build(lambda: COMPONENTS["Bastion"](NAME, args) and None, EXISTING)
    assert door.one(":PrivateKey", NAME).ignore_changes == ["comment"]
