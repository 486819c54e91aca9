"""NAT for private subnets: AWS's gateways, or one small instance.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-comparison.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ANYWHERE, Arguments, closed_group, distinct
from slipway.ec2 import (
    InstanceSpec,
    Placement,
    check_allocation_id,
    elastic_ip,
    hardened_instance,
    instance_type,
    session_profile,
)

from ._address_plan import PRIVATE, PUBLIC
from ._routing import NatExit, Site

NAT_NONE, NAT_SINGLE, NAT_PER_ZONE, NAT_INSTANCE = "none", "single", "per_zone", "instance"
NAT_KINDS = (NAT_NONE, NAT_SINGLE, NAT_PER_ZONE, NAT_INSTANCE)
NAT_INSTANCE_TYPE = "t4g.nano"
ALLOCATION_IDS = "nat_elastic_ip_allocation_ids"
# The iptables service loads its file at each start. The security group decides what may pass.
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
    """Checked choice of NAT."""

    kind: str
    allocation_ids: Sequence[pulumi.Input[str]]
    """The caller's Elastic IPs, one per gateway or instance; empty for new ones."""
    instance_type: str
    refresh_ami: bool


def nat_spec(arguments: Arguments, tiers: Sequence[str], zone_count: int) -> NatSpec:
    """Checked arguments about NAT."""
    kind = nat_kind(arguments, tiers)
    for key in ("nat_instance_type", "refresh_nat_ami"):
        if arguments.has(key) and kind != NAT_INSTANCE:
            raise arguments.error(key, f"is for nat {NAT_INSTANCE}, got nat {kind}; remove it")
    return NatSpec(
        kind=kind,
        allocation_ids=allocation_ids(arguments, kind, nat_count(kind, zone_count)),
        instance_type=instance_type(arguments, "nat_instance_type", NAT_INSTANCE_TYPE),
        refresh_ami=arguments.flag("refresh_nat_ami"),
    )


def nat_count(kind: str, zone_count: int) -> int:
    """Number of gateways or instances."""
    return {NAT_NONE: 0, NAT_PER_ZONE: zone_count}.get(kind, 1)


def nat_kind(arguments: Arguments, tiers: Sequence[str]) -> str:
    """Kind of NAT; all but none need both tiers, public for the NAT and private for its users."""
    has_both_tiers = {PUBLIC, PRIVATE}.issubset(tiers)
    kind = arguments.one_of("nat", NAT_KINDS, NAT_SINGLE if has_both_tiers else NAT_NONE)
    if kind != NAT_NONE and not has_both_tiers:
        rule = f"must be {NAT_NONE} with tiers {', '.join(tiers)}, got {kind!r}"
        fix = f"it joins {PRIVATE} subnets to {PUBLIC} ones; add the tier, or leave nat out"
        raise arguments.error("nat", f"{rule}; {fix}")
    return kind


def allocation_ids(arguments: Arguments, kind: str, count: int) -> Sequence[pulumi.Input[str]]:
    """The caller's Elastic IPs: as many as there are gateways or instances, and distinct."""
    if not arguments.has(ALLOCATION_IDS):
        return []
    ids = arguments.inputs(ALLOCATION_IDS)
    if not count or len(ids) != count:
        rule = f"must have one Elastic IP per NAT, which with nat {kind} is {count}"
        raise arguments.error(ALLOCATION_IDS, f"{rule}, got {len(ids)}")
    for index, allocation_id in enumerate(ids):
        check_allocation_id(arguments.who, f"{ALLOCATION_IDS}[{index}]", allocation_id)
    distinct(arguments.who, ALLOCATION_IDS, [value for value in ids if isinstance(value, str)])
    return ids


def nat_exits(
    site: Site, spec: NatSpec, vpc_cidr_block: str, public: Mapping[str, ec2.Subnet], internet_route: ec2.Route
) -> list[NatExit]:
    """The network's NAT, in the order of its zones."""
    zones = list(public)[: nat_count(spec.kind, len(public))]
    allocations: Sequence[pulumi.Input[str] | None] = spec.allocation_ids or [None] * len(zones)
    if spec.kind == NAT_INSTANCE:
        instance = nat_instance(site, spec, vpc_cidr_block, public[zones[0]])
        # The address, and with it the way out, waits for the route to the internet.
        address = elastic_ip(site.context.part("nat"), instance, allocations[0], internet_route)
        interface = instance.primary_network_interface_id
        return [NatExit(zones[0], address.public_ip, network_interface_id=interface, dependencies=[address])]
    return [
        nat_gateway(site, zone, public[zone], allocation, internet_route)
        for zone, allocation in zip(zones, allocations, strict=True)
    ]


def nat_gateway(
    site: Site, zone: str, subnet: ec2.Subnet, allocation: pulumi.Input[str] | None, internet_route: ec2.Route
) -> NatExit:
    """A gateway in a zone's public subnet."""
    name, parent = f"{site.context.name}-nat-{zone}", site.context.child.parent
    tags = site.context.tagged(name)
    # AWS refuses address and gateway before the internet gateway is attached.
    if allocation is None:
        after_route = pulumi.ResourceOptions(parent=parent, depends_on=[internet_route])
        allocation = ec2.Eip(name, domain="vpc", tags=tags, opts=after_route).id
    # An address serves one gateway at a time, so the old gateway goes before the new one.
    options = pulumi.ResourceOptions(parent=parent, depends_on=[internet_route], delete_before_replace=True)
    gateway = ec2.NatGateway(name, subnet_id=subnet.id, allocation_id=allocation, tags=tags, opts=options)
    return NatExit(zone, gateway.public_ip, nat_gateway_id=gateway.id)


def nat_instance(site: Site, spec: NatSpec, vpc_cidr_block: str, subnet: ec2.Subnet) -> ec2.Instance:
    """A hardened instance that forwards the VPC's traffic under its own address; Session Manager is the only way in."""
    context = site.context.part("nat")
    group = closed_group(context.name, site.vpc.id, "NAT instance", context.tags, context.child)
    group.let_all_in("vpc", "What the VPC sends to be forwarded", vpc_cidr_block)
    group.let_all_out("everywhere", "What it forwards", ANYWHERE)
    instance = InstanceSpec(
        instance_type=spec.instance_type,
        refresh_ami=spec.refresh_ami,
        user_data=MASQUERADE.format(vpc=vpc_cidr_block),
        is_router=True,
        has_elastic_ip=True,
    )
    profile = session_profile(context, "NAT instance")
    return hardened_instance(context, instance, Placement(subnet.id, group, profile.name))
