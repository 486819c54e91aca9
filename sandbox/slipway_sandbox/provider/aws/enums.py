"""Words that AWS knows a list of: another one is refused before anything is made, as the real provider does.

The lists are botocore's, found by the rule that finds the member of a property; nothing is copied.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Call
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.properties.names import Names

LONGEST = 40  # longer lists, such as the types of instances, grow faster than botocore is updated
DEEPEST = 4  # blocks in blocks
ANY_REGION = "us-east-1"  # all have one model


def failures(client: AwsClient, token: str, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Property path and reason of every text that is none of the words that its property takes."""
    found = []
    for path, words in _words(client, token).items():
        for place, value in _values(inputs, path, ""):
            if isinstance(value, str) and value and value.lower() not in {word.lower() for word in words}:
                found.append((place, f"expected {place} to be one of [{', '.join(words)}], got {value}"))
    return found


@cache
def _words(client: AwsClient, token: str) -> dict[str, tuple[str, ...]]:
    """Property path to its words, for what the calls of a type take."""
    declaration = services.resource(token)
    found: dict[str, tuple[str, ...]] = {}
    for call in (declaration.create, *(update.call for update in declaration.updates)):
        if isinstance(call, Call):
            shape = client.shape(call.service or declaration.service, call.operation, ANY_REGION)
            if shape:
                _walk(sdk.schema(token).inputs, shape, lifecycle.names(declaration), "", found)
    return {path: (*words, *declaration.accepted.get(path, "").split()) for path, words in found.items()}


def _walk(
    kinds: Mapping[str, sdk.Property], shape: StructureShape, names: Names, prefix: str, found: dict[str, Any]
) -> None:
    for name, prop in kinds.items():
        place = f"{prefix}{name}"
        path = names.path(prefix, name, shape.members)
        member = shape if path == "." else _member(shape, path) if path else None
        kind = sdk.item_type(prop.type) if sdk.is_list(prop.type) else prop.type
        if sdk.is_class(kind) and isinstance(member, StructureShape):
            if place.count(".") < DEEPEST:
                _walk(sdk.properties(kind), member, names, f"{place}.", found)
        elif kind is str and member is not None and 0 < len(getattr(member, "enum", ())) <= LONGEST:
            found.setdefault(place, tuple(member.enum))


def _member(shape: Shape, path: str) -> Shape | None:
    for part in path.split("."):
        if not isinstance(shape, StructureShape) or part not in shape.members:
            return None
        shape = shape.members[part]
        while isinstance(shape, ListShape):
            shape = shape.member
    return shape


def _values(value: Any, path: str, place: str) -> Iterator[tuple[str, Any]]:
    """What stands at a dotted path, each with its place in lists."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, path, f"{place}[{index}]")
    elif not path:
        yield place, value
    elif isinstance(value, Mapping):
        head, _, rest = path.partition(".")
        yield from _values(value.get(head), rest, f"{place}.{head}" if place else head)
