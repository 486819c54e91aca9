"""Whether two values mean the same: JSON compared as data, lists as sets where order has no meaning."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.protocol import wire


def same(declaration: Resource, name: str, old: Any, new: Any) -> bool:
    """Whether two values of a top-level property mean the same. An unknown is never the same."""
    if wire.has_unknown(old) or wire.has_unknown(new):
        return False
    if compare := declaration.compare.get(name):
        return bool(compare(old) == compare(new))
    if name in declaration.words("documents"):
        return bool(document(old) == document(new))
    is_ordered = name in declaration.words("ordered")
    return bool(_normal(old, is_ordered) == _normal(new, is_ordered))


def covers(kind: Any, asked: Any, actual: Any) -> bool:
    """Whether AWS has what was asked, where it may answer with more members in a block than a program writes."""
    if sdk.is_class(kind) and isinstance(asked, Mapping):
        if not isinstance(actual, Mapping):  # a block that says nothing need not be there; an empty one says that it is
            return bool(asked) and mapping.is_blank(asked) and not mapping.has_empty_block(asked)
        types = sdk.properties(kind)
        return all(
            covers(types[key].type if key in types else None, item, actual.get(key)) for key, item in asked.items()
        )
    item_kind = sdk.item_type(kind) if sdk.is_list(kind) else None
    if sdk.is_class(item_kind) and isinstance(asked, list) and isinstance(actual, list):
        return len(asked) == len(actual) and all(any(covers(item_kind, one, each) for each in actual) for one in asked)
    is_empty = not asked and not actual
    return is_empty or _normal(asked, False) == _normal(actual, False) or same_reference(asked, actual)


def same_reference(old: Any, new: Any) -> bool:
    """Whether one is an ARN and the other the name or id at its end: AWS answers with either."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    short, long = sorted((old, new), key=len)
    return long.startswith("arn:") and bool(short) and long.endswith((f"/{short}", f":{short}"))


def document(text: Any) -> Any:
    """JSON text as data in which a list of one is its item and the order of lists does not count, as in policies.

    Text that is no JSON stands for itself.
    """
    try:
        return _unordered(json.loads(text))
    except (TypeError, ValueError):
        return text


def at(value: Any, path: str) -> list[Any]:
    """Everything that stands at a dotted path, in all items of the lists on the way; in no order."""
    if isinstance(value, list):
        return sorted((found for item in value for found in at(item, path)), key=_sort_key)
    if not path or not isinstance(value, Mapping):
        return [] if value is None else [value]
    head, _, rest = path.partition(".")
    return at(value.get(head), rest)


def changed_paths(name: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """The smallest parts that differ, as property path and kind (ADD, DELETE, UPDATE)."""
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


def _normal(value: Any, is_ordered: bool) -> Any:
    if isinstance(value, Mapping):
        items = {key: _normal(item, is_ordered) for key, item in value.items()}
        return {key: item for key, item in items.items() if item is not None and item != []}
    if isinstance(value, list):
        items_list = [_normal(item, is_ordered) for item in value]
        return items_list if is_ordered else sorted(items_list, key=_sort_key)
    return value


def _unordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_unordered(item) for item in value), key=_sort_key)
        return items[0] if len(items) == 1 else items
    return str(value).lower() if isinstance(value, bool) else value


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
