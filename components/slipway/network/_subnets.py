"""Subnets of a network: one per tier and zone, tagged so that Kubernetes finds them where asked.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import Tags, named

from ._address_plan import PRIVATE, PUBLIC, Blocks, reserved_ipv6
from ._routing import Site

EKS_TAGS = {PUBLIC: "kubernetes.io/role/elb", PRIVATE: "kubernetes.io/role/internal-elb"}


def subnet_tags(tier: str, tags: Tags | None, eks: bool) -> Tags | None:
    """The caller's tags, and the one by which load balancers of a cluster find this tier."""
    if not eks or tier not in EKS_TAGS:
        return tags
    return pulumi.Output.from_input(tags or {}).apply(lambda own: {EKS_TAGS[tier]: "1", **own})


@dataclass(frozen=True)
class SubnetPlan:
    """What subnets are made from: their blocks, the zones of their letters, and what is asked of all."""

    blocks: Blocks
    zones: Mapping[str, str]
    zones_looked_up: bool
    eks_tags: bool
    ipv6: bool


def tier_subnets(site: Site, plan: SubnetPlan) -> dict[str, dict[str, ec2.Subnet]]:
    """Tier to zone letter to subnet."""
    return {
        tier: {letter: subnet(site, plan, tier, letter, block) for letter, block in blocks.items()}
        for tier, blocks in plan.blocks.items()
    }


def subnet(site: Site, plan: SubnetPlan, tier: str, letter: str, block: str) -> ec2.Subnet:
    """One subnet; a zone that was looked up is settled at creation, since the list of available zones changes."""
    name = f"{site.name}-{tier}-{letter}"
    settled = ["availabilityZone"] if plan.zones_looked_up else None
    ipv6_block = None
    if plan.ipv6:
        ipv6_block = site.vpc.ipv6_cidr_block.apply(lambda vpc_block: reserved_ipv6(vpc_block, tier, letter))
    return ec2.Subnet(
        name,
        vpc_id=site.vpc.id,
        cidr_block=block,
        ipv6_cidr_block=ipv6_block,
        availability_zone=plan.zones[letter],
        map_public_ip_on_launch=False,
        tags=named(name, subnet_tags(tier, site.tags, plan.eks_tags)),
        opts=pulumi.ResourceOptions(parent=site.child.parent, ignore_changes=settled),
    )
