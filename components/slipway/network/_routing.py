"""Routes of a VPC's subnets: route tables and internet gateways.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ANYWHERE, ANYWHERE_IPV6, Context


@dataclass(frozen=True)
class Site:
    """A new VPC, and its component."""

    context: Context
    vpc: ec2.Vpc


@dataclass(frozen=True)
class NatExit:
    """NAT in one zone: a gateway or a network interface of an instance."""

    zone: str
    public_ip: pulumi.Output[str]
    nat_gateway_id: pulumi.Output[str] | None = None
    network_interface_id: pulumi.Output[str] | None = None
    dependencies: Sequence[pulumi.CustomResource] = ()
    """Resources that must exist, besides the route, before the NAT forwards."""


@dataclass(frozen=True)
class PublicRoutes:
    """Routes of the public subnets."""

    internet_route: ec2.Route
    """The IPv4 route to the internet gateway."""
    ways_out: Mapping[str, Sequence[pulumi.CustomResource]]
    """Zone letter to the resources that a workload there needs to reach the internet."""


@dataclass(frozen=True)
class PrivateRoutes:
    """Routes of the private subnets, by zone letter."""

    tables: Mapping[str, ec2.RouteTable]
    ways_out: Mapping[str, Sequence[pulumi.CustomResource]]


def subnet_id_after(subnet: ec2.Subnet, dependencies: Iterable[pulumi.CustomResource]) -> pulumi.Output[str]:
    """A subnet's id, known once the dependencies exist."""
    return pulumi.Output.all(subnet.id, *[resource.id for resource in dependencies]).apply(lambda ids: str(ids[0]))


def route_table(site: Site, name: str) -> ec2.RouteTable:
    """A route table with the VPC's own route only."""
    return ec2.RouteTable(name, vpc_id=site.vpc.id, tags=site.context.tagged(name), opts=site.context.child)


def public_routes(site: Site, subnets: Mapping[str, ec2.Subnet], ipv6: bool) -> PublicRoutes:
    """One route table for all public subnets, with routes to an internet gateway."""
    name, child = f"{site.context.name}-public", site.context.child
    gateway = ec2.InternetGateway(
        site.context.name, vpc_id=site.vpc.id, tags=site.context.tagged(site.context.name), opts=child
    )
    table = route_table(site, name)
    internet_route = ec2.Route(
        name, route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=gateway.id, opts=child
    )
    routes = [internet_route]
    if ipv6:
        ipv6_route = ec2.Route(
            f"{name}-ipv6",
            route_table_id=table.id,
            destination_ipv6_cidr_block=ANYWHERE_IPV6,
            gateway_id=gateway.id,
            opts=child,
        )
        routes.append(ipv6_route)
    ways_out = {
        zone: [
            *routes,
            ec2.RouteTableAssociation(f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=child),
        ]
        for zone, subnet in subnets.items()
    }
    return PublicRoutes(internet_route, ways_out)


def private_routes(
    site: Site, subnets: Mapping[str, ec2.Subnet], exits: Sequence[NatExit], ipv6: bool
) -> PrivateRoutes:
    """A route table per zone, with routes to NAT and to an egress-only gateway.

    One gateway for all zones has a table per zone too: a change to a gateway per zone then changes routes only.
    """
    tables: dict[str, ec2.RouteTable] = {}
    ways_out: dict[str, list[pulumi.CustomResource]] = {}
    exit_of_zone = {nat.zone: nat for nat in exits}
    egress_only = None
    if ipv6 and subnets:
        egress_only = ec2.EgressOnlyInternetGateway(
            site.context.name,
            vpc_id=site.vpc.id,
            tags=site.context.tagged(site.context.name),
            opts=site.context.child,
        )
    for zone, subnet in subnets.items():
        name = f"{site.context.name}-private-{zone}"
        table = tables[zone] = route_table(site, name)
        association = ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=table.id, opts=site.context.child
        )
        ways_out[zone] = [association]
        if exits:
            nat = exit_of_zone.get(zone, exits[0])
            route = ec2.Route(
                name,
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=nat.nat_gateway_id,
                network_interface_id=nat.network_interface_id,
                opts=site.context.child,
            )
            ways_out[zone] += [route, *nat.dependencies]
        if egress_only:
            ipv6_route = ec2.Route(
                f"{name}-ipv6",
                route_table_id=table.id,
                destination_ipv6_cidr_block=ANYWHERE_IPV6,
                egress_only_gateway_id=egress_only.id,
                opts=site.context.child,
            )
            ways_out[zone].append(ipv6_route)
    return PrivateRoutes(tables, ways_out)


def isolated_routes(site: Site, subnets: Mapping[str, ec2.Subnet]) -> dict[str, ec2.RouteTableAssociation]:
    """Zone letter to the subnet's association with a table that has the VPC's own route only."""
    if not subnets:
        return {}
    name = f"{site.context.name}-isolated"
    table = route_table(site, name)
    return {
        zone: ec2.RouteTableAssociation(
            f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=site.context.child
        )
        for zone, subnet in subnets.items()
    }
