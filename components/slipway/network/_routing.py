"""The ways in and out of a VPC's subnets: route tables and internet gateways.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ANYWHERE, ANYWHERE_IPV6, Tags, named


@dataclass(frozen=True)
class Site:
    """Where resources are made: the component's name, its VPC, tags and options."""

    name: str
    vpc: ec2.Vpc
    tags: Tags | None
    child: pulumi.ResourceOptions


@dataclass(frozen=True)
class Exit:
    """NAT that stands in a zone."""

    zone: str
    target: Mapping[str, pulumi.Output[str]]
    """The argument of a route that leads to it."""
    public_ip: pulumi.Output[str]
    needs: Sequence[pulumi.CustomResource]
    """What must stand beside the route before anything passes."""


def id_after(subnet: ec2.Subnet, ways_out: Iterable[pulumi.CustomResource]) -> pulumi.Output[str]:
    """A subnet's id, known when everything its workloads reach the world through is there."""
    return pulumi.Output.all(subnet.id, *[way.id for way in ways_out]).apply(lambda ids: str(ids[0]))


def open_to_internet(
    site: Site, public: Mapping[str, ec2.Subnet], ipv6: bool
) -> tuple[list[ec2.Route], dict[str, ec2.RouteTableAssociation]]:
    """Public subnets to their routes to an internet gateway, IPv4's first, and each zone's association with them."""
    tags, child = site.tags, site.child
    gateway = ec2.InternetGateway(site.name, vpc_id=site.vpc.id, tags=named(site.name, tags), opts=child)
    shared = f"{site.name}-public"
    table = ec2.RouteTable(shared, vpc_id=site.vpc.id, tags=named(shared, tags), opts=child)
    routes = [
        ec2.Route(shared, route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=gateway.id, opts=child)
    ]
    if ipv6:
        routes.append(
            ec2.Route(
                f"{shared}-ipv6",
                route_table_id=table.id,
                destination_ipv6_cidr_block=ANYWHERE_IPV6,
                gateway_id=gateway.id,
                opts=child,
            )
        )
    joined = {
        zone: ec2.RouteTableAssociation(f"{shared}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=child)
        for zone, subnet in public.items()
    }
    return routes, joined


def private_routes(
    site: Site, private: Mapping[str, ec2.Subnet], exits: Sequence[Exit], ipv6: bool
) -> tuple[dict[str, ec2.RouteTable], dict[str, list[pulumi.CustomResource]]]:
    """Private subnets to a route table each, and what must stand before a workload in the zone reaches out.

    A table per zone even where one gateway serves all: going from one gateway to one per zone then changes routes only.
    """
    tables: dict[str, ec2.RouteTable] = {}
    ways_out: dict[str, list[pulumi.CustomResource]] = {}
    own = {it.zone: it for it in exits}
    one_way = None
    if ipv6 and private:
        one_way = ec2.EgressOnlyInternetGateway(
            site.name, vpc_id=site.vpc.id, tags=named(site.name, site.tags), opts=site.child
        )
    for zone, subnet in private.items():
        name = f"{site.name}-private-{zone}"
        table = ec2.RouteTable(name, vpc_id=site.vpc.id, tags=named(name, site.tags), opts=site.child)
        joined = ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=site.child)
        tables[zone], ways_out[zone] = table, [joined]
        if exits:
            way = own.get(zone, exits[0])
            route = ec2.Route(
                name, route_table_id=table.id, destination_cidr_block=ANYWHERE, opts=site.child, **way.target
            )
            ways_out[zone] += [route, *way.needs]
        if one_way:
            ways_out[zone].append(
                ec2.Route(
                    f"{name}-ipv6",
                    route_table_id=table.id,
                    destination_ipv6_cidr_block=ANYWHERE_IPV6,
                    egress_only_gateway_id=one_way.id,
                    opts=site.child,
                )
            )
    return tables, ways_out


def isolated_routes(site: Site, isolated: Mapping[str, ec2.Subnet]) -> dict[str, ec2.RouteTableAssociation]:
    """Isolated subnets to a table that has no route but the VPC's own."""
    if not isolated:
        return {}
    name = f"{site.name}-isolated"
    table = ec2.RouteTable(name, vpc_id=site.vpc.id, tags=named(name, site.tags), opts=site.child)
    return {
        zone: ec2.RouteTableAssociation(f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=site.child)
        for zone, subnet in isolated.items()
    }
