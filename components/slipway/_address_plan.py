"""Address plan of a VPC: every subnet has a block reserved for it, so that adding a zone or a tier moves nothing.

The VPC's first half is cut into 8 private blocks and its last quarter into 8 public ones, one per zone letter a-h;
the quarter between them stays free for another tier.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from ._checks import ArgumentError, cidr_block

ZONE_LETTERS = "abcdefgh"
PRIVATE_BITS = 4  # a private subnet is 1/16 of the VPC
PUBLIC_BITS = 5  # a public subnet is 1/32 of the VPC
LARGEST_VPC = 16  # prefix length; AWS's limit
SMALLEST_VPC = 22  # prefix length: a load balancer wants subnets of /27 at least, and /27 is 1/32 of a /22


@dataclass(frozen=True)
class Subnets:
    """The two subnets of one zone."""

    public: str
    private: str


def vpc_network(who: str, value: str) -> ipaddress.IPv4Network:
    """The VPC's network, refused where the plan does not fit."""
    network = cidr_block(who, "cidr_block", value)
    if not network.is_private:
        raise ArgumentError(f"{who}: cidr_block must be a private network, got {value}; take one inside 10.0.0.0/8")
    if not LARGEST_VPC <= network.prefixlen <= SMALLEST_VPC:
        reason = f"a public subnet is 1/{2**PUBLIC_BITS} of it and a load balancer wants a /27"
        rule = f"must be between a /{LARGEST_VPC} and a /{SMALLEST_VPC}"
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


def subnets(network: ipaddress.IPv4Network, letters: Sequence[str]) -> dict[str, Subnets]:
    """Zone letter to its reserved blocks; a letter's blocks do not depend on the other letters."""
    private = list(network.subnets(PRIVATE_BITS))
    public = list(network.subnets(PUBLIC_BITS))[-len(ZONE_LETTERS) :]
    slots = {letter: ZONE_LETTERS.index(letter) for letter in letters}
    return {letter: Subnets(public=str(public[slot]), private=str(private[slot])) for letter, slot in slots.items()}
