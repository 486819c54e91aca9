"""Pulumi properties to the members of an AWS call and back, by rule.

Names are found by the rule of names.py. A block that AWS wraps in a list and one that Pulumi does is the same block; tags are
a map on one side and a list on the other; a boolean is "true" or ENABLED where AWS wants a text.
"""

import json
from collections.abc import Mapping
from typing import Any

import jmespath  # type: ignore[import-untyped]
from botocore.model import ListShape, MapShape, Shape, StructureShape

from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.properties.names import Names

KEY_WORDS = ("Key", "key", "Name", "name", "TagKey", "MetricName")
VALUE_WORDS = ("Value", "value", "TagValue")


def to_request(shape: StructureShape, values: Mapping[str, Any], names: Names, prefix: str = "") -> dict[str, Any]:
    """Members of a call's input for the properties that it takes; the others are left out."""
    request: dict[str, Any] = {}
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


def _put_properties(
    request: dict[str, Any], shape: StructureShape, values: Mapping[str, Any], names: Names, prefix: str
) -> None:
    for name, value in values.items():
        path = names.path(prefix, name, shape.members)
        if path == ".":
            for block in _blocks(value):
                _put_properties(request, shape, block, names, f"{prefix}{name}.")
        elif path is not None and path.partition(".")[0] in shape.members:
            _put(request, shape, path, value, names, f"{prefix}{name}.")


def _put(request: dict[str, Any], shape: StructureShape, path: str, value: Any, names: Names, prefix: str) -> None:
    head, _, rest = path.partition(".")
    member = shape.members[head]
    if not rest:
        made = convert(member, value, names, prefix)
        # Another property may be a part of the same member.
        request[head] = made | request[head] if isinstance(made, dict) and head in request else made
    elif isinstance(member, StructureShape):
        _put(request.setdefault(head, {}), member, rest, value, names, prefix)
    elif isinstance(member, MapShape):
        request.setdefault(head, {})[rest] = text(value)
    elif isinstance(member, ListShape) and isinstance(member.member, StructureShape):
        key, item = _pair(member.member)
        if key:
            request.setdefault(head, []).append({key: rest, item: text(value)})
        else:
            items = request.setdefault(head, [{}])
            _put(items[0], member.member, rest, value, names, prefix)


def convert(shape: Shape, value: Any, names: Names, prefix: str) -> Any:
    """A property's value as a member of this shape."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, (Mapping, list)):
            member = _only_text(shape)
            return {member: _scalar(shape.members[member], value)} if member else {}
        blocks = _blocks(value)
        return to_request(shape, blocks[0], names, prefix) if blocks else {}
    if isinstance(shape, ListShape):
        if isinstance(value, Mapping) and isinstance(shape.member, StructureShape):
            key, item = _pair(shape.member)
            if key:
                return [{key: name, item: text(each)} for name, each in value.items()]
        return [convert(shape.member, each, names, prefix) for each in (value if isinstance(value, list) else [value])]
    if isinstance(shape, MapShape):
        # A list is one of blocks that each name their key.
        items = {block["key"]: block for block in value} if isinstance(value, list) else value
        return {name: convert(shape.value, each, names, prefix) for name, each in items.items()}
    return _scalar(shape, value)


def _only_text(shape: StructureShape) -> str | None:
    """The member that a scalar stands for where AWS has a block: Value, or the block's one text."""
    if "Value" in shape.members:
        return "Value"
    return next((name for name, member in shape.members.items() if member.type_name == "string"), None)


def _scalar(shape: Shape, value: Any) -> Any:  # noqa: PLR0911 - one return per kind
    match shape.type_name:
        case "string":
            words = {word.upper(): word for word in getattr(shape, "enum", ())}
            if isinstance(value, bool) and {"ENABLED", "DISABLED"} <= words.keys():
                return words["ENABLED" if value else "DISABLED"]
            return text(value)
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return value in (True, "true")
        case "blob":
            return value.encode()
        case _:
            return value


def text(value: Any) -> str:
    """A scalar as AWS writes it in a text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    return [block for block in (value if isinstance(value, list) else [value]) if isinstance(block, Mapping)]


def _pair(shape: StructureShape) -> tuple[str, str]:
    key = next((word for word in KEY_WORDS if word in shape.members), "")
    value = next((word for word in VALUE_WORDS if word in shape.members), "")
    return (key, value) if key and value else ("", "")


def from_reply(
    kind: Mapping[str, sdk.Property], reply: Mapping[str, Any], names: Names, prefix: str = ""
) -> dict[str, Any]:
    """The properties that an answer has a value for."""
    values: dict[str, Any] = {}
    for name, prop in kind.items():
        path = names.path(prefix, name, reply)
        inner = f"{prefix}{name}."
        if path == ".":
            found: Any = reply
        else:
            found = None if path is None else lookup(reply, path)
        value = None if found is None else restore(prop.type, found, names, inner)
        says_nothing = sdk.is_class(prop.type) and is_blank(value) and not (prop.required or has_empty_block(found))
        if value is not None and not says_nothing:
            values[name] = value
    return values


def has_empty_block(found: Any) -> bool:
    """Whether AWS answers with an empty block, whose being there is what it says: {"Allow": {}}."""
    return isinstance(found, Mapping) and (not found or any(has_empty_block(each) for each in found.values()))


def search(path: str, reply: Any) -> Any:
    """What a JMESPath finds in an answer; None when nothing."""
    return jmespath.search(path, reply)


def is_blank(value: Any) -> bool:
    """Whether a value says nothing: empty, zero or false, also in all parts of a block."""
    if isinstance(value, Mapping):
        return all(is_blank(item) for item in value.values())
    return value in (None, "", [], False, 0)


def lookup(reply: Any, path: str) -> Any:
    """What stands at a member path, through maps, single-item lists and lists of keys and values; None when nothing does."""
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


def restore(kind: Any, value: Any, names: Names, prefix: str) -> Any:
    """An AWS value as the SDK's type has it; None when there is nothing to show."""
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


def _text_of(item: Any) -> Any:
    """The one text of a block that stands for a text in a list."""
    if not isinstance(item, Mapping):
        return item
    return item["Value"] if "Value" in item else next((each for each in item.values() if isinstance(each, str)), item)


def as_map(value: Any) -> dict[str, Any]:
    """A map, also from a list of keys and values."""
    if isinstance(value, Mapping):
        return {key: text(item) for key, item in value.items()}
    pairs = {}
    for item in value if isinstance(value, list) else []:
        key = next(item[word] for word in KEY_WORDS if word in item)
        pairs[key] = next((item[word] for word in VALUE_WORDS if word in item), "")
    return pairs


def restore_scalar(kind: Any, value: Any) -> Any:
    """A scalar as the SDK's type has it."""
    if isinstance(value, Mapping) and list(value) == ["Value"]:
        value = value["Value"]
    if kind is bool:
        return value in (True, "true", "True", "ENABLED", "enabled", "Enabled")
    if kind is int:
        return int(float(value))
    if kind is float:
        return float(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    if hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return text(value) if kind is str or not isinstance(value, (bool, int, float)) else value
