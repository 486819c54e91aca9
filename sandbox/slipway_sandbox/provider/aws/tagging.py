"""Tags: each service has calls of its own for them, and its own shape."""

from collections.abc import Mapping

from botocore.model import StructureShape

from slipway_sandbox.provider.aws.declaration import Tags
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names, match
from slipway_sandbox.provider.protocol.readers import block
from slipway_sandbox.provider.protocol.wire import Value


def update(tags: Tags, scope: Scope) -> None:
    """Adds and removes the differences from the recorded tags."""
    if tags.set_all:
        tags.set_all(scope)
        return
    before = block(scope.state, "tagsAll")
    removed = [key for key in before if key not in scope.tags]
    added = {key: value for key, value in scope.tags.items() if before.get(key) != value}
    if removed and tags.remove and (shape := scope.shape(tags.remove)):
        member = match("tagKeys", shape.members) or match("tags", shape.members)
        is_pairs = member == "Tags"
        scope.run(tags.remove, **{str(member): [{"Key": key} for key in removed] if is_pairs else removed})
    if added:
        add(tags, scope, added)


def add(tags: Tags, scope: Scope, added: Mapping[str, str]) -> None:
    """Puts these tags on the resource."""
    if tags.set_all:
        tags.set_all(scope)
    elif tags.add and (shape := scope.shape(tags.add)):
        scope.run(tags.add, **parameter(shape, added))


def parameter(shape: StructureShape, tags: Mapping[str, str]) -> dict[str, Value]:
    """Tags as the tag member of a call: a map, or a list of keys and values."""
    member = match("tags", shape.members)
    return {str(member): mapping.convert(shape.members[member], dict(tags), Names("", {}), "tags.")}
