"""IPv4 networks in arguments.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

import ipaddress
from collections.abc import Sequence

from ._checks import ArgumentError, shown


def cidr_block(who: str, argument: str, value: str) -> ipaddress.IPv4Network:
    """Parse an IPv4 network as AWS takes it: an address with a prefix length, without host bits.

    >>> cidr_block("Host 'jobs'", "inbound.web.cidr_block", "10.20.0.0/16").num_addresses
    65536
    """
    network = _network_of(value)
    if network is None or str(network) != value:
        hint = f"the network of that address is {network}" if network else "write it like 10.20.0.0/16"
        raise ArgumentError(f"{who}: {argument} must be an IPv4 network, got {shown(value)}; {hint}")
    return network


def _network_of(value: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Interface(value).network
    except ValueError:
        return None


def check_not_everyone(who: str, argument: str, blocks: Sequence[str]) -> None:
    """Refuse the whole internet, in one network or in several together."""
    if any(block.prefixlen == 0 for block in ipaddress.collapse_addresses(map(ipaddress.IPv4Network, blocks))):
        ways = "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager"
        raise ArgumentError(f"{who}: {argument} must not be open to everyone, got {', '.join(blocks)}; {ways}")
