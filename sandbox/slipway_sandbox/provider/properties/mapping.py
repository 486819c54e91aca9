"""Pulumi properties to the members of an AWS call and back, by rule.

names.py finds the member. A block and a list of one block are the same. Tags are a map in Pulumi and a list in AWS. A
boolean becomes "true" or ENABLED where AWS has a string.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jmespath  # type: ignore[import-untyped]
from botocore.model import ListShape, MapShape, Shape, StructureShape

from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import as_block, as_text
from slipway_sandbox.provider.protocol.wire import Properties, Value

KEY_WORDS = ("Key", "key", "Name", "name", "TagKey", "MetricName")
VALUE_WORDS = ("Value", "value", "TagValue")
NO_BLOCK = "a block"  # for the message about a value of another type


def to_request(shape: StructureShape, values: Properties, names: Names, prefix: str = "") -> dict[str, Value]:
    """Members of a call's input for these properties; a property without a member is left out."""
    request: dict[str, Value] = {}
    _put_properties(request, shape, values, names, prefix)
    return request


def takes(shape: StructureShape | None, name: str, names: Names) -> bool:
    """Whether a call has a member for a property."""
    if shape is None:
        return False
    path = names.path("", name, shape.members)
    if path == ".":
        inner = [member for key, member in names.exceptions.items() if key.startswith(f"{name}.")]
        return any(member.partition(".")[0] in shape.members for member in inner)
    return path is not None and path.partition(".")[0] in shape.members


@dataclass(frozen=True)
class _Property:
    value: Value
    names: Names
    prefix: str


def _put_properties(
    request: dict[str, Value], shape: StructureShape, values: Properties, names: Names, prefix: str
) -> None:
    for name, value in values.items():
        path = names.path(prefix, name, shape.members)
        if path == ".":
            for block in _blocks(value):
                _put_properties(request, shape, block, names, f"{prefix}{name}.")
        elif path is not None and path.partition(".")[0] in shape.members:
            _put(request, shape, path, _Property(value, names, f"{prefix}{name}."))


def _put(request: dict[str, Value], shape: StructureShape, path: str, prop: _Property) -> None:
    head, _, rest = path.partition(".")
    member = shape.members[head]
    if not rest:
        value = convert(member, prop.value, prop.names, prop.prefix)
        # Another property may be a part of the same member.
        earlier = request.get(head)
        request[head] = value | earlier if isinstance(value, dict) and isinstance(earlier, dict) else value
    elif isinstance(member, StructureShape):
        _put(as_block(request.setdefault(head, {}), NO_BLOCK), member, rest, prop)
    elif isinstance(member, MapShape):
        as_block(request.setdefault(head, {}), NO_BLOCK)[rest] = as_string(prop.value)
    elif isinstance(member, ListShape) and isinstance(member.member, StructureShape):
        key, item = _pair(member.member)
        items = request.setdefault(head, [] if key else [{}])
        if isinstance(items, list) and key:
            items.append({key: rest, item: as_string(prop.value)})
        elif isinstance(items, list):
            _put(as_block(items[0], NO_BLOCK), member.member, rest, prop)


def convert(shape: Shape, value: Value, names: Names, prefix: str) -> Value:
    """A property's value as a member of this shape."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, (Mapping, list)):
            member = _only_text(shape)
            return {member: _scalar(shape.members[member], value)} if member else {}
        blocks = _blocks(value)
        return to_request(shape, blocks[0], names, prefix) if blocks else {}
    if isinstance(shape, ListShape):
        if isinstance(value, Mapping) and isinstance(shape.member, StructureShape):
            key, member = _pair(shape.member)
            if key:
                return [{key: name, member: as_string(item)} for name, item in value.items()]
        return [convert(shape.member, item, names, prefix) for item in (value if isinstance(value, list) else [value])]
    if isinstance(shape, MapShape):
        # A list has a block for each key.
        entries = {as_string(block["key"]): block for block in _blocks(value)} if isinstance(value, list) else value
        return {name: convert(shape.value, item, names, prefix) for name, item in as_block(entries, NO_BLOCK).items()}
    return _scalar(shape, value)


def _only_text(shape: StructureShape) -> str | None:
    """The member for a scalar where AWS has a block: Value, or the block's one string."""
    if "Value" in shape.members:
        return "Value"
    return next((name for name, member in shape.members.items() if member.type_name == "string"), None)


def _scalar(shape: Shape, value: Value) -> Value:  # noqa: PLR0911 - one return per kind
    match shape.type_name:
        case "string":
            words = {word.upper(): word for word in getattr(shape, "enum", ())}
            if isinstance(value, bool) and {"ENABLED", "DISABLED"} <= words.keys():
                return as_text(words["ENABLED" if value else "DISABLED"], "")
            return as_string(value)
        case "integer" | "long":
            return int(_number(value))
        case "float" | "double":
            return float(_number(value))
        case "boolean":
            return value in (True, "true")
        case "blob":
            return as_string(value).encode()
        case _:
            return value


