"""Network: a VPC that is there already gives the same outputs, once its subnets are what they are said to be."""

from collections.abc import Mapping

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS
from tests.unit.support import ANSWERS, Answer, build

Network = COMPONENTS["Network"]
VPC, A, B, C = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
EXISTING: Mapping[str, Answer] = {
    **ANSWERS,
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "172.31.0.0/16"},
    "aws:ec2/getSubnets:getSubnets": lambda args: {"ids": args["filters"][1]["values"]},
    "aws:ec2/getSubnet:getSubnet": lambda args: {
        "id": args["id"],
        "vpcId": VPC,
        "availabilityZone": f"eu-west-1{args['id'][-1]}",
    },
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
    }


def refused(answers: Mapping[str, Answer]) -> str:
    """The sentence that private subnets a and b are refused with."""
    sentences: list[str] = []

    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Network("main", {"vpc_id": VPC, "private_subnet_ids": [A, B]})
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
