"""JSON as the real provider reads it: by Go, into the types of AWS's SDK.

Go finds a member whatever the case of its key, drops keys without a member, takes null for an absent value, and refuses a
value of another type.
Source: https://pkg.go.dev/encoding/json#Unmarshal
"""

from collections.abc import Mapping

from botocore.model import ListShape, MapShape, Shape, StructureShape

from slipway_sandbox.provider.protocol.wire import Value

SCALARS: Mapping[str, tuple[type, str]] = {
    "boolean": (bool, "bool"),
    "integer": (int, "int32"),
    "long": (int, "int64"),
    "string": (str, "string"),
}
"""Kind of a shape to Python's type and Go's."""
KINDS: Mapping[type, str] = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}


class GoTypeError(ValueError):
    """A value of another type than Go's, in Go's words. The message never has the value."""


def decode(shape: Shape, value: Value, field: str) -> Value:
    """The value with the members of the shape; None for null. `field` is its name in Go, for the message.

    Raises GoTypeError.
    """
    if value is None:
        return None
    if isinstance(shape, StructureShape):
        return _structure(shape, value, field)
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            raise _refused(value, field, f"[]{_go_type(shape.member)}")
        items = [decode(shape.member, item, field) for item in value]
        return [_zero(shape.member) if item is None else item for item in items]
    if isinstance(shape, MapShape):
        if not isinstance(value, Mapping):
            raise _refused(value, field, f"map[string]{_go_type(shape.value)}")
        entries = {key: decode(shape.value, item, field) for key, item in value.items()}
        return {key: _zero(shape.value) if item is None else item for key, item in entries.items()}
    kind, name = SCALARS[shape.type_name]
    if type(value) is not kind:
        raise _refused(value, field, name)
    return value


def _structure(shape: StructureShape, value: Value, field: str) -> dict[str, Value]:
    if not isinstance(value, Mapping):
        raise _refused(value, field, _go_type(shape))
    members = {member.lower(): member for member in shape.members}
    decoded: dict[str, Value] = {}
    for key, item in value.items():
        if member := members.get(key.lower()):
            inner = decode(shape.members[member], item, f"{field}.{member[0].upper()}{member[1:]}")
            if inner is not None:
                decoded[member] = inner
    return decoded


def _zero(shape: Shape) -> Value:
    if isinstance(shape, StructureShape | MapShape):
        return {}
    return [] if isinstance(shape, ListShape) else SCALARS[shape.type_name][0]()


def _go_type(shape: Shape) -> str:
    return (
        f"types.{shape.name}" if isinstance(shape, StructureShape) else SCALARS.get(shape.type_name, (str, "string"))[1]
    )


def _refused(value: Value, field: str, go_type: str) -> GoTypeError:
    return GoTypeError(f"json: cannot unmarshal {KINDS[type(value)]} into Go struct field {field} of type {go_type}")
