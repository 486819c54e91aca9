"""Network: addresses that never move, ways out as asked, and everything else closed."""

import ipaddress
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway import ArgumentError
from slipway._address_plan import SMALLEST_VPC, ZONE_LETTERS, subnets
from tests.unit.samples import COMPONENTS, RICHEST
from tests.unit.support import ANSWERS, Built, build

Network = COMPONENTS["Network"]
ZONES_KEY = "aws:index/getAvailabilityZones:getAvailabilityZones"


def network(args: dict[str, Any]) -> Built:
    return build(lambda: Network("main", args))


def blocks(built: Built) -> dict[str, str]:
    return {it.name: it.inputs["cidrBlock"] for it in built.of_type("subnet:Subnet")}


@given(st.integers(16, SMALLEST_VPC), st.sets(st.sampled_from(ZONE_LETTERS)), st.sets(st.sampled_from(ZONE_LETTERS)))
@settings(max_examples=60)
def test_growth_and_removal_of_zones_renumber_nothing(prefix: int, before: set[str], after: set[str]) -> None:
    vpc = ipaddress.IPv4Network(f"10.0.0.0/{prefix}")
    first, second = subnets(vpc, sorted(before)), subnets(vpc, sorted(after))
    assert {zone: first[zone] for zone in before & after} == {zone: second[zone] for zone in before & after}


@given(st.integers(16, SMALLEST_VPC))
def test_all_blocks_are_apart_and_leave_a_quarter_for_another_tier(prefix: int) -> None:
    vpc = ipaddress.IPv4Network(f"10.0.0.0/{prefix}")
    plan = subnets(vpc, ZONE_LETTERS).values()
    taken = [ipaddress.IPv4Network(block) for zone in plan for block in (zone.public, zone.private)]
    assert all(block.subnet_of(vpc) for block in taken)
    assert not any(one.overlaps(other) for one in taken for other in taken if one is not other)
    assert sum(block.num_addresses for block in taken) == vpc.num_addresses * 3 // 4
    assert min(block.num_addresses for block in taken) >= 32, "a load balancer wants a /27"


def test_a_default_network_has_these_resources() -> None:
    assert network({}).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
        "aws:ec2/eip:Eip": 1,
        "aws:ec2/flowLog:FlowLog": 1,
        "aws:ec2/internetGateway:InternetGateway": 1,
        "aws:ec2/natGateway:NatGateway": 1,
        "aws:ec2/route:Route": 3,
        "aws:ec2/routeTable:RouteTable": 3,
        "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
        "aws:ec2/subnet:Subnet": 4,
        "aws:ec2/vpc:Vpc": 1,
        "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
    }


def test_subnets_take_the_first_zones_by_name_and_keep_them() -> None:
    found = network({"zone_count": 3.0}).of_type("subnet:Subnet")
    assert [(it.name, it.inputs["availabilityZone"]) for it in found] == [
        (f"main-{tier}-{letter}", f"eu-west-1{letter}") for tier in ("private", "public") for letter in "abc"
    ]
    assert all(it.ignore_changes == ["availabilityZone"] for it in found), "the list of available zones changes"
    assert not any(it.inputs["mapPublicIpOnLaunch"] for it in found)


def test_named_zones_keep_the_blocks_of_their_letters() -> None:
    built = network({"availability_zones": ["eu-west-1a", "eu-west-1c"]})
    assert blocks(built) == {
        "main-private-a": "10.20.0.0/20",
        "main-private-c": "10.20.32.0/20",
        "main-public-a": "10.20.192.0/21",
        "main-public-c": "10.20.208.0/21",
    }
    assert built.calls == [] or all(call.token != ZONES_KEY for call in built.calls)
    assert all(it.ignore_changes == [] for it in built.of_type("subnet:Subnet"))


@pytest.mark.parametrize(
    ("nat", "gateways", "private_routes"),
    [("none", [], []), ("single", ["a"], ["a", "a"]), ("per_zone", ["a", "b"], ["a", "b"])],
)
def test_private_subnets_leave_through_the_nat_asked_for(
    nat: str, gateways: list[str], private_routes: list[str]
) -> None:
    built = network({"nat": nat, "interface_endpoints": ["logs"]})
    assert [it.name for it in built.of_type("natGateway:NatGateway")] == [f"main-nat-{zone}" for zone in gateways]
    routes = [it for it in built.of_type("route:Route") if it.name.startswith("main-private")]
    assert [it.inputs["natGatewayId"] for it in routes] == [f"main-nat-{zone}-id" for zone in private_routes]


def test_a_gateway_stands_in_the_public_subnet_once_that_is_routed() -> None:
    built = network({})
    gateway = built.one("natGateway:NatGateway", "main-nat-a")
    assert gateway.inputs["subnetId"] == "main-public-a-id"
    assert "Route main-public" in gateway.depends_on, (
        "AWS refuses a NAT gateway before the internet gateway is attached"
    )


