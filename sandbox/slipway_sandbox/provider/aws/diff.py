"""Diff: what a change of inputs means for a resource that exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_sandbox.provider.aws import meaning
from slipway_sandbox.provider.aws.check import DEFAULTED, IMPORTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire


@dataclass(frozen=True)
class Change:
    """The properties that differ, and what follows."""

    changed: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
    """Property path to ADD, DELETE or UPDATE, with _REPLACE where that replaces the resource."""


def diff(
    declaration: Resource,
    old_inputs: Mapping[str, Any],
    new_inputs: Mapping[str, Any],
    state: Mapping[str, Any],
    tags_all: Any,
    region: str,
) -> Change:
    """Compares inputs by meaning.

    `tags_all` is what the tags and the provider's defaultTags come to now, `region` the one that the provider is set to.
    """
    if "region" in state:  # a resource without a region of its own moves with its provider
        old_inputs, new_inputs = ({"region": state["region"], **old_inputs}, {"region": region, **new_inputs})
    outputs = sdk.schema(declaration.token).outputs
    is_imported = IMPORTED in old_inputs.get(DEFAULTED, [])
    changed, replaces, details = set(), set(), {}
    for name in sorted({*old_inputs, *new_inputs} - {DEFAULTED, "tagsAll"}):
        if name not in new_inputs and _is_left_to_aws(declaration, outputs, name):
            continue
        old = old_inputs.get(name, state.get(name, declaration.defaults.get(name)))
        new = new_inputs.get(name, declaration.defaults.get(name))
        if meaning.same(declaration, name, old, new) or (_is_empty(old) and _is_empty(new)):
            continue
        # Asked for the first time, it may be so already on AWS.
        is_first = is_imported or (name not in old_inputs and name in state)
        if is_first and name in outputs and meaning.covers(outputs[name].type, new, old):
            continue
        changed.add(name)
        is_replacing = _replaces(declaration, name, old_inputs, state, new_inputs)
        if is_replacing:
            replaces.add(name)
        for path, kind in meaning.changed_paths(name, old, new):
            details[path] = f"{kind}_REPLACE" if is_replacing else kind
    if tags_all is not None and not meaning.same(declaration, "tagsAll", state.get("tagsAll") or {}, tags_all):
        changed.add("tags")
        if not any(path.startswith("tags") for path in details):
            details["tagsAll"] = "UPDATE"
    return Change(
        frozenset(changed),
        frozenset(replaces),
        bool(replaces) and _collides(declaration, old_inputs, new_inputs),
        details,
    )


def _replaces(
    declaration: Resource, name: str, old_inputs: Mapping[str, Any], state: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    """Whether the change of a property makes a new resource."""
    if name in declaration.immutable_properties():
        return True
    if name in declaration.replaced_when:
        return declaration.replaced_when[name]({**state, **old_inputs}, new)
    is_completed = name in declaration.words("completed")
    for path in declaration.immutable_properties():
        if path.startswith(f"{name}."):
            before, after = meaning.at(old_inputs, path) or meaning.at(state, path), meaning.at(new, path)
            # What a program leaves out of a block that AWS fills in asks for nothing.
            if before != after and (after or not is_completed):
                return True
    return False


def _is_left_to_aws(declaration: Resource, outputs: Mapping[str, sdk.Property], name: str) -> bool:
    """A property that AWS always has a value for: leaving it out asks for nothing."""
    return name in outputs and outputs[name].required and declaration.defaults.get(name) is None


def _collides(declaration: Resource, old_inputs: Mapping[str, Any], new_inputs: Mapping[str, Any]) -> bool:
    if declaration.exclusive:
        return True
    name = declaration.autoname.property if declaration.autoname else "name"
    is_own = name not in new_inputs.get(DEFAULTED, [])
    return is_own and name in new_inputs and new_inputs[name] == old_inputs.get(name)


def _is_empty(value: Any) -> bool:
    return not isinstance(value, wire.Unknown) and value in (None, "", [], {}, False)
