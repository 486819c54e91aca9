"""Network: addresses that never move, ways out as asked, and everything else closed."""

import ipaddress
import itertools
from collections.abc import Mapping

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.common import Arguments
from slipway.network._address_plan import LARGEST_VPC, SMALLEST_VPC, TIERS, ZONE_LETTERS, reserved_zones, subnet_blocks
from slipway.network._endpoints import ENDPOINTS_FOR
from tests.support.components.mocks import ANSWERS, Built, build
from tests.support.components.samples import COMPONENTS, RICHEST

Network = COMPONENTS["Network"]
ARGUMENTS = Arguments("Network 'main'", {})
ZONES_KEY = "aws:index/getAvailabilityZones:getAvailabilityZones"


def network(args: Mapping[str, object]) -> Built:
    return build(lambda: Network("main", args))


def blocks(built: Built) -> dict[str, str]:
    return {resource.name: resource.inputs["cidrBlock"] for resource in built.of_type("subnet:Subnet")}


STEPS = st.lists(
    st.tuples(st.sampled_from(["zone", "tier"]), st.integers(0, len(ZONE_LETTERS) - 1)), min_size=1, max_size=30
)


@given(st.integers(LARGEST_VPC, SMALLEST_VPC), STEPS)
@settings(max_examples=200)
def test_no_growth_and_no_removal_of_zones_and_tiers_renumbers_anything(
    prefix: int, steps: list[tuple[str, int]]
) -> None:
    vpc = ipaddress.IPv4Network(f"10.0.0.0/{prefix}")
    possible = ZONE_LETTERS[: reserved_zones(prefix)]
    zones, tiers, seen = {possible[0]}, {"public", "private"}, dict[tuple[str, str], str]()
    for kind, number in steps:
        # Adds what is not there, removes what is.
        if kind == "zone":
            zones ^= {possible[number % len(possible)]}
        else:
            tiers ^= {TIERS[number % len(TIERS)]}
        plan = subnet_blocks(ARGUMENTS, vpc, sorted(zones), sorted(tiers))
        now = {(tier, zone): block for tier, blocks_of_tier in plan.items() for zone, block in blocks_of_tier.items()}
        assert {key: seen[key] for key in now.keys() & seen.keys()} == {
            key: now[key] for key in now.keys() & seen.keys()
        }
        seen |= now
    everything = [ipaddress.IPv4Network(block) for block in seen.values()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(everything, 2)), "a block is kept free"


@given(st.lists(st.tuples(st.integers(1, 3), st.sets(st.sampled_from(TIERS), min_size=1)), min_size=2, max_size=3))
@settings(max_examples=8)
def test_a_network_that_grows_and_shrinks_replaces_no_subnet(sizes: list[tuple[int, set[str]]]) -> None:
    seen: dict[str, object] = {}
    for count, tiers in sizes:
        built = network({"zone_count": count, "tiers": sorted(tiers)})
        now = {
            resource.name: (resource.inputs["cidrBlock"], resource.inputs["availabilityZone"])
            for resource in built.of_type("subnet:Subnet")
        }
        assert {name: seen.get(name, place) for name, place in now.items()} == now
        seen |= now


@given(st.integers(LARGEST_VPC, SMALLEST_VPC))
def test_all_blocks_fill_the_vpc_and_suit_a_load_balancer(prefix: int) -> None:
    vpc = ipaddress.IPv4Network(f"10.0.0.0/{prefix}")
    plan = subnet_blocks(ARGUMENTS, vpc, ZONE_LETTERS[: reserved_zones(prefix)], TIERS)
    taken = [ipaddress.IPv4Network(block) for blocks_of_tier in plan.values() for block in blocks_of_tier.values()]
    assert list(ipaddress.collapse_addresses(taken)) == [vpc]
    assert sum(block.num_addresses for block in taken) == vpc.num_addresses
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
    subnets = network({"zone_count": 3.0}).of_type("subnet:Subnet")
    assert [(resource.name, resource.inputs["availabilityZone"]) for resource in subnets] == [
        (f"main-{tier}-{letter}", f"eu-west-1{letter}") for tier in ("private", "public") for letter in "abc"
    ]
    assert all(resource.ignore_changes == ["availabilityZone"] for resource in subnets), (
        "the list of available zones changes"
    )
    assert not any(resource.inputs["mapPublicIpOnLaunch"] for resource in subnets)


