"""Network with an existing VPC: the same outputs, and subnets whose routes fit their tier."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from slipway import ArgumentError
from tests.support.components.existing_network import (
    EXISTING,
    INTERNET,
    MAIN,
    NAT,
    ONE_WAY,
    PEERING,
    PUBLIC_A,
    VPC,
    A,
    B,
    C,
    Route,
    routed,
)
from tests.support.components.mocks import Answer, build
from tests.support.components.samples import COMPONENTS

Network = COMPONENTS["Network"]


def test_an_existing_vpc_has_the_same_outputs_and_gains_nothing() -> None:
    args = {"vpc_id": VPC, "private_subnet_ids": [B, A], "public_subnet_ids": [PUBLIC_A, C]}
    built = build(lambda: Network("main", args), EXISTING)
    assert built.counts() == {}
    assert built.component_outputs("Network") == {
        "vpcId": VPC,
        "cidrBlock": "172.31.0.0/16",
        "availabilityZones": ["eu-west-1b", "eu-west-1a"],
        "publicSubnetIds": [PUBLIC_A, C],
        "firstPublicSubnetId": PUBLIC_A,
        "privateSubnetIds": [B, A],
        "firstPrivateSubnetId": B,
        "isolatedSubnetIds": [],
        "natPublicIps": [],
        "costDrivers": [],
    }


def refused(answers: Mapping[str, Answer], tier: str = "private") -> str:
    """The sentence about subnets a and b of a tier, found by a look-up, so after the component is registered."""
    sentences: list[str] = []

    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Network("main", {"vpc_id": VPC, f"{tier}_subnet_ids": [A, B]})
        sentences.append(str(caught.value))

    build(construct, {**EXISTING, **answers})
    return sentences[0]


def test_subnets_that_are_not_in_the_vpc_are_refused() -> None:
    assert refused({"aws:ec2/getSubnets:getSubnets": {"ids": [B]}}) == (
        f"Network 'main': private_subnet_ids must be subnets of {VPC} in the provider's region and account, got {A}"
    )


def test_subnets_of_one_zone_are_refused() -> None:
    answers: dict[str, Answer] = {"aws:ec2/getSubnet:getSubnet": {"availabilityZone": "eu-west-1a"}}
    assert refused(answers) == (
        "Network 'main': private_subnet_ids must lie in at least two zones, got eu-west-1a only; "
        "add a subnet of another zone"
    )


class Misrouted(NamedTuple):
    """Subnets a and b in a tier that their route tables do not fit."""

    tier: str
    tables: Mapping[str, Sequence[Route]]
    interface_endpoints: int
    says: str


MISROUTED = [
    Misrouted(
        "private",
        {"rtb-0000000a": [NAT], "rtb-0000000b": [PEERING]},
        0,
        f"private_subnet_ids must have a way out or interface endpoints, got {B} with route table rtb-0000000b "
        f"and none in {VPC}; add NAT or endpoints, or name it in isolated_subnet_ids",
    ),
    Misrouted(
        "private",
        {MAIN: [INTERNET]},
        2,
        f"private_subnet_ids must not be routed to an internet gateway, got {A} with route table {MAIN}, which is; "
        "name it in public_subnet_ids",
    ),
    Misrouted(
        "public",
        {MAIN: [NAT]},
        0,
        f"public_subnet_ids must be routed to an internet gateway, got {A} with route table {MAIN}, which is not; "
        "name it in another tier, or add the route",
    ),
    Misrouted(
        "isolated",
        {"rtb-0000000b": [ONE_WAY]},
        0,
        f"isolated_subnet_ids must have no way out, got {B} with route table rtb-0000000b, which has one; "
        "name it in another tier",
    ),
]


@pytest.mark.parametrize("case", MISROUTED)
def test_subnets_are_routed_as_their_tier_says(case: Misrouted) -> None:
    assert refused(routed(case.tables, case.interface_endpoints), case.tier) == f"Network 'main': {case.says}"


@pytest.mark.parametrize(("way", "endpoints"), [([NAT], 0), ([ONE_WAY], 0), ([PEERING], 1), ([], 2)])
def test_private_subnets_get_out_by_any_route_or_have_endpoints(way: Sequence[Route], endpoints: int) -> None:
    args = {"vpc_id": VPC, "private_subnet_ids": [A, B]}
    assert build(lambda: Network("main", args), {**EXISTING, **routed({MAIN: way}, endpoints)}).counts() == {}


def test_a_provider_that_is_not_known_yet_cannot_look_the_vpc_up() -> None:
    assert refused({"aws:ec2/getSubnets:getSubnets": {"ids": None}}) == (
        "Network 'main': vpc_id is looked up, so the AWS provider's configuration must be known before deployment, "
        "got values that are not; give plain ones, or deploy those first"
    )
