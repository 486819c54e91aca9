"""The resources of a new network, and what a network knows of its parts whether it made or found them.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi_aws import ec2

from slipway.common import Tags, named

from ._address_plan import ISOLATED, PRIVATE, PUBLIC
from ._endpoints import gateway_endpoint, interface_endpoints
from ._flow_log import flow_log
from ._nat import NAT_NONE, exits
from ._network_acls import network_acls
from ._network_spec import NetworkSpec, cost_drivers
from ._routing import Exit, Site, id_after, isolated_routes, open_to_internet, private_routes
from ._subnets import SubnetPlan, tier_subnets
from ._zones import zone_names


@dataclass(frozen=True)
class NetworkParts:
    """What a network gives to others."""

    vpc_id: pulumi.Output[str]
    cidr_block: pulumi.Output[str]
    ipv6_cidr_block: pulumi.Output[str | None]
    zones: pulumi.Output[Sequence[str]]
    subnet_ids: Mapping[str, Sequence[pulumi.Output[str]]]
    nat_public_ips: pulumi.Output[Sequence[str]]
    flow_log_group_name: pulumi.Output[str | None]
    cost_drivers: Sequence[str]

    def all_of(self, tier: str) -> pulumi.Output[Sequence[str]]:
        """Subnets of a tier, none where there is no such tier."""
        return pulumi.Output.all(*self.subnet_ids.get(tier, []))

    def first_of(self, tier: str) -> pulumi.Output[str]:
        """Subnet of a tier in the first zone; null where there is none, which no argument that wants one accepts."""
        return next(iter(self.subnet_ids.get(tier, [])), cast("pulumi.Output[str]", pulumi.Output.from_input(None)))


def new_network(
    component: pulumi.Resource, name: str, spec: NetworkSpec, tags: Tags | None, child: pulumi.ResourceOptions
) -> NetworkParts:
    """Make the VPC and everything in it."""
    if PRIVATE in spec.plan and spec.nat.kind == NAT_NONE and not spec.services:
        reach = " and ".join({"s3": "S3", "dynamodb": "DynamoDB"}[gateway] for gateway in spec.gateways)
        lacking = f"without nat and interface_endpoints, private subnets reach only {reach}"
        by_ipv6 = " over IPv4" if spec.ipv6 else ""
        pulumi.log.warn(f"{spec.who}: {lacking}{by_ipv6}", resource=component)
    vpc = ec2.Vpc(
        name,
        cidr_block=str(spec.network),
        assign_generated_ipv6_cidr_block=True if spec.ipv6 else None,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=named(name, tags),
        opts=child,
    )
    closed = f"{name}-default"
    ec2.DefaultSecurityGroup(closed, vpc_id=vpc.id, tags=named(closed, tags), opts=child)
    zones = zone_names(spec.who, spec.letters, spec.zone_names, child)
    site = Site(name, vpc, tags, child)
    tiers = tier_subnets(site, SubnetPlan(spec.plan, zones, spec.zone_names is None, spec.eks_tags, spec.ipv6))
    if spec.acls:
        network_acls(site, spec.acls, tiers, spec.ipv6)
    ways_out, made = routed(site, spec, tiers)
    group = flow_log(name, vpc.id, spec.flow_log_days, tags, child)
    first = next(iter(tiers.values()))
    return NetworkParts(
        vpc_id=vpc.id,
        cidr_block=vpc.cidr_block,
        ipv6_cidr_block=vpc.ipv6_cidr_block.apply(lambda block: block if spec.ipv6 else None),
        zones=pulumi.Output.all(*[first[zone].availability_zone for zone in spec.letters]),
        subnet_ids={
            tier: [id_after(subnet, ways_out[tier][zone]) for zone, subnet in subnets.items()]
            for tier, subnets in tiers.items()
        },
        nat_public_ips=pulumi.Output.all(*[it.public_ip for it in made]),
        flow_log_group_name=group.name,
        cost_drivers=cost_drivers(spec),
    )


Standing = dict[str, dict[str, list[pulumi.CustomResource]]]


def routed(site: Site, spec: NetworkSpec, tiers: Mapping[str, Mapping[str, ec2.Subnet]]) -> tuple[Standing, list[Exit]]:
    """Give each tier its ways out: tier and zone to what must stand before a workload there, and the NAT."""
    standing: Standing = {}
    made: list[Exit] = []
    public, private, isolated = (tiers.get(tier, {}) for tier in (PUBLIC, PRIVATE, ISOLATED))
    if public:
        routes, joined = open_to_internet(site, public, spec.ipv6)
        standing[PUBLIC] = {zone: [*routes, joined[zone]] for zone in public}
        made = exits(site, spec.nat, str(spec.network), public, routes[0])
    tables, standing[PRIVATE] = private_routes(site, private, made, spec.ipv6)
    inside = private or isolated
    reached: list[pulumi.CustomResource] = [
        *(gateway_endpoint(site, service, list(tables.values())) for service in spec.gateways),
        *interface_endpoints(site, spec.services, list(inside.values())),
    ]
    standing[ISOLATED] = {zone: [joined] for zone, joined in isolated_routes(site, isolated).items()}
    for tier in (PRIVATE, ISOLATED):
        standing[tier] = {zone: [*ways, *reached] for zone, ways in standing[tier].items()}
    return standing, made
