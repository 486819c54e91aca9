"""Shared by all EC2 resources."""

import ipaddress
from collections.abc import Iterable, Mapping

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Failures, Tags, Template, Update
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


def cidr_failures(path: str, cidrs: Value) -> Failures:
    """Networks with host bits in a list, as the real provider refuses them; unknown ones pass.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/types/cidr_block.go

    >>> cidr_failures("cidrBlocks", ["10.0.0.0/8", "10.0.0.5/8"])
    [('cidrBlocks[1]', '"10.0.0.5/8" is not a valid CIDR block; did you mean "10.0.0.0/8"?')]
    """
    failures: Failures = []
    for index, cidr in enumerate(cidrs if isinstance(cidrs, list) else []):
        if isinstance(cidr, str) and (hint := _cidr_hint(cidr)):
            failures.append((f"{path}[{index}]", f'"{cidr}" is not a valid CIDR block{hint}'))
    return failures


def _cidr_hint(cidr: str) -> str:
    try:
        network, address = ipaddress.ip_network(cidr, strict=False), ipaddress.ip_interface(cidr).ip
    except ValueError:
        return f": invalid CIDR address: {cidr}"
    if "/" not in cidr:
        return f": invalid CIDR address: {cidr}"
    return "" if address == network.network_address else f'; did you mean "{network}"?'
