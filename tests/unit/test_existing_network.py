"""Network: a VPC that is there already gives the same outputs, once its subnets are what they are said to be."""

from collections.abc import Mapping
from typing import Any

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS
from tests.unit.support import ANSWERS, Answer, build

Network = COMPONENTS["Network"]
VPC, A, B, C = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
EXISTING: Mapping[str, Answer] = {
    **ANSWERS,
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "172.31.0.0/16"},
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


@pytest.mark.parametrize(
    ("vpc", "zone", "sentence"),
    [
        ("vpc-99999999", "eu-west-1a", f"private_subnet_ids must be subnets of {VPC}, got {A} of vpc-99999999"),
        (
            VPC,
            "eu-west-1a",
            "private_subnet_ids must lie in at least two zones, got eu-west-1a only; add a subnet of another zone",
        ),
    ],
)
def test_subnets_of_another_vpc_or_of_one_zone_are_refused(vpc: str, zone: str, sentence: str) -> None:
    def answer(args: Any) -> dict[str, Any]:
        return {"id": args["id"], "vpcId": vpc, "availabilityZone": zone}

    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Network("main", {"vpc_id": VPC, "private_subnet_ids": [A, B]})
        assert str(caught.value) == f"Network 'main': {sentence}"

    build(construct, {**EXISTING, "aws:ec2/getSubnet:getSubnet": answer})
