"""JSON documents from AWS and Pulumi, read with a check of each value's type."""

import json
from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"


def parse(text: str) -> Json:
    """Parse JSON text. Raises ValueError when it is none."""
    document: Json = json.loads(text)
    return document


def as_object(value: Json) -> Mapping[str, Json]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Json) -> list[Json]:
    """The value when it is a list, else a list of that value alone; empty for null."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_text(value: Json) -> str:
    """The value when it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: Json) -> list[str]:
    """The strings of a list, or one string as a list: policies of AWS have both forms."""
    return [entry for entry in as_list(value) if isinstance(entry, str)]
