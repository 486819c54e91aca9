"""Values as they travel between the Pulumi engine and a provider, and as plain Python values.

A property map crosses the wire as a protobuf Struct. JSON has no unknowns, secrets, assets and archives, so strings and
maps with a fixed signature stand for them. Numbers are doubles on the wire; whole ones become int here.

Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, overload

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

# The SDK keeps these names private, but they are the protocol: the same in every language.
SIGNATURE_KEY: Final = rpc._special_sig_key  # noqa: SLF001
SECRET_SIGNATURE: Final = rpc._special_secret_sig  # noqa: SLF001
ASSET_SIGNATURE: Final = rpc._special_asset_sig  # noqa: SLF001
ARCHIVE_SIGNATURE: Final = rpc._special_archive_sig  # noqa: SLF001
OUTPUT_SIGNATURE: Final = rpc._special_output_value_sig  # noqa: SLF001
RESOURCE_SIGNATURE: Final = rpc._special_resource_sig  # noqa: SLF001

Value: TypeAlias = (
    "bool | int | float | str | datetime | Sequence[Value] | Mapping[str, Value] | Unknown | Secret | Asset | Archive "
    "| None"
)
"""A property, or a part of one. bytes (a Sequence) and datetime occur in AWS's answers only: the wire has neither."""
Properties: TypeAlias = Mapping[str, Value]
"""Inputs, outputs, a block of them, or an answer of AWS."""


class Unknown:
    """The type of UNKNOWN: the engine learns the value during the deployment."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value to keep encrypted in the state and hidden on screen."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Asset:
    """A file: `fields` has `hash` and one of `text`, `path`, `uri`."""

    fields: dict[str, Value]


@dataclass(frozen=True)
class Archive:
    """A folder: `fields` has `hash` and one of `assets`, `path`, `uri`."""

    fields: dict[str, Value]


def from_struct(struct: struct_pb2.Struct) -> dict[str, Value]:
    """Property map of the engine to Python values, without keys with null."""
    return _from_fields(struct)


def to_struct(values: Mapping[str, Value]) -> struct_pb2.Struct:
    """Python values to a property map for the engine, without keys with None."""
    struct = struct_pb2.Struct()
    _fill_struct(struct, values)
    return struct


@overload
def plain(value: Properties) -> dict[str, Value]: ...
@overload
def plain(value: Value) -> Value: ...
def plain(value: Value) -> Value:
    """The same value with every Secret in it replaced by its content."""
    return _walk(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def has_secret(value: Value) -> bool:
    """Whether the value or a part of it is secret."""
    return _any(value, Secret)


def has_unknown(value: Value) -> bool:
    """Whether the value or a part of it is unknown, also inside a secret."""
    return _any(value, Unknown)


def seal(values: Mapping[str, Value], keys: set[str]) -> dict[str, Value]:
    """The same map with the named top-level values marked secret."""
    return {
        key: Secret(value) if key in keys and not isinstance(value, Secret) else value for key, value in values.items()
    }


def _walk(value: Value, change: Callable[[Value], Value]) -> Value:
    if isinstance(value, dict):
        return {key: _walk(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    return change(value)


def _any(value: Value, kind: type) -> bool:
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return _any(value.value, kind)
    if isinstance(value, dict):
        return any(_any(item, kind) for item in value.values())
    if isinstance(value, list):
        return any(_any(item, kind) for item in value)
    return False


def _from_fields(struct: struct_pb2.Struct) -> dict[str, Value]:
    values = {key: _from_value(item) for key, item in struct.fields.items()}
    return {key: value for key, value in values.items() if value is not None}


def _from_value(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "struct_value":
            return _from_object(_from_fields(value.struct_value))
        case _:
            return None


def _from_object(fields: dict[str, Value]) -> Value:
    match fields.get(SIGNATURE_KEY):
        case None:
            return fields
        case signature if signature == SECRET_SIGNATURE:
            return Secret(fields.get("value"))
        case signature if signature == ASSET_SIGNATURE:
            return Asset(_without_signature(fields))
        case signature if signature == ARCHIVE_SIGNATURE:
            return Archive(_without_signature(fields))
        case signature if signature == OUTPUT_SIGNATURE:
            value = fields.get("value", UNKNOWN)
            return Secret(value) if fields.get("secret") else value
        case signature if signature == RESOURCE_SIGNATURE:
            return fields.get("id") or fields["urn"]
        case signature:
            raise ValueError(
                f"a property carries the unknown signature {signature!r}; use the CLI that setup/engine installs"
            )


def _without_signature(fields: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in fields.items() if key != SIGNATURE_KEY}


def _fill_struct(struct: struct_pb2.Struct, values: Mapping[str, Value]) -> None:
    for key, value in values.items():
        if value is not None:
            _fill_value(struct.fields[key], value)


def _fill_value(target: struct_pb2.Value, value: Value) -> None:  # noqa: C901 - one case per kind of value
    match value:
        case None:
            target.null_value = struct_pb2.NULL_VALUE
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case Mapping():
            target.struct_value.SetInParent()
            _fill_struct(target.struct_value, value)
        case list() | tuple():
            target.list_value.SetInParent()
            for item in value:
                _fill_value(target.list_value.values.add(), item)
        case Unknown():
            target.string_value = rpc.UNKNOWN
        case Secret():
            target.struct_value.fields[SIGNATURE_KEY].string_value = SECRET_SIGNATURE
            _fill_value(target.struct_value.fields["value"], value.value)
        case Asset() | Archive():
            signature = ASSET_SIGNATURE if isinstance(value, Asset) else ARCHIVE_SIGNATURE
            _fill_struct(target.struct_value, {SIGNATURE_KEY: signature, **value.fields})
        case _:
            raise TypeError(f"a property cannot hold a {type(value).__name__}: {value!r}")
