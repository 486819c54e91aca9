"""Properties with a list of words on AWS: Check refuses any other word, as the real provider does.

The lists are botocore's; the rule of names.py finds the member of each property.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from botocore.model import ListShape, Shape, StructureShape

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Call, Failures
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.wire import Properties, Value

Words = dict[str, tuple[str, ...]]
"""Property path to its words."""

LONGEST = 40  # longer lists, such as the types of instances, grow faster than botocore is updated
DEEPEST = 4  # blocks in blocks
ANY_REGION = "us-east-1"  # all have one model


def failures(client: AwsClient, token: str, inputs: Properties) -> Failures:
    """Property path and reason of each wrong word."""
    refused = []
    for path, words in _words(client, token).items():
        for place, value in _values(inputs, path, ""):
            if isinstance(value, str) and value and value.lower() not in {word.lower() for word in words}:
                refused.append((place, f"expected {place} to be one of [{', '.join(words)}], got {value}"))
    return refused


@cache
def _words(client: AwsClient, token: str) -> Words:
    """The words of all properties in the calls of a type."""
    declaration = services.resource(token)
    listed: Words = {}
    for call in (declaration.create, *(update.call for update in declaration.updates)):
        if isinstance(call, Call):
            shape = client.shape(call.service or declaration.service, call.operation, ANY_REGION)
            if shape:
                _walk(sdk.schema(token).inputs, shape, lifecycle.names(declaration), "", listed)
    return {path: (*words, *declaration.accepted.get(path, "").split()) for path, words in listed.items()}


def _walk(kinds: Mapping[str, sdk.Property], shape: StructureShape, names: Names, prefix: str, listed: Words) -> None:
    for name, prop in kinds.items():
        place = f"{prefix}{name}"
        path = names.path(prefix, name, shape.members)
        member = shape if path == "." else _member(shape, path) if path else None
        kind = sdk.item_type(prop.type) if sdk.is_list(prop.type) else prop.type
        if sdk.is_class(kind) and isinstance(member, StructureShape):
            if place.count(".") < DEEPEST:
                _walk(sdk.properties(kind), member, names, f"{place}.", listed)
        elif kind is str and member is not None and 0 < len(getattr(member, "enum", ())) <= LONGEST:
            listed.setdefault(place, tuple(member.enum))


def _member(shape: Shape, path: str) -> Shape | None:
    for part in path.split("."):
        if not isinstance(shape, StructureShape) or part not in shape.members:
            return None
        shape = shape.members[part]
        while isinstance(shape, ListShape):
            shape = shape.member
    return shape


def _values(value: Value, path: str, place: str) -> Iterator[tuple[str, Value]]:
    """The values at a dotted path, each with its place in lists."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, path, f"{place}[{index}]")
    elif not path:
        yield place, value
    elif isinstance(value, Mapping):
        head, _, rest = path.partition(".")
        yield from _values(value.get(head), rest, f"{place}.{head}" if place else head)
