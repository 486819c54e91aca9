"""What every EC2 resource shares."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope

TAGS = Tags(
    add=Call("create_tags", {"Resources": ["{id}"]}),
    remove=Call("delete_tags", {"Resources": ["{id}"]}),
    on_create=False,
)


def delete_interfaces(scope: Scope, interface_ids: Iterable[str | None]) -> None:
    """Deletes network interfaces that EC2 takes away with what they belonged to, and moto leaves behind."""
    for each in filter(None, interface_ids):
        try:
            scope.call("delete_network_interface", NetworkInterfaceId=each)
        except AwsError as error:
            if "NotFound" not in error.code:
                raise


def arn(kind: str) -> str:
    """Template of the ARN of an EC2 resource."""
    return f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"


def one_by_one(operation: str, params: Mapping[str, Any], properties: str) -> tuple[Update, ...]:
    """Updates for a call that changes one attribute at a time, as EC2's modify calls do."""
    return tuple(Update(name, Call(operation, params)) for name in properties.split())
