"""Shared by all EC2 resources."""

from collections.abc import Iterable, Mapping

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Tags, Template, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.wire import Properties, Value

TAGS = Tags(
    add=Call("create_tags", {"Resources": ["{id}"]}),
    remove=Call("delete_tags", {"Resources": ["{id}"]}),
    on_create=False,
)


def delete_interfaces(scope: Scope, interface_ids: Iterable[str]) -> None:
    """Deletes a deleted resource's network interfaces: EC2 does so, moto leaves them behind."""
    for interface_id in filter(None, interface_ids):
        try:
            scope.call("delete_network_interface", NetworkInterfaceId=interface_id)
        except AwsError as error:
            if "NotFound" not in error.code:
                raise


def filter_list(values: Properties) -> list[dict[str, Value]]:
    """Filters of a describe call, one value each."""
    return [{"Name": name, "Values": [value]} for name, value in values.items()]


def arn(kind: str) -> str:
    """Template of the ARN of an EC2 resource."""
    return f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"


def one_by_one(operation: str, params: Mapping[str, Template], properties: str) -> tuple[Update, ...]:
    """Updates for a call with one attribute at a time, such as EC2's modify calls."""
    return tuple(Update(name, Call(operation, params)) for name in properties.split())
