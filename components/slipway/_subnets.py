"""Subnets of a network: one per tier and zone, tagged so that Kubernetes finds them where asked.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2

from ._address_plan import PRIVATE, PUBLIC, Blocks
from ._routing import Site
from ._tags import Tags, named

EKS_TAGS = {PUBLIC: "kubernetes.io/role/elb", PRIVATE: "kubernetes.io/role/internal-elb"}


def subnet_tags(tier: str, tags: Tags | None, eks: bool) -> Tags | None:
    """The caller's tags, and the one by which load balancers of a cluster find this tier."""
    if not eks or tier not in EKS_TAGS:
        return tags
    return pulumi.Output.from_input(tags or {}).apply(lambda own: {EKS_TAGS[tier]: "1", **own})


def tier_subnets(
    site: Site, plan: Blocks, zones: Mapping[str, str], looked_up: bool, eks: bool
) -> dict[str, dict[str, ec2.Subnet]]:
    """Tier to zone letter to subnet."""
    return {
        tier: {
            letter: subnet(site, f"{tier}-{letter}", block, zones[letter], looked_up, subnet_tags(tier, site.tags, eks))
            for letter, block in blocks.items()
        }
        for tier, blocks in plan.items()
    }


def subnet(site: Site, role: str, block: str, zone: str, looked_up: bool, tags: Tags | None) -> ec2.Subnet:
    """One subnet; a zone that was looked up is settled at creation, since the list of available zones changes."""
    name = f"{site.name}-{role}"
    settled = ["availabilityZone"] if looked_up else None
    return ec2.Subnet(
        name,
        vpc_id=site.vpc.id,
        cidr_block=block,
        availability_zone=zone,
        map_public_ip_on_launch=False,
        tags=named(name, tags),
        opts=pulumi.ResourceOptions(parent=site.child.parent, ignore_changes=settled),
    )
