"""Address plan of a VPC. Every subnet has a reserved block, so adding a zone or a tier renumbers no other subnet.

The first half of the VPC holds private blocks, the third quarter isolated ones and the last quarter public ones, each with
a block per zone letter. A /22 or larger has blocks for letters a-h, a /23 for a-d, a /24 for a and b.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
import itertools
from collections.abc import Mapping, Sequence

from slipway.common import Arguments, cidr_block, one_of

ZONE_LETTERS = "abcdefgh"
PUBLIC, PRIVATE, ISOLATED = "public", "private", "isolated"
TIERS = (PUBLIC, PRIVATE, ISOLATED)
CIDR_BLOCK = "10.20.0.0/16"
LARGEST_VPC = 16  # prefix length; AWS's limit
SMALLEST_VPC = 24  # prefix length; a load balancer needs two zones
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
SMALLEST_PUBLIC = 27  # prefix length; a load balancer's requirement
SMALLEST_SUBNET = 28  # prefix length; AWS's limit
IPV6_SUBNET = 64  # prefix length; the only one on AWS. A VPC has a /56, which is 256 of them
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-sizing-ipv6
IPV6_FIRST = {PRIVATE: 0x00, ISOLATED: 0x10, PUBLIC: 0x20}  # the last byte of zone a's /64
Blocks = dict[str, dict[str, str]]
"""Tier to zone letter to block."""


def reserved_zones(prefix: int) -> int:
    """Prefix length of a VPC to its number of zones with blocks; each zone's public block is a /27 at least."""
    return min(len(ZONE_LETTERS), 1 << (SMALLEST_PUBLIC - 2 - prefix))


def arithmetic(prefix: int) -> str:
    """The plan of a VPC of this prefix length, in numbers of addresses."""
    zones, size = reserved_zones(prefix), 2 ** (32 - prefix)
    private, other = size // zones // 2, size // zones // 4
    return f"{zones} zones x ({private} private + {other} isolated + {other} public) = {size} addresses"


def vpc_network(arguments: Arguments) -> ipaddress.IPv4Network:
    """The VPC's network: private, of a size that the plan fits, and apart from connected networks."""
    value = arguments.text("cidr_block", CIDR_BLOCK)
    network = cidr_block(arguments.who, "cidr_block", value)
    if not network.is_private:
        raise arguments.error("cidr_block", f"must be a private network, got {value}; take one inside 10.0.0.0/8")
    if not LARGEST_VPC <= network.prefixlen <= SMALLEST_VPC:
        reason = "AWS has no larger VPC"
        if network.prefixlen > SMALLEST_VPC:
            reason = f"it has {network.num_addresses}, and the smallest plan is {arithmetic(SMALLEST_VPC)}"
        rule = f"must be between a /{LARGEST_VPC} and a /{SMALLEST_VPC}, got {value}"
        raise arguments.error("cidr_block", f"{rule}; {reason}")
    for index, block in enumerate(arguments.texts("connected_cidr_blocks")):
        connected = cidr_block(arguments.who, f"connected_cidr_blocks[{index}]", block)
        if network.overlaps(connected):
            rule = f"must not overlap connected_cidr_blocks[{index}] ({block}), got {network}"
            raise arguments.error("cidr_block", f"{rule}; take a range that none of the connected networks use")
    return network


def reserved_block(network: ipaddress.IPv4Network, tier: str, letter: str) -> str:
    """The block of one tier in one zone. It depends on the VPC's network only."""
    zones, slot = reserved_zones(network.prefixlen), ZONE_LETTERS.index(letter)
    if tier == PRIVATE:
        return str(list(network.subnets(prefixlen_diff=zones.bit_length()))[slot])
    skipped = {ISOLATED: 2 * zones, PUBLIC: 3 * zones}[tier]
    return str(list(network.subnets(prefixlen_diff=zones.bit_length() + 1))[skipped + slot])


def reserved_ipv6_block(vpc_block: str, tier: str, letter: str) -> str:
    """The /64 of one tier in one zone. It depends on the VPC's IPv6 block only."""
    network = ipaddress.IPv6Network(vpc_block)
    number = IPV6_FIRST[tier] + ZONE_LETTERS.index(letter)
    first = int(network.network_address) + (number << (network.max_prefixlen - IPV6_SUBNET))
    return str(ipaddress.IPv6Network((first, IPV6_SUBNET)))


def subnet_blocks(
    arguments: Arguments, network: ipaddress.IPv4Network, letters: Sequence[str], tiers: Sequence[str]
) -> Blocks:
    """Blocks of all subnets: the caller's subnet_cidr_blocks, else the reserved ones. No two overlap."""
    own = arguments.nested("subnet_cidr_blocks")
    own_tiers = own.values if own else {}
    for tier in own_tiers:
        one_of(arguments.who, "subnet_cidr_blocks", tier, tiers)
    blocks: Blocks = {}
    for tier in tiers:
        if own and tier in own_tiers:
            blocks[tier] = own_blocks(own, network, tier, letters)
        else:
            check_room(arguments, network, letters)
            blocks[tier] = {letter: reserved_block(network, tier, letter) for letter in letters}
    if own_tiers:
        check_apart(arguments, blocks)
    return blocks


def check_room(arguments: Arguments, network: ipaddress.IPv4Network, letters: Sequence[str]) -> None:
    """Refuse a zone without a block in a VPC of this size."""
    zones = reserved_zones(network.prefixlen)
    beyond = [letter for letter in letters if ZONE_LETTERS.index(letter) >= zones]
    if beyond:
        needed = ZONE_LETTERS.index(max(beyond)) + 1
        prefix = max(size for size in range(LARGEST_VPC, SMALLEST_VPC) if reserved_zones(size) >= needed)
        rule = f"must hold the blocks of zone {max(beyond)}, got {network}, which holds {arithmetic(network.prefixlen)}"
        fix = f"take a /{prefix} or larger, or name subnet_cidr_blocks for every tier"
        raise arguments.error("cidr_block", f"{rule}; {fix}")


def own_blocks(blocks: Arguments, network: ipaddress.IPv4Network, tier: str, letters: Sequence[str]) -> dict[str, str]:
    """Zone letter to the caller's block of this tier; `blocks` are the arguments in subnet_cidr_blocks."""
    texts = blocks.texts(tier)
    if len(texts) != len(letters):
        raise blocks.error(tier, f"must have one block per zone, got {len(texts)} for {len(letters)} zones")
    smallest = SMALLEST_PUBLIC if tier == PUBLIC else SMALLEST_SUBNET
    for index, text in enumerate(texts):
        key = f"{tier}[{index}]"
        block = cidr_block(blocks.who, blocks.label(key), text)
        if not block.subnet_of(network):
            raise blocks.error(key, f"must lie in cidr_block {network}, got {text}")
        if block.prefixlen > smallest:
            reason = "a load balancer needs 32 addresses" if tier == PUBLIC else "AWS has no smaller subnet"
            raise blocks.error(key, f"must be a /{smallest} or larger, got {text}; {reason}")
    return dict(zip(letters, texts, strict=True))


def check_apart(arguments: Arguments, blocks: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse two blocks that overlap, be they the caller's or reserved."""
    places = [(f"{tier} {letter}", block) for tier, zones in blocks.items() for letter, block in zones.items()]
    for (first_place, first), (second_place, second) in itertools.combinations(places, 2):
        if ipaddress.IPv4Network(first).overlaps(ipaddress.IPv4Network(second)):
            rule = f"must not overlap, got {first} ({first_place}) and {second} ({second_place})"
            raise arguments.error("subnet_cidr_blocks", f"{rule}; name blocks for both tiers, or move one")
