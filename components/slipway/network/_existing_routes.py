"""Whether the subnets of a VPC that is there already are routed as their tier says.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ANYWHERE, ANYWHERE_IPV6, ArgumentError

from ._address_plan import ISOLATED, PRIVATE, PUBLIC

EVERYWHERE = (ANYWHERE, ANYWHERE_IPV6)


@dataclass(frozen=True)
class Table:
    """A route table, as far as it leads out of the VPC."""

    id: str
    to_internet: bool
    """Both ways, through an internet gateway."""
    out: bool
    """Everywhere, through anything."""


def check_routes(who: str, vpc_id: str, subnets: Mapping[str, Sequence[str]], options: pulumi.InvokeOptions) -> None:
    """Refuse public subnets without the internet, private ones without a way out, isolated ones with one."""
    tables: dict[str, Table] = {}
    lacking: tuple[str, Table] | None = None
    for tier, ids in subnets.items():
        for subnet in ids:
            table = table_of(vpc_id, subnet, tables, options)
            got = f"got {subnet} with route table {table.id}"
            if tier == PUBLIC and not table.to_internet:
                rule = f"must be routed to an internet gateway, {got}, which is not"
                raise ArgumentError(f"{who}: public_subnet_ids {rule}; name it in another tier, or add the route")
            if tier == PRIVATE and table.to_internet:
                rule = f"must not be routed to an internet gateway, {got}, which is"
                raise ArgumentError(f"{who}: private_subnet_ids {rule}; name it in public_subnet_ids")
            if tier == ISOLATED and table.out:
                rule = f"must have no way out, {got}, which has one"
                raise ArgumentError(f"{who}: isolated_subnet_ids {rule}; name it in another tier")
            if tier == PRIVATE and not table.out:
                lacking = lacking or (subnet, table)
    if lacking and not has_endpoints(vpc_id, options):
        subnet, table = lacking
        rule = f"must have a way out or interface endpoints, got {subnet} with route table {table.id}"
        fix = "add NAT or endpoints, or name it in isolated_subnet_ids"
        raise ArgumentError(f"{who}: private_subnet_ids {rule} and none in {vpc_id}; {fix}")


def table_of(vpc_id: str, subnet: str, known: dict[str, Table], options: pulumi.InvokeOptions) -> Table:
    """The route table that a subnet is associated with, else the VPC's main one."""
    own: list[ec2.GetRouteTablesFilterArgsDict] = [{"name": "association.subnet-id", "values": [subnet]}]
    main: list[ec2.GetRouteTablesFilterArgsDict] = [{"name": "association.main", "values": ["true"]}]
    found = ec2.get_route_tables(vpc_id=vpc_id, filters=own, opts=options).ids
    [table_id] = found or ec2.get_route_tables(vpc_id=vpc_id, filters=main, opts=options).ids
    if table_id not in known:
        routes = ec2.get_route_table(route_table_id=table_id, opts=options).routes
        ways = [it for it in routes if it.cidr_block in EVERYWHERE or it.ipv6_cidr_block in EVERYWHERE]
        to_internet = any(it.gateway_id.startswith("igw-") for it in ways)
        known[table_id] = Table(table_id, to_internet, bool(ways))
    return known[table_id]


def has_endpoints(vpc_id: str, options: pulumi.InvokeOptions) -> bool:
    """Whether there is any interface endpoint in the VPC, by the network interfaces that endpoints have."""
    of_endpoints: list[ec2.GetNetworkInterfacesFilterArgsDict] = [
        {"name": "vpc-id", "values": [vpc_id]},
        {"name": "interface-type", "values": ["vpc_endpoint"]},
    ]
    return bool(ec2.get_network_interfaces(filters=of_endpoints, opts=options).ids)
