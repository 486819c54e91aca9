"""The resources of a new network, and what a network knows of its parts whether it made or found them.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi_aws import ec2

from ._address_plan import ISOLATED, PRIVATE, PUBLIC, TIERS, Blocks, check_connected, subnets, vpc_network
from ._checks import ArgumentError, distinct, given, not_empty, one_of
from ._endpoints import gateway_endpoint, interface_endpoints, service_names
from ._flow_log import flow_log
from ._logs import retention_days
from ._routing import Site, id_after, isolated_routes, nat_gateways, open_to_internet, private_routes
from ._subnets import tier_subnets
from ._tags import Tags, named
from ._zones import zone_letters, zone_names

CIDR_BLOCK = "10.20.0.0/16"
NAT_NONE, NAT_SINGLE, NAT_PER_ZONE = "none", "single", "per_zone"


@dataclass(frozen=True)
class NetworkSpec:
    """A new network's arguments, checked."""

    who: str
    network: ipaddress.IPv4Network
    letters: list[str]
    zone_names: Sequence[str] | None
    plan: Blocks
    nat: str
    gateways: list[str]
    services: list[str]
    eks_tags: bool
    flow_log_days: int


@dataclass(frozen=True)
class NetworkParts:
    """What a network gives to others."""

    vpc_id: pulumi.Output[str]
    cidr_block: pulumi.Output[str]
    zones: pulumi.Output[Sequence[str]]
    subnet_ids: Mapping[str, Sequence[pulumi.Output[str]]]
    nat_public_ips: pulumi.Output[Sequence[str]]
    flow_log_group_name: pulumi.Output[str | None]

    def all_of(self, tier: str) -> pulumi.Output[Sequence[str]]:
        """Subnets of a tier, none where there is no such tier."""
        return pulumi.Output.all(*self.subnet_ids.get(tier, []))

    def first_of(self, tier: str) -> pulumi.Output[str]:
        """Subnet of a tier in the first zone; null where there is none, which no argument that wants one accepts."""
        return next(iter(self.subnet_ids.get(tier, [])), cast("pulumi.Output[str]", pulumi.Output.from_input(None)))


def network_spec(who: str, args: Mapping[str, Any]) -> NetworkSpec:
    """Arguments of a new network to their meaning."""
    network = vpc_network(who, given(args.get("cidr_block"), CIDR_BLOCK))
    check_connected(who, network, given(args.get("connected_cidr_blocks"), []))
    letters = zone_letters(who, args.get("availability_zones"), args.get("zone_count"))
    tiers = given(args.get("tiers"), [PUBLIC, PRIVATE])
    not_empty(who, "tiers", tiers, f"{PUBLIC} and {PRIVATE}")
    for tier in tiers:
        one_of(who, "tiers", tier, TIERS)
    distinct(who, "tiers", tiers)
    plan = subnets(who, network, letters, tiers, given(args.get("subnet_cidr_blocks"), {}))
    services = service_names(who, given(args.get("interface_endpoints"), []), given(args.get("endpoints_for"), []))
    if services and not {PRIVATE, ISOLATED}.intersection(tiers):
        rule = f"tiers must have {PRIVATE} or {ISOLATED} for interface endpoints to stand in"
        raise ArgumentError(f"{who}: {rule}, got {', '.join(tiers)}")
    dynamodb = given(args.get("dynamodb_endpoint"), False)
    if dynamodb and PRIVATE not in tiers:
        raise ArgumentError(f"{who}: dynamodb_endpoint needs the tier {PRIVATE}, got {', '.join(tiers)}; add it")
    return NetworkSpec(
        who=who,
        network=network,
        letters=letters,
        zone_names=args.get("availability_zones"),
        plan=plan,
        nat=nat_kind(who, args.get("nat"), tiers),
        gateways=["s3", *(["dynamodb"] if dynamodb else [])] if PRIVATE in tiers else [],
        services=services,
        eks_tags=given(args.get("eks_subnet_tags"), False),
        flow_log_days=retention_days(who, "flow_log_retention_days", args.get("flow_log_retention_days")),
    )


