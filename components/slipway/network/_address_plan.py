"""Address plan of a VPC: every subnet has a block reserved for it, so that adding a zone or a tier moves nothing.

The VPC's first half is cut into private blocks, its third quarter into isolated ones and its last quarter into public
ones, one of each per zone letter. A /22 or larger has blocks for the letters a-h, a /23 for a-d, a /24 for a and b.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
import itertools
from collections.abc import Mapping, Sequence

from slipway.common import ArgumentError, cidr_block, one_of

ZONE_LETTERS = "abcdefgh"
PUBLIC, PRIVATE, ISOLATED = "public", "private", "isolated"
TIERS = (PUBLIC, PRIVATE, ISOLATED)
LARGEST_VPC = 16  # prefix length; AWS's limit
SMALLEST_VPC = 24  # prefix length: two zones are the fewest that a load balancer takes
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
SMALLEST_PUBLIC = 27  # prefix length; what a load balancer wants
SMALLEST_SUBNET = 28  # prefix length; AWS's limit
IPV6_SUBNET = 64  # prefix length; AWS has no other, and gives a VPC a /56, which is 256 of them
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-sizing-ipv6
IPV6_FIRST = {PRIVATE: 0x00, ISOLATED: 0x10, PUBLIC: 0x20}  # the last byte of zone a's /64
Blocks = dict[str, dict[str, str]]


def reserved_zones(prefix: int) -> int:
    """Prefix length of a VPC to how many zones have blocks in it: as many as leave a load balancer its /27."""
    return min(len(ZONE_LETTERS), 1 << (SMALLEST_PUBLIC - 2 - prefix))


def arithmetic(prefix: int) -> str:
    """The plan of a VPC of this prefix length in numbers of addresses."""
    zones, size = reserved_zones(prefix), 2 ** (32 - prefix)
    private, other = size // zones // 2, size // zones // 4
    return f"{zones} zones x ({private} private + {other} isolated + {other} public) = {size} addresses"


def vpc_network(who: str, value: str) -> ipaddress.IPv4Network:
    """The VPC's network, refused where the plan does not fit."""
    network = cidr_block(who, "cidr_block", value)
    if not network.is_private:
        raise ArgumentError(f"{who}: cidr_block must be a private network, got {value}; take one inside 10.0.0.0/8")
    if not LARGEST_VPC <= network.prefixlen <= SMALLEST_VPC:
        rule = f"must be between a /{LARGEST_VPC} and a /{SMALLEST_VPC}"
        least = f"it has {network.num_addresses}, and the smallest plan is {arithmetic(SMALLEST_VPC)}"
        reason = least if network.prefixlen > SMALLEST_VPC else "AWS has no larger VPC"
        raise ArgumentError(f"{who}: cidr_block {rule}, got {value}; {reason}")
    return network


def check_connected(who: str, network: ipaddress.IPv4Network, blocks: Sequence[str]) -> None:
    """Refuse a VPC whose range overlaps that of a network it is to be connected with: no route could tell them apart."""
    for index, block in enumerate(blocks):
        other = cidr_block(who, f"connected_cidr_blocks[{index}]", block)
        if network.overlaps(other):
            raise ArgumentError(
                f"{who}: cidr_block must not overlap connected_cidr_blocks[{index}] ({block}), got {network}; "
                "take a range that none of the connected networks use"
            )


def reserved(network: ipaddress.IPv4Network, tier: str, letter: str) -> str:
    """The block of one tier in one zone, which depends on nothing else."""
    zones, slot = reserved_zones(network.prefixlen), ZONE_LETTERS.index(letter)
    if tier == PRIVATE:
        return str(list(network.subnets(prefixlen_diff=zones.bit_length()))[slot])
    skipped = {ISOLATED: 2 * zones, PUBLIC: 3 * zones}[tier]
    return str(list(network.subnets(prefixlen_diff=zones.bit_length() + 1))[skipped + slot])


def reserved_ipv6(vpc_block: str, tier: str, letter: str) -> str:
    """The /64 of one tier in one zone of the VPC's IPv6 block, which depends on nothing else."""
    network = ipaddress.IPv6Network(vpc_block)
    number = IPV6_FIRST[tier] + ZONE_LETTERS.index(letter)
    first = int(network.network_address) + (number << (network.max_prefixlen - IPV6_SUBNET))
    return str(ipaddress.IPv6Network((first, IPV6_SUBNET)))


def subnets(
    who: str,
    network: ipaddress.IPv4Network,
    letters: Sequence[str],
    tiers: Sequence[str],
    explicit: Mapping[str, Sequence[str]],
) -> Blocks:
    """Tier to zone letter to block: the caller's where named, else the reserved one; no two overlap."""
    for tier in explicit:
        one_of(who, "subnet_cidr_blocks", tier, tiers)
    plan: Blocks = {}
    for tier in tiers:
        if tier in explicit:
            plan[tier] = own_blocks(who, network, tier, letters, explicit[tier])
        else:
            check_room(who, network, letters)
            plan[tier] = {letter: reserved(network, tier, letter) for letter in letters}
    if explicit:
        check_apart(who, plan)
    return plan


def check_room(who: str, network: ipaddress.IPv4Network, letters: Sequence[str]) -> None:
    """Refuse a zone that has no block in a VPC of this size."""
    zones = reserved_zones(network.prefixlen)
    beyond = [letter for letter in letters if ZONE_LETTERS.index(letter) >= zones]
    if beyond:
        needed = ZONE_LETTERS.index(max(beyond)) + 1
        fits = max(prefix for prefix in range(LARGEST_VPC, SMALLEST_VPC) if reserved_zones(prefix) >= needed)
        raise ArgumentError(
            f"{who}: cidr_block must hold the blocks of zone {max(beyond)}, got {network}, which holds "
            f"{arithmetic(network.prefixlen)}; take a /{fits} or larger, or name subnet_cidr_blocks for every tier"
        )


def own_blocks(
    who: str, network: ipaddress.IPv4Network, tier: str, letters: Sequence[str], blocks: Sequence[str]
) -> dict[str, str]:
    """Zone letter to the caller's block of this tier."""
    argument = f"subnet_cidr_blocks.{tier}"
    if len(blocks) != len(letters):
        raise ArgumentError(
            f"{who}: {argument} must have one block per zone, got {len(blocks)} for {len(letters)} zones"
        )
    smallest = SMALLEST_PUBLIC if tier == PUBLIC else SMALLEST_SUBNET
    for index, value in enumerate(blocks):
        block = cidr_block(who, f"{argument}[{index}]", value)
        if not block.subnet_of(network):
            raise ArgumentError(f"{who}: {argument}[{index}] must lie in cidr_block {network}, got {value}")
        if block.prefixlen > smallest:
            reason = "a load balancer wants 32 addresses" if tier == PUBLIC else "AWS has no smaller subnet"
            raise ArgumentError(f"{who}: {argument}[{index}] must be a /{smallest} or larger, got {value}; {reason}")
    return dict(zip(letters, blocks, strict=True))


def check_apart(who: str, plan: Blocks) -> None:
    """Refuse two blocks that overlap, a named one and a reserved one too."""
    taken = [(f"{tier} {letter}", block) for tier, zones in plan.items() for letter, block in zones.items()]
    for (first, one), (second, other) in itertools.combinations(taken, 2):
        if ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other)):
            raise ArgumentError(
                f"{who}: subnet_cidr_blocks must not overlap, got {one} ({first}) and {other} ({second}); "
                "name blocks for both tiers, or move one"
            )
