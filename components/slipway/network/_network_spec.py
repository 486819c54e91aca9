"""Arguments of a new network to their meaning, all of them checked.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slipway.common import ArgumentError, distinct, given, not_empty, one_of, retention_days

from ._address_plan import ISOLATED, PRIVATE, PUBLIC, TIERS, Blocks, check_connected, subnets, vpc_network
from ._endpoints import service_names
from ._nat import NAT_INSTANCE, NAT_NONE, NAT_PER_ZONE, NatSpec, nat_spec
from ._network_acls import AclSpec, acl_spec
from ._zones import zone_letters

CIDR_BLOCK = "10.20.0.0/16"


@dataclass(frozen=True)
class NetworkSpec:
    """A new network's arguments, checked."""

    who: str
    network: ipaddress.IPv4Network
    letters: list[str]
    zone_names: Sequence[str] | None
    plan: Blocks
    nat: NatSpec
    gateways: list[str]
    services: list[str]
    eks_tags: bool
    ipv6: bool
    acls: AclSpec | None
    flow_log_days: int


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
        nat=nat_spec(who, args, tiers, len(letters)),
        gateways=["s3", *(["dynamodb"] if dynamodb else [])] if PRIVATE in tiers else [],
        services=services,
        eks_tags=given(args.get("eks_subnet_tags"), False),
        ipv6=given(args.get("ipv6"), False),
        acls=acl_spec(who, args, network),
        flow_log_days=retention_days(who, "flow_log_retention_days", args.get("flow_log_retention_days")),
    )


def cost_drivers(spec: NetworkSpec) -> list[str]:
    """What AWS bills for the network, a line for each; prices differ by region and change."""
    zones, nat = len(spec.letters), spec.nat
    exits = {NAT_NONE: 0, NAT_PER_ZONE: zones}.get(nat.kind, 1)
    lines = []
    if nat.kind == NAT_INSTANCE:
        lines.append(f"1 NAT instance, {nat.instance_type}: by the hour; its disk: by the GiB")
    elif exits:
        lines.append(f"{counted(exits, 'NAT gateway')}: by the hour, and by each GB through it")
    if exits:
        lines.append(f"{counted(exits, 'public IPv4 address')}: by the hour")
    if 0 < exits < zones:
        lines.append("what other zones send to the NAT: by each GB")
    if spec.services:
        times = f"{counted(len(spec.services), 'interface endpoint')} x {counted(zones, 'zone')}"
        lines.append(f"{times}: by the hour, and by each GB through it")
    return [*lines, "flow logs: by each GB taken in and kept"]


def counted(number: int, what: str) -> str:
    """A number and what it is of, in the plural but for one."""
    plural = f"{what}es" if what.endswith("ss") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
