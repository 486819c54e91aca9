"""Read: what AWS has now, for refresh and for import."""

import re
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.check import DEFAULTED, IMPORTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.scope import PLACEHOLDER, Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import match
from slipway_sandbox.provider.protocol.errors import ProviderError


def refresh(
    declaration: Resource, scope: Scope, old_inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """State and inputs as they are now; None when the resource is gone.

    A value that AWS writes differently but means the same keeps the program's spelling, and one that AWS does not answer
    at all keeps its last known value. Without a recorded state this is an import: the id says which resource.
    """
    is_import = not scope.state
    if is_import:
        parts = from_id(declaration, scope.id)
        scope.id, scope.state = parts.pop("id", scope.id), parts
    reply = lifecycle.read_reply(declaration, scope, with_tags=True)
    if reply is None:
        return None
    if is_import:
        own = scope.fill(declaration.id) if "{" in declaration.id else mapping.search(declaration.id, reply)
        scope.id = str(own or scope.id)
    found = lifecycle.actual(declaration, scope, reply)
    state = dict(scope.state)
    for name, value in found.items():
        if name not in state or not lifecycle.same(declaration, name, state[name], value):
            state[name] = value
    schema = sdk.schema(declaration.token)
    if "region" in schema.outputs:
        state["region"] = scope.region
    inputs = (
        _imported(declaration, state) if is_import else _drifted(declaration, scope.state, state, found, old_inputs)
    )
    if "tagsAll" in schema.outputs:
        _refresh_tags(scope, reply, state, inputs, old_inputs)
    return state, inputs


def from_id(declaration: Resource, resource_id: str) -> dict[str, Any]:
    """The properties that an id is made of; none for an id that AWS gave. Raises ProviderError when it does not fit."""
    if "{" not in declaration.id and not declaration.import_pattern:
        return {}
    escaped = re.escape(declaration.id).replace(r"\{", "{").replace(r"\}", "}")
    pattern = declaration.import_pattern or PLACEHOLDER.sub(r"(?P<\1>.+?)", escaped)
    found = re.fullmatch(pattern, resource_id)
    if not found:
        raise ProviderError(f"{declaration.token}: the id must look like {declaration.id}, got {resource_id!r}")
    kinds = sdk.schema(declaration.token).outputs
    return {
        name: mapping.restore_scalar(kinds[name].type, value) if name in kinds else value
        for name, value in found.groupdict().items()
        if name not in ("account", "region") and value is not None
    }


def _imported(declaration: Resource, state: Mapping[str, Any]) -> dict[str, Any]:
    inputs = sdk.schema(declaration.token).inputs
    prefix = f"{declaration.autoname.property}Prefix" if declaration.autoname else ""
    return {
        name: value
        for name, value in state.items()
        if name in inputs
        and name != prefix
        and (inputs[name].required or (not mapping.is_blank(value) and value != declaration.defaults.get(name)))
    } | {DEFAULTED: [IMPORTED]}


def _drifted(
    declaration: Resource,
    old_state: Mapping[str, Any],
    state: Mapping[str, Any],
    found: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
) -> dict[str, Any]:
    inputs = dict(old_inputs)
    schema = sdk.schema(declaration.token)
    for name, value in found.items():
        if name not in schema.inputs or lifecycle.same(declaration, name, old_state.get(name), value):
            continue
        if name in old_inputs or not schema.outputs[name].required:
            inputs[name] = state[name]
    return inputs


def _refresh_tags(
    scope: Scope, reply: Mapping[str, Any], state: dict[str, Any], inputs: dict[str, Any], old_inputs: Mapping[str, Any]
) -> None:
    member = match("tags", reply) or match("tagSet", reply) or match("tagList", reply)
    if member is None:  # this type's tags are not to be had; what was put stands
        state.setdefault("tagsAll", {**scope.settings.default_tags, **(inputs.get("tags") or {})})
        return
    tags = mapping.as_map(reply[member])
    asked = old_inputs.get("tags") or {}
    own = {k: v for k, v in tags.items() if k in asked or scope.settings.default_tags.get(k) != v}
    state["tagsAll"] = tags
    if own != asked:
        inputs["tags"] = state["tags"] = own
