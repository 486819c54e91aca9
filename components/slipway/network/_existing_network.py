"""A VPC that is there already, taken by its ids: what its look-ups say, and what it is refused for.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ArgumentError, distinct

from ._address_plan import PRIVATE
from ._existing_routes import check_routes

VPC_ID = re.compile(r"vpc-[0-9a-f]{8}([0-9a-f]{9})?")
SUBNET_ID = re.compile(r"subnet-[0-9a-f]{8}([0-9a-f]{9})?")
FEWEST_SUBNETS = 2  # of a tier; load balancers and database subnet groups take no fewer


@dataclass(frozen=True)
class ExistingNetwork:
    """What the look-ups of a VPC and its subnets answered."""

    cidr_block: str
    zones: dict[str, list[str]]
    """Zones of each tier's subnets, in their order."""


def check_ids(who: str, vpc_id: str, subnets: Mapping[str, Sequence[str]]) -> None:
    """Refuse ids that are none, a tier of fewer than two subnets, a subnet named twice."""
    if not VPC_ID.fullmatch(vpc_id):
        raise ArgumentError(f"{who}: vpc_id must be one like vpc-0123456789abcdef0, got {vpc_id!r}")
    if not subnets:
        raise ArgumentError(
            f"{who}: vpc_id needs its subnets, got none; set private_subnet_ids, and public_subnet_ids where there are"
        )
    for tier, ids in subnets.items():
        argument = f"{tier}_subnet_ids"
        for index, subnet in enumerate(ids):
            if not SUBNET_ID.fullmatch(subnet):
                rule = "must be one like subnet-0123456789abcdef0"
                raise ArgumentError(f"{who}: {argument}[{index}] {rule}, got {subnet!r}")
        distinct(who, argument, ids)
        if len(ids) < FEWEST_SUBNETS:
            raise ArgumentError(
                f"{who}: {argument} must name subnets in at least two zones, got {len(ids)} subnet"
                f"{'' if len(ids) == 1 else 's'}; load balancers take no fewer"
            )
    owners: dict[str, str] = {}
    for tier, ids in subnets.items():
        for subnet in ids:
            if subnet in owners:
                raise ArgumentError(
                    f"{who}: {tier}_subnet_ids must not share a subnet with {owners[subnet]}_subnet_ids, "
                    f"got {subnet} in both; remove one"
                )
            owners[subnet] = tier


def look_up(
    who: str, vpc_id: str, subnets: Mapping[str, Sequence[str]], child: pulumi.ResourceOptions
) -> ExistingNetwork:
    """Ask AWS for the VPC and its subnets; refuse subnets that are not in it, a tier in one zone, or one routed otherwise."""
    options = pulumi.InvokeOptions(parent=child.parent)
    asked = sorted(subnet for ids in subnets.values() for subnet in ids)
    # A list that may come out short, since a look-up by id would end in the provider's error.
    filters: list[ec2.GetSubnetsFilterArgsDict] = [
        {"name": "vpc-id", "values": [vpc_id]},
        {"name": "subnet-id", "values": asked},
    ]
    there = set(ec2.get_subnets(filters=filters, opts=options).ids)
    zones: dict[str, list[str]] = {}
    for tier, ids in subnets.items():
        if missing := [subnet for subnet in ids if subnet not in there]:
            where = f"{vpc_id} in the provider's region and account"
            raise ArgumentError(f"{who}: {tier}_subnet_ids must be subnets of {where}, got {', '.join(missing)}")
        found = [ec2.get_subnet(id=subnet, opts=options) for subnet in ids]
        zones[tier] = [subnet.availability_zone for subnet in found]
        if len(set(zones[tier])) < FEWEST_SUBNETS:
            raise ArgumentError(
                f"{who}: {tier}_subnet_ids must lie in at least two zones, got {zones[tier][0]} only; "
                "add a subnet of another zone"
            )
    check_routes(who, vpc_id, subnets, options)
    return ExistingNetwork(ec2.get_vpc(id=vpc_id, opts=options).cidr_block, zones)


def first_zones(zones: Mapping[str, list[str]]) -> list[str]:
    """Zones of the private subnets, else of the first tier that there is."""
    return zones[PRIVATE] if PRIVATE in zones else next(iter(zones.values()))
