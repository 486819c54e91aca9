"""Network: what cannot work is refused in one sentence, before anything exists."""

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import ANSWERS, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS

Network = COMPONENTS["Network"]
ZONES_KEY = "aws:index/getAvailabilityZones:getAvailabilityZones"
VPC, A, B, C = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
FOUND: dict[str, object] = {"vpc_id": VPC, "private_subnet_ids": [A, B]}

WRONG = [
    Refused(
        {"cidr_block": "10.0.0.0/25"},
        "cidr_block must be between a /16 and a /24, got 10.0.0.0/25; it has 128, and the smallest plan is "
        "2 zones x (64 private + 32 isolated + 32 public) = 256 addresses",
    ),
    Refused(
        {"cidr_block": "10.0.0.0/15"},
        "cidr_block must be between a /16 and a /24, got 10.0.0.0/15; AWS has no larger VPC",
    ),
    Refused(
        {"cidr_block": "10.0.0.0/24", "zone_count": 3},
        "cidr_block must hold the blocks of zone c, got 10.0.0.0/24, which holds "
        "2 zones x (64 private + 32 isolated + 32 public) = 256 addresses; "
        "take a /23 or larger, or name subnet_cidr_blocks for every tier",
    ),
    Refused(
        {"cidr_block": "10.0.0.0/23", "zone_count": 6},
        "cidr_block must hold the blocks of zone f, got 10.0.0.0/23, which holds "
        "4 zones x (64 private + 32 isolated + 32 public) = 512 addresses; "
        "take a /22 or larger, or name subnet_cidr_blocks for every tier",
    ),
    Refused(
        {"cidr_block": "10.0.0.0/24", "availability_zones": ["eu-west-1b", "eu-west-1c"]},
        "cidr_block must hold the blocks of zone c, got 10.0.0.0/24, which holds "
        "2 zones x (64 private + 32 isolated + 32 public) = 256 addresses; "
        "take a /23 or larger, or name subnet_cidr_blocks for every tier",
    ),
    Refused(
        {"cidr_block": "10.20.0.1/16"},
        "cidr_block must be an IPv4 network, got '10.20.0.1/16'; the network of that address is 10.20.0.0/16",
    ),
    Refused({"cidr_block": "ten"}, "cidr_block must be an IPv4 network, got 'ten'; write it like 10.20.0.0/16"),
    Refused({"cidr_block": 10}, "cidr_block must be a string, got 10"),
    Refused({"tiers": []}, "tiers must have at least one entry, got none; for example public and private"),
    Refused({"tiers": ["dmz"]}, "tiers must be one of public, private, isolated, got 'dmz'"),
    Refused({"tiers": ["private", "private"]}, "tiers must be distinct, got 'private' twice; remove one"),
    Refused({"tiers": "private"}, "tiers must be a list, got 'private'"),
    Refused(
        {"tiers": ["private"], "nat": "single"},
        "nat must be none with tiers private, got 'single'; "
        "it joins private subnets to public ones; add the tier, or leave nat out",
    ),
    Refused(
        {"tiers": ["public", "isolated"], "nat": "per_zone"},
        "nat must be none with tiers public, isolated, got 'per_zone'; "
        "it joins private subnets to public ones; add the tier, or leave nat out",
    ),
    Refused(
        {"tiers": ["public"], "endpoints_for": ["Bastion"]},
        "tiers must have private or isolated for interface endpoints to stand in, got public",
    ),
    Refused(
        {"tiers": ["isolated"], "dynamodb_endpoint": True},
        "dynamodb_endpoint needs the tier private, got isolated; add it",
    ),
    Refused(
        {"subnet_cidr_blocks": {"isolated": ["10.20.0.0/24", "10.20.1.0/24"]}},
        "subnet_cidr_blocks must be one of public, private, got 'isolated'",
    ),
    Refused(
        {"subnet_cidr_blocks": {"public": ["10.20.0.0/24"]}},
        "subnet_cidr_blocks.public must have one block per zone, got 1 for 2 zones",
    ),
    Refused(
        {"subnet_cidr_blocks": {"public": ["10.20.0.0/24", "10.21.0.0/24"]}},
        "subnet_cidr_blocks.public[1] must lie in cidr_block 10.20.0.0/16, got 10.21.0.0/24",
    ),
    Refused(
        {"subnet_cidr_blocks": {"public": ["10.20.250.0/24", "10.20.251.0/28"]}},
        "subnet_cidr_blocks.public[1] must be a /27 or larger, got 10.20.251.0/28; a load balancer needs 32 addresses",
    ),
    Refused(
        {"subnet_cidr_blocks": {"private": ["10.20.1.0/24", "10.20.2.0/29"]}},
        "subnet_cidr_blocks.private[1] must be a /28 or larger, got 10.20.2.0/29; AWS has no smaller subnet",
    ),
    Refused(
        {"subnet_cidr_blocks": {"private": ["10.20.1.0/24", "10.20.1.128/25"]}},
        "subnet_cidr_blocks must not overlap, got 10.20.1.0/24 (private a) and 10.20.1.128/25 (private b); "
        "name blocks for both tiers, or move one",
    ),
    Refused(
        {"subnet_cidr_blocks": {"public": ["10.20.5.0/24", "10.20.250.0/24"]}},
        "subnet_cidr_blocks must not overlap, got 10.20.5.0/24 (public a) and 10.20.0.0/20 (private a); "
        "name blocks for both tiers, or move one",
    ),
    Refused(
        {"subnet_cidr_blocks": {"private": ["10.20.0.0/33", "10.20.1.0/24"]}},
        "subnet_cidr_blocks.private[0] must be an IPv4 network, got '10.20.0.0/33'; write it like 10.20.0.0/16",
    ),
    Refused(
        {"connected_cidr_blocks": ["192.168.1.1/16"]},
        "connected_cidr_blocks[0] must be an IPv4 network, got '192.168.1.1/16'; "
        "the network of that address is 192.168.0.0/16",
    ),
    Refused({"zone_count": 2.5}, "zone_count must be a whole number 1-6, got 2.5"),
    Refused({"zone_count": "2"}, "zone_count must be a number, got '2'"),
    Refused(
        {"interface_endpoints": ["dynamodb"]},
        "interface_endpoints must not name dynamodb, which has a free gateway; set dynamodb_endpoint instead",
    ),
    Refused(
        {"interface_endpoints": ["logs", "logs"]}, "interface_endpoints must be distinct, got 'logs' twice; remove one"
    ),
    Refused(
        {"interface_endpoints": ["ECR"]},
        "interface_endpoints must be service names, got 'ECR'; leave out com.amazonaws and the region, as in ecr.api or logs",
    ),
    Refused(
        {"endpoints_for": ["Lambda"]},
        "endpoints_for must be one of Bastion, EksCluster, FanOut, FargateService, Host, Job, Queue, QueueWorker, Topic, exec, kms, "
        "parameters, secrets, session_logs, got 'Lambda'",
    ),
    Refused({"endpoints_for": ["exec", "exec"]}, "endpoints_for must be distinct, got 'exec' twice; remove one"),
    Refused({"eks_subnet_tags": "yes"}, "eks_subnet_tags must be true or false, got 'yes'"),
    Refused({"private_subnet_ids": [A, B]}, "private_subnet_ids goes with vpc_id, got no vpc_id; set it too"),
    Refused({"vpc_id": "main"}, "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0, got 'main'"),
    Refused(
        {"vpc_id": VPC},
        "vpc_id needs its subnets, got none; set private_subnet_ids, and public_subnet_ids where there are",
    ),
    Refused(FOUND | {"nat": "none"}, "vpc_id takes a VPC as it is, got nat too; remove nat or vpc_id"),
    Refused(FOUND | {"zone_count": 2}, "vpc_id takes a VPC as it is, got zone_count too; remove zone_count or vpc_id"),
    Refused(
        FOUND | {"private_subnet_ids": [A, "b"]},
        "private_subnet_ids[1] must be the id of a subnet, such as subnet-0123456789abcdef0, got 'b'",
    ),
    Refused(
        FOUND | {"private_subnet_ids": [A]},
        "private_subnet_ids must name subnets in at least two zones, got 1 subnet; load balancers need two",
    ),
    Refused(
        FOUND | {"public_subnet_ids": []},
        "public_subnet_ids must name subnets in at least two zones, got 0 subnets; load balancers need two",
    ),
    Refused(
        FOUND | {"private_subnet_ids": [A, A]}, f"private_subnet_ids must be distinct, got '{A}' twice; remove one"
    ),
    Refused(
        FOUND | {"public_subnet_ids": [C, B]},
        f"private_subnet_ids must not share a subnet with public_subnet_ids, got {B} in both; remove one",
    ),
    Refused(
        {"cidr_block": "8.8.0.0/16"},
        "cidr_block must be a private network, got 8.8.0.0/16; take one inside 10.0.0.0/8",
    ),
    Refused(
        {"connected_cidr_blocks": ["192.168.0.0/16", "10.16.0.0/12"]},
        "cidr_block must not overlap connected_cidr_blocks[1] (10.16.0.0/12), got 10.20.0.0/16; "
        "take a range that none of the connected networks use",
    ),
    Refused({"zone_count": 7}, "zone_count must be a whole number 1-6, got 7"),
    Refused({"zone_count": 0}, "zone_count must be a whole number 1-6, got 0"),
    Refused(
        {"zone_count": 2, "availability_zones": ["eu-west-1a"]},
        "set zone_count or availability_zones, got both",
    ),
    Refused(
        {"availability_zones": []},
        "availability_zones must have at least one entry, got none; for example eu-west-1a",
    ),
    Refused({"availability_zones": ["a"]}, "availability_zones must be zone names such as eu-west-1a, got 'a'"),
    Refused(
        {"availability_zones": ["eu-west-1a", "eu-west-1a"]},
        "availability_zones must be distinct, got 'eu-west-1a' twice; remove one",
    ),
    Refused(
        {"availability_zones": ["eu-west-1a", "eu-west-2b"]},
        "availability_zones must be of one region, got eu-west-1a, eu-west-2b",
    ),
    Refused({"nat": "both"}, "nat must be one of none, single, per_zone, instance, got 'both'"),
    Refused(
        {"interface_endpoints": ["com.amazonaws.eu-west-1.logs"]},
        "interface_endpoints must be service names, got 'com.amazonaws.eu-west-1.logs'; "
        "leave out com.amazonaws and the region, as in ecr.api or logs",
    ),
    Refused(
        {"interface_endpoints": ["s3"]},
        "interface_endpoints must not name s3, which has a free gateway; remove it",
    ),
    Refused(
        {"flow_log_retention_days": 31},
        "flow_log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, "
        "1827, 2192, 2557, 2922, 3288, 3653, got 31",
    ),
    Refused(
        {"nat": "single", "nat_instance_type": "t4g.nano"},
        "nat_instance_type is for nat instance, got nat single; remove it",
    ),
    Refused({"refresh_nat_ami": False}, "refresh_nat_ami is for nat instance, got nat single; remove it"),
    Refused(
        {"nat": "instance", "nat_instance_type": "tiny"}, "nat_instance_type must be one like t4g.micro, got 'tiny'"
    ),
    Refused(
        {"tiers": ["private"], "nat": "instance"},
        "nat must be none with tiers private, got 'instance'; "
        "it joins private subnets to public ones; add the tier, or leave nat out",
    ),
    Refused(
        {"nat": "per_zone", "nat_elastic_ip_allocation_ids": ["eipalloc-0000000a"]},
        "nat_elastic_ip_allocation_ids must have one Elastic IP per NAT, which with nat per_zone is 2, got 1",
    ),
    Refused(
        {"nat": "none", "nat_elastic_ip_allocation_ids": []},
        "nat_elastic_ip_allocation_ids must have one Elastic IP per NAT, which with nat none is 0, got 0",
    ),
    Refused(
        {"nat_elastic_ip_allocation_ids": ["203.0.113.7"]},
        "nat_elastic_ip_allocation_ids[0] must be the id of an Elastic IP's allocation, such as eipalloc-0123456789abcdef0, "
        "got '203.0.113.7'",
    ),
    Refused(
        {"nat": "per_zone", "nat_elastic_ip_allocation_ids": ["eipalloc-0000000a", "eipalloc-0000000a"]},
        "nat_elastic_ip_allocation_ids must be distinct, got 'eipalloc-0000000a' twice; remove one",
    ),
    Refused({"ipv6": "yes"}, "ipv6 must be true or false, got 'yes'"),
    Refused({"network_acls": True}, "network_acls must be a mapping of arguments, got True"),
    Refused(
        {"network_acls": {"deny": []}},
        "network_acls.deny is not an argument; the arguments are admin_cidr_blocks, denied_cidr_blocks",
    ),
    Refused(
        {"network_acls": {"admin_cidr_blocks": ["0.0.0.0/0"]}},
        "network_acls.admin_cidr_blocks must not be open to everyone, got 0.0.0.0/0; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    Refused(
        {"network_acls": {"denied_cidr_blocks": ["198.51.100.7/24"]}},
        "network_acls.denied_cidr_blocks[0] must be an IPv4 network, got '198.51.100.7/24'; "
        "the network of that address is 198.51.100.0/24",
    ),
    Refused(
        {"network_acls": {"denied_cidr_blocks": ["10.0.0.0/8"]}},
        "network_acls.denied_cidr_blocks[0] must not overlap cidr_block 10.20.0.0/16, got 10.0.0.0/8; "
        "the VPC could not reach its own addresses; name networks outside",
    ),
    Refused(
        {
            "connected_cidr_blocks": ["192.168.0.0/16"],
            "network_acls": {
                "admin_cidr_blocks": ["203.0.113.7/32"],
                "denied_cidr_blocks": [f"198.51.{number}.0/24" for number in range(10)],
            },
        },
        "network_acls must need at most 20 rules, got 10 denied + 1 connected + 2 x 1 admin + 8 = 21; "
        "name larger networks in it or in connected_cidr_blocks",
    ),
]


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_work_is_refused_before_anything_exists(case: Refused) -> None:
    assert refusal(lambda: Network("main", case.args)) == f"Network 'main': {case.says}"


def test_more_zones_than_the_region_has_are_refused() -> None:
    def construct() -> None:
        with pytest.raises(
            ArgumentError, match=r"^Network 'main': zone_count must be at most 1 in this region, got 2$"
        ):
            Network("main", {})

    build(construct, {**ANSWERS, ZONES_KEY: {"names": ["xx-west-1a"]}})