def test_what_aws_allows_once_is_removed_before_it_is_replaced() -> None:
    replaced_late = {it.type.rsplit(":", maxsplit=1)[1] for it in network({}).resources if it.delete_before_replace}
    assert replaced_late == {"FlowLog", "NatGateway"}


def test_endpoints_admit_the_vpc_only() -> None:
    built = build(lambda: Network("main", RICHEST["Network"]))
    wanted = ["com.amazonaws.eu-west-1.ecr.api", "com.amazonaws.eu-west-1.logs", "com.amazonaws.eu-west-1.s3"]
    assert [it.inputs["serviceName"] for it in built.of_type("vpcEndpoint:VpcEndpoint")] == wanted
    rules = built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
    assert [(it.inputs["cidrIpv4"], it.inputs["fromPort"], it.inputs["toPort"]) for it in rules] == [
        ("10.8.0.0/20", 443, 443)
    ]


def test_the_default_security_group_is_emptied() -> None:
    inputs = network({}).one("DefaultSecurityGroup", "main-default").inputs
    assert set(inputs) == {"vpcId", "tags"}, "any rule here would be open to whatever forgets to name a group"


def test_flow_logs_are_kept_and_written_by_a_role_of_this_account() -> None:
    built = network({})
    assert built.one("logGroup:LogGroup", "main-flow").inputs["retentionInDays"] == 30
    assert built.one("flowLog:FlowLog", "main").inputs["trafficType"] == "ALL"
    assert '"aws:SourceAccount": "123456789012"' in built.one("role:Role", "main-flow").inputs["assumeRolePolicy"]


def test_private_subnets_are_known_when_their_way_out_stands() -> None:
    def construct() -> pulumi.Output[Any]:
        return pulumi.Output.all(Network("main", {}).private_subnet_ids).apply(lambda it: it)

    assert build(construct).component_outputs("Network")["privateSubnetIds"] == [
        "main-private-a-id",
        "main-private-b-id",
    ]


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"cidr_block": "10.0.0.0/24"},
        "cidr_block must be between a /16 and a /22, got 10.0.0.0/24; "
        "a public subnet is 1/32 of it and a load balancer wants a /27",
    ),
    (
        {"cidr_block": "8.8.0.0/16"},
        "cidr_block must be a private network, got 8.8.0.0/16; take one inside 10.0.0.0/8",
    ),
    (
        {"connected_cidr_blocks": ["192.168.0.0/16", "10.16.0.0/12"]},
        "cidr_block must not overlap connected_cidr_blocks[1] (10.16.0.0/12), got 10.20.0.0/16; "
        "take a range that none of the connected networks use",
    ),
    ({"zone_count": 7}, "zone_count must be a whole number 1-6, got 7"),
    ({"zone_count": 0}, "zone_count must be a whole number 1-6, got 0"),
    (
        {"zone_count": 2, "availability_zones": ["eu-west-1a"]},
        "set zone_count or availability_zones, got both",
    ),
    (
        {"availability_zones": []},
        "availability_zones must have at least one entry, got none; for example eu-west-1a",
    ),
    ({"availability_zones": ["a"]}, "availability_zones must be zone names such as eu-west-1a, got 'a'"),
    (
        {"availability_zones": ["eu-west-1a", "eu-west-1a"]},
        "availability_zones must be distinct, got 'eu-west-1a' twice; remove one",
    ),
    (
        {"availability_zones": ["eu-west-1a", "eu-west-2b"]},
        "availability_zones must be of one region, got eu-west-1a, eu-west-2b",
    ),
    ({"nat": "both"}, "nat must be one of none, single, per_zone, got 'both'"),
    (
        {"interface_endpoints": ["com.amazonaws.eu-west-1.logs"]},
        "interface_endpoints must be service names, got 'com.amazonaws.eu-west-1.logs'; "
        "leave out com.amazonaws and the region, as in ecr.api or logs",
    ),
    (
        {"interface_endpoints": ["s3"]},
        "interface_endpoints must not name s3, which has a free gateway; remove it",
    ),
    (
        {"flow_log_retention_days": 31},
        "flow_log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, "
        "1827, 2192, 2557, 2922, 3288, 3653, got 31",
    ),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_what_cannot_work_is_refused_before_anything_exists(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Network("main", args)
        assert str(caught.value) == f"Network 'main': {sentence}"

    assert build(construct).resources == []


def test_more_zones_than_the_region_has_are_refused() -> None:
    def construct() -> None:
        with pytest.raises(
            ArgumentError, match=r"^Network 'main': zone_count must be at most 1 in this region, got 2$"
        ):
            Network("main", {})

    build(construct, {**ANSWERS, ZONES_KEY: {"names": ["xx-west-1a"]}})
