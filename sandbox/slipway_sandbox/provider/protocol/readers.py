"""Readers of maps of values: each takes a map and a name, and answers with one type.

    >>> reply = {"VpcId": "vpc-1", "Tags": [{"Key": "team", "Value": "shop"}]}
    >>> text(reply, "VpcId")
    'vpc-1'
    >>> [text(tag, "Key") for tag in blocks(reply, "Tags")]
    ['team']

`values` may also be a Scope: it has `get`. A value of another type raises ProviderError with its name; the message never
shows the value, since it may be secret.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties, Value


class Readable(Protocol):
    """A map of values, or a Scope."""

    def get(self, name: str, /) -> Value: ...


def text(values: Readable, name: str, default: str | None = None) -> str:
    """A string. Raises ProviderError when it is absent and there is no default."""
    value = values.get(name)
    if isinstance(value, str):
        return value
    if value is None and default is not None:
        return default
    raise _other(name, "a string", value)


def number(values: Readable, name: str, default: int | None = None) -> int:
    """A whole number. Raises ProviderError when it is absent and there is no default."""
    value = values.get(name)
    if isinstance(value, int):
        return value
    if value is None and default is not None:
        return default
    raise _other(name, "a whole number", value)


def time(values: Readable, name: str) -> datetime:
    """A point in time, from AWS's answers."""
    value = values.get(name)
    if isinstance(value, datetime):
        return value
    raise _other(name, "a point in time", value)


def block(values: Readable, name: str) -> dict[str, Value]:
    """A map; empty when it is absent."""
    value = values.get(name)
    return {} if value is None else as_block(value, name)


def blocks(values: Readable, name: str) -> list[dict[str, Value]]:
    """A list of maps; empty when it is absent."""
    return [as_block(item, name) for item in items(values, name)]


def texts(values: Readable, name: str) -> list[str]:
    """A list of strings; empty when it is absent."""
    return [as_text(item, name) for item in items(values, name)]


def items(values: Readable, name: str) -> Sequence[Value]:
    """A list of any values; empty when it is absent."""
    value = values.get(name)
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise _other(name, "a list", value)


def as_text(value: Value, name: str) -> str:
    """The value as a string. `name` is for the message."""
    if isinstance(value, str):
        return value
    raise _other(name, "a string", value)


def as_block(value: Value, name: str) -> dict[str, Value]:
    """The value as a map. `name` is for the message."""
    if isinstance(value, dict):
        return value
    raise _other(name, "an object", value)


def present(values: Properties, names: str) -> dict[str, Value]:
    """The named values, without absent ones and None. `names` has spaces between them."""
    return {name: value for name in names.split() if (value := values.get(name)) is not None}


def _other(name: str, kind: str, value: Value) -> ProviderError:
    return ProviderError(f"{name} must be {kind}, got {'nothing' if value is None else type(value).__name__}")
