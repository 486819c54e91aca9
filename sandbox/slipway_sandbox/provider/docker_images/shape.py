"""Types of properties, and the check of values against them."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.hiding import shown
from slipway_sandbox.provider.protocol.wire import Properties, Value

Failures = list[tuple[str, str]]
"""Property path and reason."""
Shape: TypeAlias = "type | ListOf | MapOf | Block"
"""Type of a property: str, bool, or one of the three below."""


@dataclass(frozen=True)
class ListOf:
    """A list of items of one type."""

    item: Shape


@dataclass(frozen=True)
class MapOf:
    """A map with any keys."""

    value: Shape


@dataclass(frozen=True)
class Block:
    """A map with these properties only."""

    properties: Mapping[str, Shape]


_WORDS = {str: "a string", bool: "true or false"}


def check_shape(shape: Shape, value: Value, path: str, failures: Failures) -> None:
    """Adds unknown properties and values of another type to the failures."""
    if isinstance(value, wire.Unknown):
        return
    if isinstance(shape, (Block, MapOf)):
        if isinstance(value, Mapping):
            _check_members(shape, value, path, failures)
        else:
            failures.append((path, f"must be an object, got {shown(value)}"))
    elif isinstance(shape, ListOf):
        if not isinstance(value, list):
            failures.append((path, f"must be a list, got {shown(value)}"))
            return
        for index, item in enumerate(value):
            check_shape(shape.item, item, f"{path}[{index}]", failures)
    elif not isinstance(value, shape):
        failures.append((path, f"must be {_WORDS[shape]}, got {shown(value)}"))


def _check_members(shape: Block | MapOf, values: Properties, path: str, failures: Failures) -> None:
    for name, value in values.items():
        here = f"{path}.{name}" if path else name
        member = shape.value if isinstance(shape, MapOf) else shape.properties.get(name)
        if member:
            check_shape(member, value, here, failures)
        elif isinstance(shape, Block):
            close = difflib.get_close_matches(name, shape.properties, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(shape.properties))}"
            failures.append((here, f"unknown property {name!r}; {hint}"))