def test_named_zones_keep_the_blocks_of_their_letters() -> None:
    built = network({"availability_zones": ["eu-west-1a", "eu-west-1c"]})
    assert blocks(built) == {
        "main-private-a": "10.20.0.0/20",
        "main-private-c": "10.20.32.0/20",
        "main-public-a": "10.20.192.0/21",
        "main-public-c": "10.20.208.0/21",
    }
    assert built.calls == [] or all(call.token != ZONES_KEY for call in built.calls)
    assert all(resource.ignore_changes == [] for resource in built.of_type("subnet:Subnet"))


@pytest.mark.parametrize(
    ("nat", "gateways", "private_routes"),
    [("none", [], []), ("single", ["a"], ["a", "a"]), ("per_zone", ["a", "b"], ["a", "b"])],
)
def test_private_subnets_leave_through_the_nat_asked_for(
    nat: str, gateways: list[str], private_routes: list[str]
) -> None:
    built = network({"nat": nat, "interface_endpoints": ["logs"]})
    assert [resource.name for resource in built.of_type("natGateway:NatGateway")] == [
        f"main-nat-{zone}" for zone in gateways
    ]
    routes = [resource for resource in built.of_type("route:Route") if resource.name.startswith("main-private")]
    assert [resource.inputs["natGatewayId"] for resource in routes] == [
        f"main-nat-{zone}-id" for zone in private_routes
    ]


def test_a_gateway_stands_in_the_public_subnet_once_that_is_routed() -> None:
    built = network({})
    gateway = built.one("natGateway:NatGateway", "main-nat-a")
    assert gateway.inputs["subnetId"] == "main-public-a-id"
    assert "Route main-public" in gateway.depends_on, (
        "AWS refuses a NAT gateway before the internet gateway is attached"
    )


def test_what_aws_allows_once_is_removed_before_it_is_replaced() -> None:
    replaced_late = {
        resource.type.rsplit(":", maxsplit=1)[1] for resource in network({}).resources if resource.delete_before_replace
    }
    assert replaced_late == {"FlowLog", "NatGateway"}


def test_endpoints_admit_the_vpc_only() -> None:
    built = build(lambda: Network("main", RICHEST["Network"]))
    wanted = ["dynamodb", "ecr.api", "ecr.dkr", "logs", "s3", "sqs"]
    services_found = [resource.inputs["serviceName"] for resource in built.of_type("vpcEndpoint:VpcEndpoint")]
    assert services_found == [f"com.amazonaws.eu-west-1.{service}" for service in wanted]
    rules = built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
    assert [
        (resource.inputs["cidrIpv4"], resource.inputs["fromPort"], resource.inputs["toPort"]) for resource in rules
    ] == [("10.8.0.0/20", 443, 443)]


def test_the_default_security_group_is_emptied() -> None:
    inputs = network({}).one("DefaultSecurityGroup", "main-default").inputs
    assert set(inputs) == {"vpcId", "tags"}, "any rule here would be open to whatever forgets to name a group"


def test_flow_logs_are_kept_and_written_by_a_role_of_this_account() -> None:
    built = network({})
    assert built.one("logGroup:LogGroup", "main-flow").inputs["retentionInDays"] == 30
    assert built.one("flowLog:FlowLog", "main").inputs["trafficType"] == "ALL"
    assert '"aws:SourceAccount": "123456789012"' in built.one("role:Role", "main-flow").inputs["assumeRolePolicy"]


def test_private_subnets_are_known_when_their_way_out_stands() -> None:
    def construct() -> pulumi.Output[object]:
        return pulumi.Output.all(Network("main", {}).private_subnet_ids).apply(lambda ids: ids)

    assert build(construct).component_outputs("Network")["privateSubnetIds"] == [
        "main-private-a-id",
        "main-private-b-id",
    ]


@pytest.mark.parametrize(
    ("components", "services"),
    [
        (["FargateService"], ["ecr.api", "ecr.dkr", "logs"]),
        (["QueueWorker", "FanOut"], ["ecr.api", "ecr.dkr", "logs", "sqs", "sns"]),
        (["Bastion", "Host", "exec"], ["ssm", "ssmmessages"]),
        (["Topic", "Queue"], ["sns", "sqs"]),
        (["secrets", "parameters", "kms"], ["secretsmanager", "ssm", "kms"]),
        (["Bastion", "session_logs"], ["ssm", "ssmmessages", "logs"]),
    ],
)
def test_endpoints_are_those_of_what_will_run_once_each(components: list[str], services: list[str]) -> None:
    built = network({"nat": "none", "endpoints_for": components})
    endpoints = [
        resource.inputs for resource in built.resources if resource.inputs.get("vpcEndpointType") == "Interface"
    ]
    assert sorted(inputs["serviceName"].removeprefix("com.amazonaws.eu-west-1.") for inputs in endpoints) == sorted(
        services
    )
    assert all(inputs["subnetIds"] == ["main-private-a-id", "main-private-b-id"] for inputs in endpoints)


