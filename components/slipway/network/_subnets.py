"""Subnets of a network: one for each tier and zone.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import Tags, named

from ._address_plan import PRIVATE, PUBLIC, Blocks, reserved_ipv6_block
from ._routing import Site

EKS_TAGS = {PUBLIC: "kubernetes.io/role/elb", PRIVATE: "kubernetes.io/role/internal-elb"}


@dataclass(frozen=True)
class SubnetPlan:
    """Choices for all subnets of a network."""

    blocks: Blocks
    zone_names: Mapping[str, pulumi.Input[str]]
    """Zone letter to zone name."""
    zones_looked_up: bool
    eks_tags: bool
    ipv6: bool


def tier_subnets(site: Site, plan: SubnetPlan) -> dict[str, dict[str, ec2.Subnet]]:
    """Tier to zone letter to subnet."""
    return {
        tier: {letter: subnet(site, plan, tier, letter) for letter in blocks} for tier, blocks in plan.blocks.items()
    }


def subnet(site: Site, plan: SubnetPlan, tier: str, letter: str) -> ec2.Subnet:
    """One subnet. It keeps a looked-up zone, because a region's list of available zones changes."""
    name = f"{site.context.name}-{tier}-{letter}"
    ipv6_block = None
    if plan.ipv6:
        ipv6_block = site.vpc.ipv6_cidr_block.apply(lambda vpc_block: reserved_ipv6_block(vpc_block, tier, letter))
    return ec2.Subnet(
        name,
        vpc_id=site.vpc.id,
        cidr_block=plan.blocks[tier][letter],
        ipv6_cidr_block=ipv6_block,
        availability_zone=plan.zone_names[letter],
        map_public_ip_on_launch=False,
        tags=named(name, subnet_tags(tier, site.context.tags, plan.eks_tags)),
        opts=pulumi.ResourceOptions(
            parent=site.context.child.parent,
            ignore_changes=["availabilityZone"] if plan.zones_looked_up else None,
        ),
    )


def subnet_tags(tier: str, tags: Tags | None, eks_tags: bool) -> Tags | None:
    """The caller's tags, and the tag by which an EKS cluster's load balancers find this tier."""
    if not eks_tags or tier not in EKS_TAGS:
        return tags
    return pulumi.Output.from_input(tags or {}).apply(lambda own: {EKS_TAGS[tier]: "1", **own})
