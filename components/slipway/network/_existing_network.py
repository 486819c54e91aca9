"""An existing VPC, taken by its id and those of its subnets.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from slipway.common import ArgumentError, Arguments, Context

from ._address_plan import PRIVATE, TIERS
from ._existing_routes import check_routes
from ._network_parts import NetworkParts

FEWEST_SUBNETS = 2  # of a tier; load balancers and database subnet groups need two


@dataclass(frozen=True)
class ExistingSpec:
    """Checked ids of an existing VPC."""

    vpc_id: str
    subnet_ids: Mapping[str, Sequence[str]]
    """Tier to its subnets."""


def existing_spec(arguments: Arguments) -> ExistingSpec | None:
    """Ids of the existing VPC; None without vpc_id. No other argument goes with vpc_id."""
    keys = {tier: f"{tier}_subnet_ids" for tier in TIERS}
    subnet_ids = {tier: arguments.texts(key) for tier, key in keys.items() if arguments.has(key)}
    for tier in subnet_ids:
        arguments.goes_with(keys[tier], "vpc_id")
    if not arguments.has("vpc_id"):
        return None
    for key in arguments.values:
        if arguments.has(key) and key not in ("vpc_id", *keys.values()):
            raise arguments.error("vpc_id", f"takes a VPC as it is, got {key} too; remove {key} or vpc_id")
    spec = ExistingSpec(arguments.text("vpc_id"), subnet_ids)
    check_ids(arguments, spec)
    return spec


def check_ids(arguments: Arguments, spec: ExistingSpec) -> None:
    """Refuse a VPC without subnets, a tier of fewer than two, and a subnet in two tiers."""
    if not spec.subnet_ids:
        fix = "set private_subnet_ids, and public_subnet_ids where there are"
        raise arguments.error("vpc_id", f"needs its subnets, got none; {fix}")
    for tier, ids in spec.subnet_ids.items():
        key = f"{tier}_subnet_ids"
        if len(ids) < FEWEST_SUBNETS:
            rule = f"must name subnets in at least two zones, got {len(ids)} subnet{'' if len(ids) == 1 else 's'}"
            raise arguments.error(key, f"{rule}; load balancers need two")
    tier_of: dict[str, str] = {}
    for tier, ids in spec.subnet_ids.items():
        for subnet in ids:
            if subnet in tier_of:
                rule = f"must not share a subnet with {tier_of[subnet]}_subnet_ids, got {subnet} in both"
                raise arguments.error(f"{tier}_subnet_ids", f"{rule}; remove one")
            tier_of[subnet] = tier


def existing_network(context: Context, spec: ExistingSpec) -> NetworkParts:
    """Look the VPC and its subnets up. Raises ArgumentError on subnets of another VPC, of one zone, or with other routes."""
    options = pulumi.InvokeOptions(parent=context.child.parent)
    zones = subnet_zones(context.who, spec, options)
    check_routes(context.who, spec.vpc_id, spec.subnet_ids, options)
    vpc = ec2.get_vpc(id=spec.vpc_id, opts=options)
    return NetworkParts(
        vpc_id=pulumi.Output.from_input(spec.vpc_id),
        cidr_block=pulumi.Output.from_input(vpc.cidr_block),
        ipv6_cidr_block=pulumi.Output.from_input(None),
        zones=pulumi.Output.from_input(zones[PRIVATE] if PRIVATE in zones else next(iter(zones.values()))),
        subnet_ids={
            tier: [pulumi.Output.from_input(subnet) for subnet in ids] for tier, ids in spec.subnet_ids.items()
        },
        nat_public_ips=pulumi.Output.from_input([]),
        flow_log_group_name=pulumi.Output.from_input(None),
        cost_drivers=[],
    )


def subnet_zones(who: str, spec: ExistingSpec, options: pulumi.InvokeOptions) -> dict[str, list[str]]:
    """Tier to the zones of its subnets, in their order."""
    # A filter leaves out missing subnets; a look-up by id would end in the provider's error.
    filters: list[ec2.GetSubnetsFilterArgsDict] = [
        {"name": "vpc-id", "values": [spec.vpc_id]},
        {"name": "subnet-id", "values": sorted(subnet for ids in spec.subnet_ids.values() for subnet in ids)},
    ]
    found = ec2.get_subnets(filters=filters, opts=options).ids
    if found is None:
        rule = "vpc_id is looked up, so the AWS provider's configuration must be known before deployment"
        raise ArgumentError(f"{who}: {rule}, got values that are not; give plain ones, or deploy those first")
    in_vpc = set(found)
    zones: dict[str, list[str]] = {}
    for tier, ids in spec.subnet_ids.items():
        if missing := [subnet for subnet in ids if subnet not in in_vpc]:
            rule = f"must be subnets of {spec.vpc_id} in the provider's region and account"
            raise ArgumentError(f"{who}: {tier}_subnet_ids {rule}, got {', '.join(missing)}")
        zones[tier] = [ec2.get_subnet(id=subnet, opts=options).availability_zone for subnet in ids]
        if len(set(zones[tier])) < FEWEST_SUBNETS:
            rule = f"must lie in at least two zones, got {zones[tier][0]} only"
            raise ArgumentError(f"{who}: {tier}_subnet_ids {rule}; add a subnet of another zone")
    return zones
