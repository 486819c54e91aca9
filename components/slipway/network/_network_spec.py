"""Checked arguments of a new network.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from slipway.common import Arguments, distinct, not_empty, one_of

from ._address_plan import ISOLATED, PRIVATE, PUBLIC, TIERS, Blocks, subnet_blocks, vpc_network
from ._endpoints import service_names
from ._nat import NAT_INSTANCE, NatSpec, nat_count, nat_spec
from ._network_acls import AclSpec, acl_spec
from ._zones import ZoneSpec, zone_spec


@dataclass(frozen=True)
class NetworkSpec:
    """A new network's arguments, with every default filled in."""

    network: ipaddress.IPv4Network
    zones: ZoneSpec
    blocks: Blocks
    nat: NatSpec
    gateways: Sequence[str]
    """Services with a gateway endpoint: s3, dynamodb."""
    services: Sequence[str]
    """Services with an interface endpoint."""
    eks_tags: bool
    ipv6: bool
    acls: AclSpec | None
    flow_log_days: int


def network_spec(arguments: Arguments) -> NetworkSpec:
    """Check the arguments of a new network. Raises ArgumentError."""
    network, zones = vpc_network(arguments), zone_spec(arguments)
    tiers = arguments.texts("tiers", [PUBLIC, PRIVATE])
    not_empty(arguments.who, "tiers", tiers, f"{PUBLIC} and {PRIVATE}")
    for tier in tiers:
        one_of(arguments.who, "tiers", tier, TIERS)
    distinct(arguments.who, "tiers", tiers)
    blocks = subnet_blocks(arguments, network, zones.letters, tiers)
    services = service_names(arguments)
    if services and not {PRIVATE, ISOLATED}.intersection(tiers):
        rule = f"must have {PRIVATE} or {ISOLATED} for interface endpoints to stand in"
        raise arguments.error("tiers", f"{rule}, got {', '.join(tiers)}")
    has_dynamodb = arguments.flag("dynamodb_endpoint")
    if has_dynamodb and PRIVATE not in tiers:
        rule = f"needs the tier {PRIVATE}, got {', '.join(tiers)}"
        raise arguments.error("dynamodb_endpoint", f"{rule}; add it")
    gateways = ["s3", "dynamodb"] if has_dynamodb else ["s3"]
    return NetworkSpec(
        network=network,
        zones=zones,
        blocks=blocks,
        nat=nat_spec(arguments, tiers, len(zones.letters)),
        gateways=gateways if PRIVATE in tiers else [],
        services=services,
        eks_tags=arguments.flag("eks_subnet_tags"),
        ipv6=arguments.flag("ipv6"),
        acls=acl_spec(arguments, network),
        flow_log_days=arguments.retention_days("flow_log_retention_days"),
    )


def cost_drivers(spec: NetworkSpec) -> list[str]:
    """Billed parts of the network, a line for each, without prices: they differ by region and change."""
    zones, nats = len(spec.zones.letters), nat_count(spec.nat.kind, len(spec.zones.letters))
    lines = []
    if spec.nat.kind == NAT_INSTANCE:
        lines.append(f"1 NAT instance, {spec.nat.instance_type}: by the hour; its disk: by the GiB")
    elif nats:
        lines.append(f"{counted(nats, 'NAT gateway')}: by the hour, and by each GB through it")
    if nats:
        lines.append(f"{counted(nats, 'public IPv4 address')}: by the hour")
    if 0 < nats < zones:
        lines.append("traffic from other zones to the NAT: by each GB")
    if spec.services:
        endpoints = f"{counted(len(spec.services), 'interface endpoint')} x {counted(zones, 'zone')}"
        lines.append(f"{endpoints}: by the hour, and by each GB through it")
    return [*lines, "flow logs: by each GB taken in and kept"]


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural except for one: `2 NAT gateways`."""
    plural = f"{noun}es" if noun.endswith("ss") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
