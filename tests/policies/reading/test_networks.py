"""Arithmetic of networks and ports."""

import pytest

from slipway_policies.reading import networks
from slipway_policies.reading.networks import Grant

RFC_1918_LEFT_OUT = (
    "1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 "
    "128.0.0.0/3 160.0.0.0/5 168.0.0.0/6 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 173.0.0.0/8 "
    "174.0.0.0/7 176.0.0.0/4 192.0.0.0/9 192.128.0.0/11 192.160.0.0/13 192.169.0.0/16 192.170.0.0/15 "
    "192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 193.0.0.0/8 194.0.0.0/7 196.0.0.0/6 200.0.0.0/5 208.0.0.0/4"
)


def nets(text: str) -> list[networks.Network]:
    """CIDRs between spaces."""
    found = [networks.parse_network(one) for one in text.split()]
    assert None not in found, text
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("0.0.0.0/0", True),
        ("10.1.2.3/0", True),
        ("0.0.0.0/1 128.0.0.0/1", True),
        (RFC_1918_LEFT_OUT, True),
        (RFC_1918_LEFT_OUT.replace("16.0.0.0/4", "16.0.0.0/5"), False),
        ("0.0.0.0/1 128.0.0.0/2", False),
        ("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16", False),
        ("::/0", True),
        ("0::0/0", True),
        ("2000::/3", True),
        ("2000::/4 3000::/4", True),
        ("2000::/4", False),
        ("fd00::/8", False),
        ("", False),
    ],
)
def test_networks_cover_the_internet_by_their_sum(text: str, covers: bool) -> None:
    assert networks.covers_the_internet(nets(text)) is covers


@pytest.mark.parametrize("text", ["", "everywhere", "10.0.0.0/33", "10.0.0/8", "sg-1234"])
def test_what_is_no_cidr_is_told_apart(text: str) -> None:
    assert networks.parse_network(text) is None


def test_touching_intervals_of_open_ports_are_one_and_half_open_ones_none() -> None:
    [internet, low, high] = nets("0.0.0.0/0 0.0.0.0/1 128.0.0.0/1")
    grants = [
        Grant("tcp", 80, 80, internet, "a"),
        Grant("tcp", 81, 90, internet, "b"),
        Grant("tcp", 100, 120, low, "c"),
        Grant("tcp", 110, 130, high, "d"),
        Grant("udp", 0, 65535, low, "e"),
    ]
    assert networks.open_ports(grants, "tcp") == [(80, 90), (110, 120)]
    assert networks.open_ports(grants, "udp") == []
    assert [grant.path for grant in networks.opening(grants, "tcp", 115)] == ["c", "d"]
