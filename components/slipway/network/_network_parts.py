"""Parts of a network for its outputs, and the resources of a new one.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi_aws import ec2

from slipway.common import Context

from ._address_plan import ISOLATED, PRIVATE, PUBLIC
from ._endpoints import gateway_endpoint, interface_endpoints
from ._flow_log import flow_log
from ._nat import NAT_NONE, nat_exits
from ._network_acls import network_acls
from ._network_spec import NetworkSpec, cost_drivers
from ._routing import NatExit, Site, isolated_routes, private_routes, public_routes, subnet_id_after
from ._subnets import SubnetPlan, tier_subnets
from ._zones import zone_names

GATEWAY_NAMES = {"s3": "S3", "dynamodb": "DynamoDB"}


@dataclass(frozen=True)
class NetworkParts:
    """Values of a network's outputs, for a new VPC and an existing one alike."""

    vpc_id: pulumi.Output[str]
    cidr_block: pulumi.Output[str]
    ipv6_cidr_block: pulumi.Output[str | None]
    zones: pulumi.Output[Sequence[str]]
    subnet_ids: Mapping[str, Sequence[pulumi.Output[str]]]
    nat_public_ips: pulumi.Output[Sequence[str]]
    flow_log_group_name: pulumi.Output[str | None]
    cost_drivers: Sequence[str]

    def all_of(self, tier: str) -> pulumi.Output[Sequence[str]]:
        """Subnets of a tier; empty without the tier."""
        return pulumi.Output.all(*self.subnet_ids.get(tier, []))

    def first_of(self, tier: str) -> pulumi.Output[str]:
        """Subnet of a tier in the first zone; null without the tier, and then every subnet_id argument refuses it."""
        return next(iter(self.subnet_ids.get(tier, [])), cast("pulumi.Output[str]", pulumi.Output.from_input(None)))


@dataclass(frozen=True)
class Connections:
    """Routes, NAT and endpoints of a network."""

    dependencies: Mapping[str, Mapping[str, Sequence[pulumi.CustomResource]]]
    """Tier to zone letter to the resources that a workload there needs to reach out."""
    exits: Sequence[NatExit]


def new_network(context: Context, spec: NetworkSpec) -> NetworkParts:
    """Create the VPC and everything in it."""
    warn_without_way_out(context, spec)
    vpc = ec2.Vpc(
        context.name,
        cidr_block=str(spec.network),
        assign_generated_ipv6_cidr_block=True if spec.ipv6 else None,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    default_group = f"{context.name}-default"
    ec2.DefaultSecurityGroup(default_group, vpc_id=vpc.id, tags=context.tagged(default_group), opts=context.child)
    names = zone_names(context, spec.zones)
    site = Site(context, vpc)
    tiers = tier_subnets(site, SubnetPlan(spec.blocks, names, spec.zones.names is None, spec.eks_tags, spec.ipv6))
    if spec.acls:
        network_acls(site, spec.acls, tiers, spec.ipv6)
    connections = connect_tiers(site, spec, tiers)
    group = flow_log(site, spec.flow_log_days)
    first_tier = next(iter(tiers.values()))
    return NetworkParts(
        vpc_id=vpc.id,
        cidr_block=vpc.cidr_block,
        ipv6_cidr_block=vpc.ipv6_cidr_block.apply(lambda block: block if spec.ipv6 else None),
        zones=pulumi.Output.all(*[first_tier[letter].availability_zone for letter in spec.zones.letters]),
        subnet_ids={
            tier: [subnet_id_after(subnet, connections.dependencies[tier][zone]) for zone, subnet in subnets.items()]
            for tier, subnets in tiers.items()
        },
        nat_public_ips=pulumi.Output.all(*[nat.public_ip for nat in connections.exits]),
        flow_log_group_name=group.name,
        cost_drivers=cost_drivers(spec),
    )


def warn_without_way_out(context: Context, spec: NetworkSpec) -> None:
    """Warn where private subnets reach nothing but gateway endpoints over IPv4."""
    if PRIVATE in spec.blocks and spec.nat.kind == NAT_NONE and not spec.services:
        services = " and ".join(GATEWAY_NAMES[gateway] for gateway in spec.gateways)
        over_ipv4 = " over IPv4" if spec.ipv6 else ""
        warning = f"without nat and interface_endpoints, private subnets reach only {services}{over_ipv4}"
        pulumi.log.warn(f"{context.who}: {warning}", resource=context.child.parent)


def connect_tiers(site: Site, spec: NetworkSpec, tiers: Mapping[str, Mapping[str, ec2.Subnet]]) -> Connections:
    """Create routes, NAT and endpoints for each tier."""
    public, private, isolated = (tiers.get(tier, {}) for tier in (PUBLIC, PRIVATE, ISOLATED))
    dependencies: dict[str, Mapping[str, Sequence[pulumi.CustomResource]]] = {}
    exits: list[NatExit] = []
    if public:
        routes = public_routes(site, public, spec.ipv6)
        dependencies[PUBLIC] = routes.ways_out
        exits = nat_exits(site, spec.nat, str(spec.network), public, routes.internet_route)
    of_private = private_routes(site, private, exits, spec.ipv6)
    endpoints: list[pulumi.CustomResource] = [
        *(gateway_endpoint(site, service, list(of_private.tables.values())) for service in spec.gateways),
        *interface_endpoints(site, spec.services, list((private or isolated).values())),
    ]
    associations = isolated_routes(site, isolated)
    dependencies[PRIVATE] = {zone: [*ways_out, *endpoints] for zone, ways_out in of_private.ways_out.items()}
    dependencies[ISOLATED] = {zone: [association, *endpoints] for zone, association in associations.items()}
    return Connections(dependencies, exits)