def nat_kind(who: str, asked: str | None, tiers: Sequence[str]) -> str:
    """The way out of private subnets: a gateway stands in a public subnet and serves private ones."""
    possible = {PUBLIC, PRIVATE}.issubset(tiers)
    nat = one_of(who, "nat", given(asked, NAT_SINGLE if possible else NAT_NONE), (NAT_NONE, NAT_SINGLE, NAT_PER_ZONE))
    if nat != NAT_NONE and not possible:
        fix = f"a gateway joins {PRIVATE} subnets to {PUBLIC} ones; add the tier, or leave nat out"
        raise ArgumentError(f"{who}: nat must be {NAT_NONE} with tiers {', '.join(tiers)}, got {nat!r}; {fix}")
    return nat


def new_network(
    component: pulumi.Resource, name: str, spec: NetworkSpec, tags: Tags | None, child: pulumi.ResourceOptions
) -> NetworkParts:
    """Make the VPC and everything in it."""
    if PRIVATE in spec.plan and spec.nat == NAT_NONE and not spec.services:
        reach = " and ".join({"s3": "S3", "dynamodb": "DynamoDB"}[gateway] for gateway in spec.gateways)
        lacking = f"without nat and interface_endpoints, private subnets reach only {reach}"
        pulumi.log.warn(f"{spec.who}: {lacking}", resource=component)
    vpc = ec2.Vpc(
        name,
        cidr_block=str(spec.network),
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=named(name, tags),
        opts=child,
    )
    closed = f"{name}-default"
    ec2.DefaultSecurityGroup(closed, vpc_id=vpc.id, tags=named(closed, tags), opts=child)
    zones = zone_names(spec.who, spec.letters, spec.zone_names, child)
    site = Site(name, vpc, tags, child)
    tiers = tier_subnets(site, spec.plan, zones, spec.zone_names is None, spec.eks_tags)
    ways_out, addresses = routed(site, spec, tiers)
    group = flow_log(name, vpc.id, spec.flow_log_days, tags, child)
    first = next(iter(tiers.values()))
    return NetworkParts(
        vpc_id=vpc.id,
        cidr_block=vpc.cidr_block,
        zones=pulumi.Output.all(*[first[zone].availability_zone for zone in spec.letters]),
        subnet_ids={
            tier: [id_after(subnet, ways_out[tier][zone]) for zone, subnet in made.items()]
            for tier, made in tiers.items()
        },
        nat_public_ips=pulumi.Output.all(*[address.public_ip for address in addresses]),
        flow_log_group_name=group.name,
    )


Standing = dict[str, dict[str, list[pulumi.CustomResource]]]


def routed(
    site: Site, spec: NetworkSpec, tiers: Mapping[str, Mapping[str, ec2.Subnet]]
) -> tuple[Standing, list[ec2.Eip]]:
    """Give each tier its ways out: tier and zone to what must stand before a workload there, and the NAT's addresses."""
    standing: Standing = {}
    addresses: list[ec2.Eip] = []
    gateways: list[tuple[str, ec2.NatGateway]] = []
    public, private, isolated = (tiers.get(tier, {}) for tier in (PUBLIC, PRIVATE, ISOLATED))
    if public:
        route, joined = open_to_internet(site, public)
        standing[PUBLIC] = {zone: [route, joined[zone]] for zone in public}
        with_nat = {NAT_NONE: [], NAT_SINGLE: spec.letters[:1], NAT_PER_ZONE: spec.letters}[spec.nat]
        exits = nat_gateways(site, {zone: public[zone] for zone in with_nat}, route)
        addresses = [address for _, address in exits.values()]
        gateways = [(zone, gateway) for zone, (gateway, _) in exits.items()]
    tables, standing[PRIVATE] = private_routes(site, private, gateways)
    inside = private or isolated
    reached: list[pulumi.CustomResource] = [
        *(gateway_endpoint(site, service, list(tables.values())) for service in spec.gateways),
        *interface_endpoints(site, spec.services, list(inside.values())),
    ]
    standing[ISOLATED] = {zone: [joined] for zone, joined in isolated_routes(site, isolated).items()}
    for tier in (PRIVATE, ISOLATED):
        standing[tier] = {zone: [*ways, *reached] for zone, ways in standing[tier].items()}
    return standing, addresses
