"""Network: NAT by an instance and with addresses of one's own, IPv6 beside IPv4, network ACLs, and what is billed."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.network._address_plan import TIERS, ZONE_LETTERS, reserved_ipv6_block
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS

Network = COMPONENTS["Network"]
EVERY_TIER = {"tiers": ["public", "private", "isolated"]}
ROUTE, ACL = "route:Route", "networkAcl:NetworkAcl"
VPC_IPV6 = "2a05:d018:1234:5600::/56"


def network(args: Mapping[str, object]) -> Built:
    return build(lambda: Network("main", args))


def test_a_nat_instance_forwards_for_the_vpc_and_is_reached_by_nobody_else() -> None:
    built = network({"nat": "instance"})
    instance = built.one("instance:Instance", "main-nat")
    assert instance.inputs | {"userData": ""} == {
        "ami": "ami-0123456789abcdef0",
        "instanceType": "t4g.nano",
        "subnetId": "main-public-a-id",
        "associatePublicIpAddress": False,
        "sourceDestCheck": False,
        "vpcSecurityGroupIds": ["main-nat-id"],
        "iamInstanceProfile": "main-nat",
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True, "volumeType": "gp3", "volumeSize": 8},
        "userData": "",
        "tags": {"Name": "main-nat"},
        "volumeTags": {"Name": "main-nat"},
    }
    assert "-A POSTROUTING -s 10.20.0.0/16 ! -d 10.20.0.0/16 -j MASQUERADE\n" in instance.inputs["userData"]
    keys = ("cidrIpv4", "ipProtocol", "fromPort")
    rules = {resource.name: [resource.inputs.get(key) for key in keys] for resource in built.of_type("gressRule")}
    assert rules == {"main-nat-vpc": ["10.20.0.0/16", "-1", None], "main-nat-everywhere": ["0.0.0.0/0", "-1", None]}
    assert built.one("eip:Eip", "main-nat").inputs["instance"] == "main-nat-id"
    assert "Route main-public" in built.one("eip:Eip", "main-nat").depends_on
    routes = [
        resource.inputs.get("networkInterfaceId") for resource in built.of_type(ROUTE) if "private" in resource.name
    ]
    assert routes == ["main-nat-eni", "main-nat-eni"]
    assert built.of_type("natGateway:NatGateway") == []
    assert built.component_outputs("Network")["natPublicIps"] == ["203.0.113.10"]


def test_a_nat_instance_stays_what_it_is_until_asked() -> None:
    stays = network({"nat": "instance"}).one("instance:Instance", "main-nat")
    assert stays.ignore_changes == ["ami", "userData", "associatePublicIpAddress"]
    fresh = network({"nat": "instance", "refresh_nat_ami": True}).one("instance:Instance", "main-nat")
    assert (fresh.ignore_changes, fresh.replace_on_changes) == (["associatePublicIpAddress"], ["userData"])


def test_addresses_of_ones_own_serve_the_gateways_in_the_order_of_the_zones() -> None:
    own = ["eipalloc-0000000a", "eipalloc-0000000b"]
    built = network({"nat": "per_zone", "nat_elastic_ip_allocation_ids": own})
    assert built.of_type("eip:Eip") == []
    assert [resource.inputs["allocationId"] for resource in built.of_type("natGateway:NatGateway")] == own
    assert built.component_outputs("Network")["natPublicIps"] == ["203.0.113.20", "203.0.113.20"]


def test_an_address_of_ones_own_serves_the_nat_instance() -> None:
    built = network({"nat": "instance", "nat_elastic_ip_allocation_ids": ["eipalloc-0000000a"]})
    tied = built.one("eipAssociation:EipAssociation", "main-nat").inputs
    assert tied == {"instanceId": "main-nat-id", "allocationId": "eipalloc-0000000a"}
    assert built.of_type("eip:Eip") == []
    assert built.component_outputs("Network")["natPublicIps"] == ["203.0.113.30"]


def test_with_ipv6_every_subnet_has_the_64_of_its_tier_and_zone() -> None:
    built = network(EVERY_TIER | {"ipv6": True})
    assert built.one("vpc:Vpc", "main").inputs["assignGeneratedIpv6CidrBlock"] is True
    subnets = {resource.name: resource.inputs for resource in built.of_type("subnet:Subnet")}
    assert {name: inputs["ipv6CidrBlock"] for name, inputs in subnets.items()} == {
        "main-private-a": "2a05:d018:1234:5600::/64",
        "main-private-b": "2a05:d018:1234:5601::/64",
        "main-isolated-a": "2a05:d018:1234:5610::/64",
        "main-isolated-b": "2a05:d018:1234:5611::/64",
        "main-public-a": "2a05:d018:1234:5620::/64",
        "main-public-b": "2a05:d018:1234:5621::/64",
    }
    assert not any("assignIpv6AddressOnCreation" in inputs for inputs in subnets.values()), (
        "who wants an address asks for it"
    )
    assert built.component_outputs("Network")["ipv6CidrBlock"] == VPC_IPV6


def test_with_ipv6_private_subnets_get_out_one_way_and_isolated_ones_not_at_all() -> None:
    built = network(EVERY_TIER | {"ipv6": True, "nat": "none", "interface_endpoints": ["logs"]})
    targets = ("gatewayId", "egressOnlyGatewayId")
    out = {
        resource.name: resource.inputs
        for resource in built.of_type(ROUTE)
        if "destinationIpv6CidrBlock" in resource.inputs
    }
    assert {name: [inputs.get(key) for key in targets] for name, inputs in out.items()} == {
        "main-public-ipv6": ["main-id", None],
        "main-private-a-ipv6": [None, "main-id"],
        "main-private-b-ipv6": [None, "main-id"],
    }
    assert {inputs["destinationIpv6CidrBlock"] for inputs in out.values()} == {"::/0"}
    assert built.one("egressOnlyInternetGateway:EgressOnlyInternetGateway", "main").inputs["vpcId"] == "main-id"


@given(st.integers(0, 2**56 - 1))
def test_no_two_subnets_share_a_64_of_the_vpcs_56(number: int) -> None:
    vpc = ipaddress.IPv6Network((number << 72, 56))
    taken = [
        ipaddress.IPv6Network(reserved_ipv6_block(str(vpc), tier, zone)) for tier in TIERS for zone in ZONE_LETTERS
    ]
    assert len(set(taken)) == 24
    assert all(block.subnet_of(vpc) and block.prefixlen == 64 for block in taken)


class AclRule(TypedDict):
    """A rule as the provider gets it."""

    ruleNo: int
    action: str
    protocol: str
    fromPort: int
    toPort: int
    cidrBlock: NotRequired[str]
    ipv6CidrBlock: NotRequired[str]


def passes(rules: list[AclRule], address: str, protocol: str, port: int) -> bool:
    """What AWS makes of the rules for a packet: the first that fits decides, and without one it is refused."""
    for rule in sorted(rules, key=lambda rule: rule["ruleNo"]):
        block = rule.get("cidrBlock") or rule.get("ipv6CidrBlock")
        fits = ipaddress.ip_address(address) in ipaddress.ip_network(str(block)) and rule["protocol"] in (
            "-1",
            protocol,
        )
        if fits and (rule["protocol"] not in ("6", "17") or rule["fromPort"] <= port <= rule["toPort"]):
            return bool(rule["action"] == "allow")
    return False


ACLS: dict[str, object] = {"admin_cidr_blocks": ["203.0.113.7/32"], "denied_cidr_blocks": ["198.51.100.0/24"]}
INSIDE, CONNECTED, OFFICE, ANYONE, DENIED = "10.20.3.4", "192.168.7.7", "203.0.113.7", "192.0.2.1", "198.51.100.9"
INSIDE_IPV6, ANYONE_IPV6 = "2a05:d018:1234:5601::5", "2001:db8::1"


class Packet(NamedTuple):
    """A packet, and the tiers that let it pass."""

    direction: str
    address: str
    protocol: str
    port: int
    tiers: str


PACKETS = [
    Packet("ingress", INSIDE, "6", 22, "public private isolated"),
    Packet("ingress", INSIDE_IPV6, "6", 5432, "public private isolated"),
    Packet("ingress", CONNECTED, "6", 5432, "public private isolated"),
    Packet("ingress", OFFICE, "6", 22, "public private"),
    Packet("ingress", ANYONE, "6", 22, ""),
    Packet("ingress", ANYONE, "6", 3389, ""),
    Packet("ingress", ANYONE_IPV6, "6", 22, ""),
    Packet("ingress", ANYONE_IPV6, "6", 443, "public"),
    Packet("ingress", ANYONE, "6", 443, "public"),
    Packet("ingress", ANYONE, "6", 25, ""),
    Packet("ingress", ANYONE, "6", 40000, "public private"),
    Packet("ingress", ANYONE, "17", 40000, "public private"),
    Packet("ingress", ANYONE, "1", 0, "public private"),
    Packet("ingress", DENIED, "6", 40000, ""),
    Packet("egress", DENIED, "6", 443, ""),
    Packet("egress", ANYONE, "6", 443, "public private"),
    Packet("egress", ANYONE_IPV6, "6", 443, "public private"),
    Packet("egress", INSIDE, "6", 443, "public private isolated"),
    Packet("egress", INSIDE_IPV6, "6", 443, "public private isolated"),
    Packet("egress", CONNECTED, "6", 40000, "public private isolated"),
]


@pytest.mark.parametrize("packet", PACKETS)
def test_network_acls_let_pass_what_a_tier_is_for(packet: Packet) -> None:
    args = EVERY_TIER | {"ipv6": True, "network_acls": ACLS, "connected_cidr_blocks": ["192.168.0.0/16"]}
    acls = {resource.name.removeprefix("main-"): resource.inputs for resource in network(args).of_type(ACL)}
    passing = {
        tier
        for tier, acl in acls.items()
        if passes(acl[packet.direction], packet.address, packet.protocol, packet.port)
    }
    assert passing == set(packet.tiers.split())


def test_a_tier_has_one_acl_for_its_subnets_and_rules_with_numbers_of_their_own() -> None:
    built = network({"network_acls": {}})
    acl = built.one(ACL, "main-private").inputs
    assert acl["subnetIds"] == ["main-private-a-id", "main-private-b-id"]
    numbers = {kind: [rule["ruleNo"] for rule in acl[kind]] for kind in ("ingress", "egress")}
    assert numbers == {"ingress": [200, 400, 401, 500, 501, 502], "egress": [200, 500]}
    assert network({}).of_type(ACL) == []


GATEWAY = "by the hour, and by each GB through it"
LOGS = "flow logs: by each GB taken in and kept"


@pytest.mark.parametrize(
    ("args", "lines"),
    [
        (
            {},
            [
                f"1 NAT gateway: {GATEWAY}",
                "1 public IPv4 address: by the hour",
                "traffic from other zones to the NAT: by each GB",
                LOGS,
            ],
        ),
        (
            {"nat": "per_zone", "zone_count": 3},
            [f"3 NAT gateways: {GATEWAY}", "3 public IPv4 addresses: by the hour", LOGS],
        ),
        ({"nat": "none", "endpoints_for": ["FanOut"]}, [f"2 interface endpoints x 2 zones: {GATEWAY}", LOGS]),
        (
            {"nat": "instance", "zone_count": 1},
            ["1 NAT instance, t4g.nano: by the hour; its disk: by the GiB", "1 public IPv4 address: by the hour", LOGS],
        ),
    ],
)
def test_what_is_billed_is_said(args: dict[str, object], lines: list[str]) -> None:
    assert network(args).component_outputs("Network")["costDrivers"] == lines


class Lonely(NamedTuple):
    """Arguments, and the warnings about private subnets that reach next to nothing."""

    args: dict[str, object]
    warnings: list[str]


LONELY = [
    Lonely({"nat": "none"}, ["without nat and interface_endpoints, private subnets reach only S3"]),
    Lonely(
        {"nat": "none", "dynamodb_endpoint": True, "ipv6": True},
        ["without nat and interface_endpoints, private subnets reach only S3 and DynamoDB over IPv4"],
    ),
    Lonely({"nat": "none", "interface_endpoints": ["logs"]}, []),
    Lonely({"nat": "none", "tiers": ["public"]}, []),
    Lonely({}, []),
]


@pytest.mark.parametrize("case", LONELY)
def test_private_subnets_that_reach_next_to_nothing_are_a_warning(
    case: Lonely, caplog: pytest.LogCaptureFixture
) -> None:
    build(lambda: Network("main", case.args))
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == [f"Network 'main': {warning}" for warning in case.warnings]
