"""Ports opened to the internet by a set of security group rules: port intervals and CIDR coverage."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALL_PORTS: Final = (0, 65535)
# Never routed on the internet, so a rule set that leaves only these out still admits all of it. Source: RFC 6890.
SPECIAL_USE: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
INTERNET_V6: Final = ipaddress.IPv6Network("2000::/3")  # global unicast, RFC 4291


@dataclass(frozen=True, slots=True)
class Grant:
    """One rule's ports opened to one CIDR; `path` says where it is written."""

    protocol: str
    low: int
    high: int
    network: Network
    path: str

    def admits(self, protocol: str, port: int) -> bool:
        """Whether a packet of `protocol` to `port` passes."""
        return self.protocol in ("all", protocol) and self.low <= port <= self.high


def protocol_name(text: str) -> str:
    """The protocol's name in grants, from `-1`, a number or a name in any case."""
    return {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}.get(text, text.lower())


def parse_network(text: str) -> Network | None:
    """A CIDR in any spelling, host bits allowed; None when it is none."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def covers_the_internet(networks: Iterable[Network]) -> bool:
    """Whether the networks together hold every public IPv4 or every public IPv6 address; two halves do."""
    four: list[ipaddress.IPv4Network] = []
    six: list[ipaddress.IPv6Network] = []
    for network in networks:
        if isinstance(network, ipaddress.IPv4Network):
            four.append(network)
        else:
            six.append(network)
    if four and any(net.prefixlen == 0 for net in ipaddress.collapse_addresses([*four, *SPECIAL_USE])):
        return True
    return any(INTERNET_V6.subnet_of(net) for net in ipaddress.collapse_addresses(six))


def is_wide_and_public(network: Network, prefix: float) -> bool:
    """Whether an IPv4 network is larger than a /`prefix` and holds public addresses."""
    if not isinstance(network, ipaddress.IPv4Network) or network.prefixlen >= prefix:
        return False
    return not any(network.subnet_of(special) for special in SPECIAL_USE)


def opening(grants: Iterable[Grant], protocol: str, port: int) -> list[Grant]:
    """The grants opening the port to the internet together; empty when they do not."""
    found = [grant for grant in grants if grant.admits(protocol, port)]
    if not covers_the_internet(grant.network for grant in found):
        return []
    alone = [grant for grant in found if covers_the_internet([grant.network])]
    return alone or found


def open_ports(grants: Iterable[Grant], protocol: str) -> list[tuple[int, int]]:
    """Every interval of ports open to the internet over `protocol`, with touching intervals joined."""
    relevant = [grant for grant in grants if grant.protocol in ("all", protocol)]
    starts = sorted({ALL_PORTS[0], *(grant.low for grant in relevant), *(grant.high + 1 for grant in relevant)})
    edges = [start for start in starts if ALL_PORTS[0] <= start <= ALL_PORTS[1]]
    joined: list[tuple[int, int]] = []
    for low, following in zip(edges, [*edges[1:], ALL_PORTS[1] + 1], strict=True):
        if not opening(relevant, protocol, low):
            continue
        if joined and joined[-1][1] == low - 1:
            low = joined.pop()[0]  # noqa: PLW2901 - the interval grows to the left
        joined.append((low, following - 1))
    return joined
