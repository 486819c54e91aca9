"""Network: a VPC that is there already gives the same outputs, once its subnets are what they are said to be."""

from collections.abc import Mapping
from typing import Any

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import ANSWERS, Answer, build
from tests.support.components.samples import COMPONENTS

Network = COMPONENTS["Network"]
VPC, A, B, C = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
MAIN = "rtb-00000000"
NAT = {"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}
INTERNET = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
ONE_WAY = {"ipv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"}
PEERING = {"cidrBlock": "10.9.0.0/16", "vpcPeeringConnectionId": "pcx-1"}
EMPTY = dict.fromkeys(("cidrBlock", "ipv6CidrBlock", "gatewayId", "natGatewayId"), "")


def routes(of: dict[str, list[dict[str, str]]], endpoints: int = 0) -> dict[str, Answer]:
    """Answers where these subnets have a route table of their own, rtb-<letter>; other ones have the main one."""

    def tables(args: Any) -> dict[str, Any]:
        asked = args["filters"][0]
        own = asked["values"][0].replace("subnet-", "rtb-")
        return {"ids": [MAIN] if asked["name"] == "association.main" else [own] if own in of else []}

    def table(args: Any) -> dict[str, Any]:
        return {"routes": [EMPTY | route for route in of.get(args["routeTableId"], [])]}

    return {
        "aws:ec2/getRouteTables:getRouteTables": tables,
        "aws:ec2/getRouteTable:getRouteTable": table,
        "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": {"ids": [f"eni-{it}" for it in range(endpoints)]},
    }


EXISTING: Mapping[str, Answer] = {
    **ANSWERS,
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "172.31.0.0/16"},
    "aws:ec2/getSubnets:getSubnets": lambda args: {"ids": args["filters"][1]["values"]},
    "aws:ec2/getSubnet:getSubnet": lambda args: {
        "id": args["id"],
        "vpcId": VPC,
        "availabilityZone": f"eu-west-1{args['id'][-1]}",
    },
    **routes({MAIN: [NAT], "rtb-1000000a": [INTERNET], "rtb-0000000c": [INTERNET]}),
}


def test_an_existing_vpc_has_the_same_outputs_and_gains_nothing() -> None:
    args = {"vpc_id": VPC, "private_subnet_ids": [B, A], "public_subnet_ids": ["subnet-1000000a", C]}
    built = build(lambda: Network("main", args), EXISTING)
    assert built.counts() == {}
    assert built.component_outputs("Network") == {
        "vpcId": VPC,
        "cidrBlock": "172.31.0.0/16",
        "availabilityZones": ["eu-west-1b", "eu-west-1a"],
        "publicSubnetIds": ["subnet-1000000a", C],
        "firstPublicSubnetId": "subnet-1000000a",
        "privateSubnetIds": [B, A],
        "firstPrivateSubnetId": B,
        "isolatedSubnetIds": [],
        "natPublicIps": [],
        "costDrivers": [],
    }


def refused(answers: Mapping[str, Answer], tier: str = "private") -> str:
    """The sentence that subnets a and b of a tier are refused with."""
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


@pytest.mark.parametrize(
    ("tier", "of", "endpoints", "sentence"),
    [
        (
            "private",
            {"rtb-0000000a": [NAT], "rtb-0000000b": [PEERING]},
            0,
            f"private_subnet_ids must have a way out or interface endpoints, got {B} with route table rtb-0000000b "
            f"and none in {VPC}; add NAT or endpoints, or name it in isolated_subnet_ids",
        ),
        (
            "private",
            {MAIN: [INTERNET]},
            2,
            f"private_subnet_ids must not be routed to an internet gateway, got {A} with route table {MAIN}, which is; "
            "name it in public_subnet_ids",
        ),
        (
            "public",
            {MAIN: [NAT]},
            0,
            f"public_subnet_ids must be routed to an internet gateway, got {A} with route table {MAIN}, which is not; "
            "name it in another tier, or add the route",
        ),
        (
            "isolated",
            {"rtb-0000000b": [ONE_WAY]},
            0,
            f"isolated_subnet_ids must have no way out, got {B} with route table rtb-0000000b, which has one; "
            "name it in another tier",
        ),
    ],
)
def test_subnets_are_routed_as_their_tier_says(
    tier: str, of: dict[str, list[dict[str, str]]], endpoints: int, sentence: str
) -> None:
    assert refused(routes(of, endpoints), tier) == f"Network 'main': {sentence}"


@pytest.mark.parametrize(("way", "endpoints"), [([NAT], 0), ([ONE_WAY], 0), ([PEERING], 1), ([], 2)])
def test_private_subnets_get_out_by_any_route_or_have_endpoints(way: list[dict[str, str]], endpoints: int) -> None:
    args = {"vpc_id": VPC, "private_subnet_ids": [A, B]}
    assert build(lambda: Network("main", args), {**EXISTING, **routes({MAIN: way}, endpoints)}).counts() == {}
