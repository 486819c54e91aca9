"""Routes of an existing VPC's subnets, compared with their tiers.

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
class RouteTable:
    """Default routes of a route table."""

    id: str
    to_internet: bool
    """A default route goes to an internet gateway, open in both directions."""
    has_default_route: bool
    """A default route goes somewhere, such as to NAT."""


def check_routes(who: str, vpc_id: str, subnets: Mapping[str, Sequence[str]], options: pulumi.InvokeOptions) -> None:
    """Refuse public subnets without the internet, private ones without a way out, isolated ones with a way out."""
    tables: dict[str, RouteTable] = {}
    without_way_out: list[tuple[str, RouteTable]] = []
    for tier, ids in subnets.items():
        for subnet in ids:
            table = table_of(vpc_id, subnet, tables, options)
            check_route(f"{who}: {tier}_subnet_ids", tier, subnet, table)
            if tier == PRIVATE and not table.has_default_route:
                without_way_out.append((subnet, table))
    if without_way_out and not has_interface_endpoints(vpc_id, options):
        subnet, table = without_way_out[0]
        rule = f"must have a way out or interface endpoints, got {subnet} with route table {table.id}"
        fix = "add NAT or endpoints, or name it in isolated_subnet_ids"
        raise ArgumentError(f"{who}: private_subnet_ids {rule} and none in {vpc_id}; {fix}")


def check_route(argument: str, tier: str, subnet: str, table: RouteTable) -> None:
    """Refuse a subnet whose default routes contradict its tier."""
    got = f"got {subnet} with route table {table.id}"
    if tier == PUBLIC and not table.to_internet:
        rule = f"must be routed to an internet gateway, {got}, which is not"
        raise ArgumentError(f"{argument} {rule}; name it in another tier, or add the route")
    if tier == PRIVATE and table.to_internet:
        rule = f"must not be routed to an internet gateway, {got}, which is"
        raise ArgumentError(f"{argument} {rule}; name it in public_subnet_ids")
    if tier == ISOLATED and table.has_default_route:
        raise ArgumentError(f"{argument} must have no way out, {got}, which has one; name it in another tier")


def table_of(vpc_id: str, subnet: str, known: dict[str, RouteTable], options: pulumi.InvokeOptions) -> RouteTable:
    """The subnet's own route table, otherwise the VPC's main one; `known` keeps the tables looked up so far."""
    own: list[ec2.GetRouteTablesFilterArgsDict] = [{"name": "association.subnet-id", "values": [subnet]}]
    main: list[ec2.GetRouteTablesFilterArgsDict] = [{"name": "association.main", "values": ["true"]}]
    ids = ec2.get_route_tables(vpc_id=vpc_id, filters=own, opts=options).ids
    [table_id] = ids or ec2.get_route_tables(vpc_id=vpc_id, filters=main, opts=options).ids
    if table_id not in known:
        routes = ec2.get_route_table(route_table_id=table_id, opts=options).routes
        defaults = [route for route in routes if route.cidr_block in EVERYWHERE or route.ipv6_cidr_block in EVERYWHERE]
        to_internet = any(route.gateway_id.startswith("igw-") for route in defaults)
        known[table_id] = RouteTable(table_id, to_internet, bool(defaults))
    return known[table_id]


def has_interface_endpoints(vpc_id: str, options: pulumi.InvokeOptions) -> bool:
    """The VPC has an interface endpoint, seen by its network interface."""
    filters: list[ec2.GetNetworkInterfacesFilterArgsDict] = [
        {"name": "vpc-id", "values": [vpc_id]},
        {"name": "interface-type", "values": ["vpc_endpoint"]},
    ]
    return bool(ec2.get_network_interfaces(filters=filters, opts=options).ids)
