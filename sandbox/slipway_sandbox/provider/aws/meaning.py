"""Whether two values mean the same: JSON as data or as a policy, lists as sets where order has no meaning."""

import json
from collections.abc import Iterator, Mapping

from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.properties import json_text, mapping, sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value


def same(declaration: Resource, name: str, old: Value, new: Value) -> bool:
    """Whether two values of a top-level property mean the same. An unknown is never the same."""
    if wire.has_unknown(old) or wire.has_unknown(new):
        return False
    if compare := declaration.compare.get(name):
        return compare(old) == compare(new)
    if name in declaration.words("policies"):
        return json_text.policy(old) == json_text.policy(new)
    if name in declaration.words("documents"):
        return json_text.data(old) == json_text.data(new)
    is_ordered = name in declaration.words("ordered")
    return _normal(old, is_ordered) == _normal(new, is_ordered)


def covers(kind: sdk.Kind | None, wanted: Value, actual: Value) -> bool:
    """Whether AWS has the wanted value. In a block, AWS may have further members."""
    if sdk.is_class(kind) and isinstance(wanted, Mapping):
        if not isinstance(actual, Mapping):  # a blank block may be missing; an empty one means its own presence
            return bool(wanted) and mapping.is_blank(wanted) and not mapping.has_empty_block(wanted)
        types = sdk.properties(kind)
        return all(
            covers(types[key].type if key in types else None, item, actual.get(key)) for key, item in wanted.items()
        )
    item_kind = sdk.item_type(kind) if sdk.is_list(kind) else None
    if sdk.is_class(item_kind) and isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) and all(
            any(covers(item_kind, item, actual_item) for actual_item in actual) for item in wanted
        )
    is_empty = not wanted and not actual
    return is_empty or _normal(wanted, False) == _normal(actual, False) or same_reference(wanted, actual)


def same_reference(old: Value, new: Value) -> bool:
    """Whether one is an ARN and the other the name or id at its end: AWS answers with either."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    short, long = sorted((old, new), key=len)
    return long.startswith("arn:") and bool(short) and long.endswith((f"/{short}", f":{short}"))


def at(value: Value, path: str) -> list[Value]:
    """All values at a dotted path, from all items of the lists on the way; in no order."""
    if isinstance(value, list):
        return sorted((part for item in value for part in at(item, path)), key=_sort_key)
    if not path or not isinstance(value, Mapping):
        return [] if value is None else [value]
    head, _, rest = path.partition(".")
    return at(value.get(head), rest)


def changed_paths(name: str, old: Value, new: Value) -> Iterator[tuple[str, str]]:
    """The smallest differing parts, as property path and kind (ADD, DELETE, UPDATE)."""
    if old is None or new is None:
        yield name, "ADD" if old is None else "DELETE"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            if _normal(old.get(key), False) != _normal(new.get(key), False):
                yield from changed_paths(_child(name, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if _normal(before, False) != _normal(after, False):
                yield from changed_paths(f"{name}[{index}]", before, after)
    else:
        yield name, "UPDATE"


def _child(path: str, key: str) -> str:
    return f"{path}.{key}" if key.replace("_", "").isalnum() else f'{path}["{key}"]'


def _normal(value: Value, is_ordered: bool) -> Value:
    if isinstance(value, Mapping):
        members = {key: _normal(item, is_ordered) for key, item in value.items()}
        return {key: item for key, item in members.items() if item is not None and item != []}
    if isinstance(value, list):
        items = [_normal(item, is_ordered) for item in value]
        return items if is_ordered else sorted(items, key=_sort_key)
    return value


def _sort_key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