def _number(value: Value) -> int | float | str:
    if isinstance(value, (int, float, str)):
        return value
    raise ProviderError(f"a number must be given, got {type(value).__name__}")


def as_string(value: Value) -> str:
    """A scalar as AWS writes it in a string: True is "true", 3.0 is "3"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _blocks(value: Value) -> list[Properties]:
    return [block for block in (value if isinstance(value, list) else [value]) if isinstance(block, Mapping)]


def _pair(shape: StructureShape) -> tuple[str, str]:
    key = next((word for word in KEY_WORDS if word in shape.members), "")
    value = next((word for word in VALUE_WORDS if word in shape.members), "")
    return (key, value) if key and value else ("", "")


def from_reply(kind: Mapping[str, sdk.Property], reply: Properties, names: Names, prefix: str = "") -> dict[str, Value]:
    """The properties of this type, as far as the answer has values for them."""
    values: dict[str, Value] = {}
    for name, prop in kind.items():
        path = names.path(prefix, name, reply)
        inner = f"{prefix}{name}."
        member = reply if path == "." else lookup(reply, path) if path else None
        value = None if member is None else restore(prop.type, member, names, inner)
        says_nothing = sdk.is_class(prop.type) and is_blank(value) and not (prop.required or has_empty_block(member))
        if value is not None and not says_nothing:
            values[name] = value
    return values


def has_empty_block(value: Value) -> bool:
    """Whether AWS answers with an empty block, as in {"Allow": {}}: its presence is the answer."""
    return isinstance(value, Mapping) and (not value or any(has_empty_block(item) for item in value.values()))


def search(path: str, reply: Value) -> Value:
    """The value at a JMESPath in an answer; None without one."""
    value: Value = jmespath.search(path, reply)
    return value


def is_blank(value: Value) -> bool:
    """Whether a value says nothing: empty, zero or false, also in all parts of a block."""
    if isinstance(value, Mapping):
        return all(is_blank(item) for item in value.values())
    return value in (None, "", [], False, 0)


def lookup(reply: Value, path: str) -> Value:
    """The value at a member path, through maps, single-item lists and lists of keys and values; None without one."""
    if isinstance(reply, list):
        for item in reply:
            for key in KEY_WORDS:
                if isinstance(item, Mapping) and item.get(key) == path:
                    return next((item[word] for word in VALUE_WORDS if word in item), None)
        return lookup(reply[0], path) if reply and isinstance(reply[0], Mapping) else None
    if not isinstance(reply, Mapping):
        return None
    if path in reply:
        return reply[path]
    head, _, rest = path.partition(".")
    return lookup(reply[head], rest) if rest and head in reply else None


def restore(kind: sdk.Kind | None, value: Value, names: Names, prefix: str) -> Value:
    """An AWS value in the SDK's type; None when there is nothing to show."""
    if sdk.is_class(kind):
        block = value[0] if isinstance(value, list) and value else value
        return from_reply(sdk.properties(kind), block, names, prefix) if isinstance(block, Mapping) else None
    if sdk.is_list(kind):
        item_kind, items = sdk.item_type(kind), value if isinstance(value, list) else [value]
        if item_kind is str:
            items = [_text_of(item) for item in items]
        return [restore(item_kind, item, names, prefix) for item in items]
    if sdk.is_map(kind):
        return as_map(value)
    return restore_scalar(kind, value)


def _text_of(item: Value) -> Value:
    """The one string of a block, where the SDK has a list of strings."""
    if not isinstance(item, Mapping):
        return item
    return item["Value"] if "Value" in item else next((part for part in item.values() if isinstance(part, str)), item)


def as_map(value: Value) -> dict[str, str]:
    """A map, also from a list of keys and values."""
    if isinstance(value, Mapping):
        return {key: as_string(item) for key, item in value.items()}
    pairs = {}
    for block in _blocks(value):
        key = next(as_string(block[word]) for word in KEY_WORDS if word in block)
        pairs[key] = next((as_string(block[word] or "") for word in VALUE_WORDS if word in block), "")
    return pairs


def restore_scalar(kind: sdk.Kind | None, value: Value) -> Value:
    """A scalar in the SDK's type."""
    if isinstance(value, Mapping) and list(value) == ["Value"]:
        value = value["Value"]
    if kind is bool:
        return value in (True, "true", "True", "ENABLED", "enabled", "Enabled")
    if kind is int:
        return int(float(_number(value)))
    if kind is float:
        return float(_number(value))
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return as_string(value) if kind is str or not isinstance(value, (bool, int, float)) else value
