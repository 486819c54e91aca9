"""Parameters for any operation, made from botocore's shape of its input."""

import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

DEEPEST = 4


def parameters(shape: Shape | None, depth: int = 0) -> Any:
    """A value of the shape with every member; a text is an ARN where its name says so."""
    if shape is None or depth > DEEPEST:
        return {}
    if isinstance(shape, StructureShape):
        return {name: _named(name, member, depth + 1) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [parameters(shape.member, depth + 1)]
    if isinstance(shape, MapShape):
        return {"key": parameters(shape.value, depth + 1)}
    if isinstance(shape, StringShape) and shape.enum:
        return shape.enum[0]
    return VALUES.get(shape.type_name, "value")


def _named(name: str, shape: Shape, depth: int) -> Any:
    if shape.type_name == "string" and name.lower().endswith("arn"):
        return f"arn:aws:iam::123456789012:role/{name}"
    return parameters(shape, depth)


VALUES: dict[str, Any] = {
    "blob": b"value",
    "boolean": True,
    "double": 1.5,
    "float": 1.5,
    "integer": 1,
    "long": 1,
    "timestamp": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
}
