"""JSON values, read with a check of each value's type."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
Document: TypeAlias = Mapping[str, Json]


def as_object(value: Json) -> Document:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Json) -> Sequence[Json]:
    """The value when it is a list, else a list of that value alone; empty for null."""
    if value is None:
        return []
    return [value] if isinstance(value, str | Mapping) or not isinstance(value, Sequence) else value


def as_text(value: Json) -> str:
    """The value when it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: Json) -> list[str]:
    """The strings of a list, or one string as a list: AWS has both forms."""
    return [entry for entry in as_list(value) if isinstance(entry, str)]


def objects(value: Json) -> list[Document]:
    """The objects of a list."""
    return [entry for entry in as_list(value) if isinstance(entry, Mapping)]
