"""Diff: the consequences of changed inputs for an existing resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from slipway_sandbox.provider.aws import meaning
from slipway_sandbox.provider.aws.check import DEFAULTED, IMPORTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block, items
from slipway_sandbox.provider.protocol.wire import Properties, Value


@dataclass(frozen=True)
class Versions:
    """One resource before and after: its inputs, and its recorded outputs."""

    old_inputs: Properties
    new_inputs: Properties
    state: Properties
    tags_all: Value
    """The new tags over the provider's defaultTags; None for a type without tags."""
    region: str
    """The provider's region."""


@dataclass(frozen=True)
class Change:
    """The changed properties, and the consequences."""

    changed: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
    """Property path to ADD, DELETE or UPDATE, with _REPLACE where the change replaces the resource."""


def diff(declaration: Resource, versions: Versions) -> Change:
    """Compares inputs by meaning."""
    state = versions.state
    if "region" in state:  # a resource without a region of its own moves with its provider
        versions = replace(
            versions,
            old_inputs={"region": state["region"], **versions.old_inputs},
            new_inputs={"region": versions.region, **versions.new_inputs},
        )
    old_inputs, new_inputs = versions.old_inputs, versions.new_inputs
    outputs = sdk.schema(declaration.token).outputs
    is_imported = IMPORTED in items(old_inputs, DEFAULTED)
    changed, replaces, details = set(), set(), {}
    for name in sorted({*old_inputs, *new_inputs} - {DEFAULTED, "tagsAll"}):
        if name not in new_inputs and _is_left_to_aws(declaration, outputs, name):
            continue
        old = old_inputs.get(name, state.get(name, declaration.defaults.get(name)))
        new = new_inputs.get(name, declaration.defaults.get(name))
        if meaning.same(declaration, name, old, new) or (_is_empty(old) and _is_empty(new)):
            continue
        # The program sets it for the first time; AWS may have this value already.
        is_first = is_imported or (name not in old_inputs and name in state)
        if is_first and name in outputs and meaning.covers(outputs[name].type, new, old):
            continue
        changed.add(name)
        is_replacing = _replaces(declaration, name, versions)
        if is_replacing:
            replaces.add(name)
        for path, kind in meaning.changed_paths(name, old, new):
            details[path] = f"{kind}_REPLACE" if is_replacing else kind
    if versions.tags_all is not None and not meaning.same(
        declaration, "tagsAll", block(state, "tagsAll"), versions.tags_all
    ):
        changed.add("tags")
        if not any(path.startswith("tags") for path in details):
            details["tagsAll"] = "UPDATE"
    return Change(frozenset(changed), frozenset(replaces), bool(replaces) and _collides(declaration, versions), details)


def _replaces(declaration: Resource, name: str, versions: Versions) -> bool:
    """Whether the change of a property makes a new resource."""
    old_inputs, state, new_inputs = versions.old_inputs, versions.state, versions.new_inputs
    if name in declaration.immutable_properties():
        return True
    if name in declaration.replaced_when:
        return declaration.replaced_when[name]({**state, **old_inputs}, new_inputs)
    is_completed = name in declaration.words("completed")
    for path in declaration.immutable_properties():
        if path.startswith(f"{name}."):
            before, after = meaning.at(old_inputs, path) or meaning.at(state, path), meaning.at(new_inputs, path)
            # A missing member changes nothing in a block completed by AWS.
            if before != after and (after or not is_completed):
                return True
    return False


def _is_left_to_aws(declaration: Resource, outputs: Mapping[str, sdk.Property], name: str) -> bool:
    """Whether AWS always has a value for the property: without one, the program asks for nothing."""
    return name in outputs and outputs[name].required and declaration.defaults.get(name) is None


def _collides(declaration: Resource, versions: Versions) -> bool:
    if declaration.exclusive:
        return True
    old_inputs, new_inputs = versions.old_inputs, versions.new_inputs
    name = declaration.autoname.property if declaration.autoname else "name"
    is_own = name not in items(new_inputs, DEFAULTED)
    return is_own and name in new_inputs and new_inputs[name] == old_inputs.get(name)


def _is_empty(value: Value) -> bool:
    return not isinstance(value, wire.Unknown) and value in (None, "", [], {}, False)