def test_every_component_that_calls_aws_at_run_time_has_its_endpoints() -> None:
    of_components = {key for key in ENDPOINTS_FOR if key[0].isupper()}
    assert of_components <= set(COMPONENTS)
    assert set(RICHEST["Network"]["endpoints_for"]) <= of_components


def test_isolated_subnets_have_no_way_out_but_interface_endpoints() -> None:
    built = network({"tiers": ["isolated"], "interface_endpoints": ["logs"]})
    assert built.of_type("route:Route") == []
    assert [resource.name for resource in built.of_type("routeTable:RouteTable")] == ["main-isolated"]
    assert [resource.name for resource in built.of_type("internetGateway:InternetGateway")] == []
    endpoint = built.one("vpcEndpoint:VpcEndpoint", "main-logs").inputs
    assert endpoint["subnetIds"] == ["main-isolated-a-id", "main-isolated-b-id"]
    outputs = built.component_outputs("Network")
    assert outputs["isolatedSubnetIds"] == ["main-isolated-a-id", "main-isolated-b-id"]
    assert (outputs["privateSubnetIds"], outputs.get("firstPrivateSubnetId")) == ([], None)


def test_gateways_stand_in_the_tables_of_private_subnets_only() -> None:
    built = network({"tiers": ["public", "private", "isolated"], "dynamodb_endpoint": True})
    gateways = [resource.inputs for resource in built.resources if resource.inputs.get("vpcEndpointType") == "Gateway"]
    assert [inputs["routeTableIds"] for inputs in gateways] == [["main-private-a-id", "main-private-b-id"]] * 2


def test_blocks_of_ones_own_take_the_place_of_reserved_ones() -> None:
    own = {"public": ["10.20.252.0/26", "10.20.253.0/26"]}
    assert blocks(network({"subnet_cidr_blocks": own})) == {
        "main-private-a": "10.20.0.0/20",
        "main-private-b": "10.20.16.0/20",
        "main-public-a": "10.20.252.0/26",
        "main-public-b": "10.20.253.0/26",
    }


def test_the_smallest_vpc_holds_two_zones_of_three_tiers() -> None:
    built = network({"cidr_block": "10.0.0.0/24", "tiers": ["public", "private", "isolated"]})
    assert blocks(built) == {
        "main-isolated-a": "10.0.0.128/27",
        "main-isolated-b": "10.0.0.160/27",
        "main-private-a": "10.0.0.0/26",
        "main-private-b": "10.0.0.64/26",
        "main-public-a": "10.0.0.192/27",
        "main-public-b": "10.0.0.224/27",
    }


def test_a_cluster_finds_its_subnets_by_their_tags_when_asked() -> None:
    everything = {"tiers": ["public", "private", "isolated"], "zone_count": 1}
    tags = {
        resource.name: resource.inputs["tags"]
        for resource in network(everything | {"eks_subnet_tags": True}).of_type("subnet:Subnet")
    }
    assert tags == {
        "main-isolated-a": {"Name": "main-isolated-a"},
        "main-private-a": {"Name": "main-private-a", "kubernetes.io/role/internal-elb": "1"},
        "main-public-a": {"Name": "main-public-a", "kubernetes.io/role/elb": "1"},
    }
    assert all(set(resource.inputs["tags"]) == {"Name"} for resource in network(everything).of_type("subnet:Subnet"))


def test_with_a_provider_that_is_not_known_yet_a_preview_has_every_resource_and_unknown_zones() -> None:
    known = network({})
    unknown = build(lambda: Network("main", {}), {**ANSWERS, ZONES_KEY: {"names": None}})
    assert unknown.counts() == known.counts()
    subnets = unknown.of_type("subnet:Subnet")
    assert {it.name for it in subnets} == {it.name for it in known.of_type("subnet:Subnet")}
    assert [it.inputs for it in subnets if "availabilityZone" in it.inputs] == []
