"""What every EC2 resource shares."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.declaration import Call, Tags, Update

TAGS = Tags(
    add=Call("create_tags", {"Resources": ["{id}"]}),
    remove=Call("delete_tags", {"Resources": ["{id}"]}),
    on_create=False,
)


def arn(kind: str) -> str:
    """Template of the ARN of an EC2 resource."""
    return f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"


def one_by_one(operation: str, params: Mapping[str, Any], properties: str) -> tuple[Update, ...]:
    """Updates for a call that changes one attribute at a time, as EC2's modify calls do."""
    return tuple(Update(name, Call(operation, params)) for name in properties.split())
