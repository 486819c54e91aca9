"""NAT for private subnets: gateways of AWS's, or one small instance that masquerades.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-comparison.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2

from slipway.common import ANYWHERE, ArgumentError, closed_group, distinct, given, named, one_of
from slipway.ec2 import Machine, check_allocation_id, elastic_ip, hardened_instance, session_profile, type_name

from ._address_plan import PRIVATE, PUBLIC
from ._routing import Exit, Site

NAT_NONE, NAT_SINGLE, NAT_PER_ZONE, NAT_INSTANCE = "none", "single", "per_zone", "instance"
NAT_KINDS = (NAT_NONE, NAT_SINGLE, NAT_PER_ZONE, NAT_INSTANCE)
NAT_INSTANCE_TYPE = "t4g.nano"
# iptables' service loads its file at each start; what may pass is for the security group to say.
# https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html
MASQUERADE = """#!/bin/sh
set -eu
# The Elastic IP, and with it the way to the packages, comes after the first start.
until dnf install -y iptables-services; do sleep 5; done
echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-nat.conf
sysctl --load=/etc/sysctl.d/90-nat.conf
cat > /etc/sysconfig/iptables <<'END'
*nat
-A POSTROUTING -s {vpc} ! -d {vpc} -j MASQUERADE
COMMIT
END
systemctl enable iptables
systemctl restart iptables
"""


@dataclass(frozen=True)
class NatSpec:
    """The NAT asked for, checked."""

    kind: str
    allocation_ids: Sequence[pulumi.Input[str]]
    """Elastic IPs of the caller's, one per gateway or instance; none: they are made."""
    instance_type: str
    refresh_ami: bool


def nat_spec(who: str, args: Mapping[str, Any], tiers: Sequence[str], zone_count: int) -> NatSpec:
    """Arguments about NAT to their meaning."""
    kind = nat_kind(who, args.get("nat"), tiers)
    for argument in ("nat_instance_type", "refresh_nat_ami"):
        if args.get(argument) is not None and kind != NAT_INSTANCE:
            raise ArgumentError(f"{who}: {argument} is for nat {NAT_INSTANCE}, got nat {kind}; remove it")
    needed = {NAT_NONE: 0, NAT_PER_ZONE: zone_count}.get(kind, 1)
    return NatSpec(
        kind=kind,
        allocation_ids=allocations(who, args.get("nat_allocation_ids"), kind, needed),
        instance_type=type_name(who, given(args.get("nat_instance_type"), NAT_INSTANCE_TYPE), "nat_instance_type"),
        refresh_ami=given(args.get("refresh_nat_ami"), False),
    )


def nat_kind(who: str, asked: str | None, tiers: Sequence[str]) -> str:
    """The way out of private subnets: NAT stands in a public subnet and serves private ones."""
    possible = {PUBLIC, PRIVATE}.issubset(tiers)
    nat = one_of(who, "nat", given(asked, NAT_SINGLE if possible else NAT_NONE), NAT_KINDS)
    if nat != NAT_NONE and not possible:
        fix = f"it joins {PRIVATE} subnets to {PUBLIC} ones; add the tier, or leave nat out"
        raise ArgumentError(f"{who}: nat must be {NAT_NONE} with tiers {', '.join(tiers)}, got {nat!r}; {fix}")
    return nat


def allocations(
    who: str, asked: Sequence[pulumi.Input[str]] | None, nat: str, needed: int
) -> Sequence[pulumi.Input[str]]:
    """The caller's Elastic IPs: as many as there are gateways, none twice."""
    if asked is None:
        return []
    if not needed or len(asked) != needed:
        rule = f"must have one Elastic IP per NAT, which with nat {nat} is {needed}"
        raise ArgumentError(f"{who}: nat_allocation_ids {rule}, got {len(asked)}")
    for index, value in enumerate(asked):
        check_allocation_id(who, f"nat_allocation_ids[{index}]", value)
    distinct(who, "nat_allocation_ids", [value for value in asked if isinstance(value, str)])
    return asked


def exits(site: Site, nat: NatSpec, vpc: str, public: Mapping[str, ec2.Subnet], to_internet: ec2.Route) -> list[Exit]:
    """The NAT asked for, in the order of the zones that it stands in; `vpc` is the network's range."""
    zones = {NAT_NONE: [], NAT_PER_ZONE: list(public)}.get(nat.kind, list(public)[:1])
    own: Sequence[pulumi.Input[str] | None] = nat.allocation_ids or [None] * len(zones)
    if nat.kind == NAT_INSTANCE:
        return [nat_instance(site, nat, vpc, zones[0], public[zones[0]], own[0], to_internet)]
    return [
        nat_gateway(site, zone, public[zone], allocation, to_internet)
        for zone, allocation in zip(zones, own, strict=True)
    ]


def nat_gateway(
    site: Site, zone: str, subnet: ec2.Subnet, allocation: pulumi.Input[str] | None, to_internet: ec2.Route
) -> Exit:
    """A gateway in a zone's public subnet."""
    name = f"{site.name}-nat-{zone}"
    # AWS refuses both before the internet gateway is attached.
    if allocation is None:
        after_route = pulumi.ResourceOptions(parent=site.child.parent, depends_on=[to_internet])
        allocation = ec2.Eip(name, domain="vpc", tags=named(name, site.tags), opts=after_route).id
    # An address serves one gateway at a time, so a new gateway cannot stand before the old one is gone.
    one_at_a_time = pulumi.ResourceOptions(
        parent=site.child.parent, depends_on=[to_internet], delete_before_replace=True
    )
    gateway = ec2.NatGateway(
        name, subnet_id=subnet.id, allocation_id=allocation, tags=named(name, site.tags), opts=one_at_a_time
    )
    return Exit(zone, {"nat_gateway_id": gateway.id}, gateway.public_ip, [])


def nat_instance(
    site: Site,
    nat: NatSpec,
    vpc: str,
    zone: str,
    subnet: ec2.Subnet,
    allocation: pulumi.Input[str] | None,
    to_internet: ec2.Route,
) -> Exit:
    """An instance that forwards what the VPC sends, as itself; hardened like a bastion, reached by Session Manager only."""
    name = f"{site.name}-nat"
    gate = closed_group(name, site.vpc.id, f"NAT of {site.name}", site.tags, site.child)
    gate.let_all_in("vpc", "What the VPC sends to be forwarded", vpc)
    gate.let_all_out("everywhere", "What it forwards", ANYWHERE)
    machine = Machine(
        instance_type=nat.instance_type,
        subnet_id=subnet.id,
        security_group_id=gate.group_id,
        profile_name=session_profile(name, "NAT instance", site.tags, site.child).name,
        key_name=None,
        refresh_ami=nat.refresh_ami,
        user_data=MASQUERADE.format(vpc=vpc),
        forwards=True,
        has_elastic_ip=True,
    )
    instance = hardened_instance(name, machine, site.tags, site.child)
    tied = pulumi.ResourceOptions(parent=site.child.parent, depends_on=[to_internet])
    address = elastic_ip(name, instance, allocation, site.tags, tied)
    target = {"network_interface_id": instance.primary_network_interface_id}
    return Exit(zone, target, address.public_ip, [address])
