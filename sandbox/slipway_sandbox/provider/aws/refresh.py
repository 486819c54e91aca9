"""Read: AWS's present values, for refresh and for import."""

import re
from collections.abc import Mapping

from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.check import DEFAULTED, IMPORTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.scope import PLACEHOLDER, Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import match
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block
from slipway_sandbox.provider.protocol.wire import Properties, Value


def refresh(
    declaration: Resource, scope: Scope, old_inputs: Properties
) -> tuple[dict[str, Value], dict[str, Value]] | None:
    """Present state and inputs; None when the resource is gone.

    A value with the same meaning keeps the program's spelling. A value without an answer from AWS keeps its last known
    one. Without a recorded state this is an import, and the id names the resource.
    """
    is_import = not scope.state
    if is_import:
        parts = from_id(declaration, scope.id)
        scope.id, scope.state = str(parts.pop("id", scope.id)), parts
    reply = lifecycle.read_reply(declaration, scope, with_tags=True)
    if reply is None:
        return None
    if is_import:
        own = scope.fill(declaration.id) if "{" in declaration.id else mapping.search(declaration.id, reply)
        scope.id = str(own or scope.id)
    actual = lifecycle.actual(declaration, scope, reply)
    state = dict(scope.state)
    for name, value in actual.items():
        if name not in state or not lifecycle.same(declaration, name, state[name], value):
            state[name] = value
    schema = sdk.schema(declaration.token)
    if "region" in schema.outputs:
        state["region"] = scope.region
    inputs = _imported(declaration, state) if is_import else _drifted(declaration, scope.state, actual, old_inputs)
    if "tagsAll" in schema.outputs:
        _refresh_tags(scope, reply, state, inputs, old_inputs)
    return state, inputs


def from_id(declaration: Resource, resource_id: str) -> dict[str, Value]:
    """The properties in an id; none for an id given by AWS. Raises ProviderError for an id in another form."""
    if "{" not in declaration.id and not declaration.import_pattern:
        return {}
    escaped = re.escape(declaration.id).replace(r"\{", "{").replace(r"\}", "}")
    pattern = declaration.import_pattern or PLACEHOLDER.sub(r"(?P<\1>.+?)", escaped)
    parts = re.fullmatch(pattern, resource_id)
    if not parts:
        raise ProviderError(f"{declaration.token}: the id must look like {declaration.id}, got {resource_id!r}")
    kinds = sdk.schema(declaration.token).outputs
    return {
        name: mapping.restore_scalar(kinds[name].type, value) if name in kinds else value
        for name, value in parts.groupdict().items()
        if name not in ("account", "region") and value is not None
    }


def _imported(declaration: Resource, state: Properties) -> dict[str, Value]:
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
    declaration: Resource, old_state: Properties, actual: Properties, old_inputs: Properties
) -> dict[str, Value]:
    inputs = dict(old_inputs)
    schema = sdk.schema(declaration.token)
    for name, value in actual.items():
        if name not in schema.inputs or lifecycle.same(declaration, name, old_state.get(name), value):
            continue
        if name in old_inputs or not schema.outputs[name].required:
            inputs[name] = value
    return inputs


def _refresh_tags(
    scope: Scope, reply: Properties, state: dict[str, Value], inputs: dict[str, Value], old_inputs: Properties
) -> None:
    member = match("tags", reply) or match("tagSet", reply) or match("tagList", reply)
    default_tags: Mapping[str, Value] = scope.settings.default_tags
    if member is None:  # AWS answers without this type's tags; the recorded ones stay
        state.setdefault("tagsAll", {**default_tags, **block(inputs, "tags")})
        return
    tags: dict[str, Value] = {**mapping.as_map(reply[member])}
    old_tags = block(old_inputs, "tags")
    own = {key: value for key, value in tags.items() if key in old_tags or default_tags.get(key) != value}
    state["tagsAll"] = tags
    if own != old_tags:
        inputs["tags"] = state["tags"] = own
