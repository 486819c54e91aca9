"""The ways in and out of a VPC's subnets: route tables and gateways.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from ._rules import ANYWHERE
from ._tags import Tags, named


@dataclass(frozen=True)
class Site:
    """Where resources are made: the component's name, its VPC, tags and options."""

    name: str
    vpc: ec2.Vpc
    tags: Tags | None
    child: pulumi.ResourceOptions


def id_after(subnet: ec2.Subnet, ways_out: Iterable[pulumi.CustomResource]) -> pulumi.Output[str]:
    """A subnet's id, known when everything its workloads reach the world through is there."""
    return pulumi.Output.all(subnet.id, *[way.id for way in ways_out]).apply(lambda ids: str(ids[0]))


def open_to_internet(
    site: Site, public: Mapping[str, ec2.Subnet]
) -> tuple[ec2.Route, dict[str, ec2.RouteTableAssociation]]:
    """Public subnets to their route to an internet gateway, and each zone's association with it."""
    tags, child = site.tags, site.child
    gateway = ec2.InternetGateway(site.name, vpc_id=site.vpc.id, tags=named(site.name, tags), opts=child)
    shared = f"{site.name}-public"
    table = ec2.RouteTable(shared, vpc_id=site.vpc.id, tags=named(shared, tags), opts=child)
    route = ec2.Route(
        shared, route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=gateway.id, opts=child
    )
    joined = {
        zone: ec2.RouteTableAssociation(f"{shared}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=child)
        for zone, subnet in public.items()
    }
    return route, joined


def nat_gateways(
    site: Site, public: Mapping[str, ec2.Subnet], to_internet: ec2.Route
) -> dict[str, tuple[ec2.NatGateway, ec2.Eip]]:
    """Zones to a NAT gateway and its address each."""
    made = {}
    for zone, subnet in public.items():
        name = f"{site.name}-nat-{zone}"
        after_route = pulumi.ResourceOptions(parent=site.child.parent, depends_on=[to_internet])
        address = ec2.Eip(name, domain="vpc", tags=named(name, site.tags), opts=after_route)
        # An address serves one gateway at a time, so a new gateway cannot stand before the old one is gone.
        one_at_a_time = pulumi.ResourceOptions(
            parent=site.child.parent, depends_on=[to_internet], delete_before_replace=True
        )
        gateway = ec2.NatGateway(
            name, subnet_id=subnet.id, allocation_id=address.id, tags=named(name, site.tags), opts=one_at_a_time
        )
        made[zone] = (gateway, address)
    return made


def private_routes(
    site: Site, private: Mapping[str, ec2.Subnet], gateways: Sequence[tuple[str, ec2.NatGateway]]
) -> tuple[dict[str, ec2.RouteTable], dict[str, list[pulumi.CustomResource]]]:
    """Private subnets to a route table each, and what must stand before a workload in the zone reaches out.

    A table per zone even where one gateway serves all: going from one gateway to one per zone then changes routes only.
    """
    tables: dict[str, ec2.RouteTable] = {}
    ways_out: dict[str, list[pulumi.CustomResource]] = {}
    own = dict(gateways)
    for zone, subnet in private.items():
        name = f"{site.name}-private-{zone}"
        table = ec2.RouteTable(name, vpc_id=site.vpc.id, tags=named(name, site.tags), opts=site.child)
        joined = ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=site.child)
        tables[zone], ways_out[zone] = table, [joined]
        if gateways:
            gateway = own.get(zone, gateways[0][1])
            ways_out[zone].append(
                ec2.Route(
                    name,
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    nat_gateway_id=gateway.id,
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
