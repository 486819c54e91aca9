"""VPC with public, private and isolated subnets whose addresses never move, and the ways out its workloads need.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, check_keys, child_name

from ._address_plan import TIERS
from ._existing_network import check_ids, first_zones, look_up
from ._network_acls import NetworkAclArgs
from ._network_parts import NetworkParts, new_network
from ._network_spec import network_spec

OF_EXISTING = ("vpc_id", *(f"{tier}_subnet_ids" for tier in TIERS))


class NetworkArgs(TypedDict):
    """Arguments of Network."""

    cidr_block: NotRequired[str]
    """Private IPv4 range of the VPC, /16 to /24; a /23 has room for 4 zones, a /24 for 2. Changing it replaces
    everything. Default: 10.20.0.0/16."""
    connected_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that the VPC will be peered or routed with, such as the office's; cidr_block may overlap none of them.
    Default: none."""
    tiers: NotRequired[list[str]]
    """Kinds of subnets, one of each per zone: public (routed to the internet), private (out through nat and endpoints),
    isolated (no way out but interface endpoints, for databases). Default: public and private."""
    subnet_cidr_blocks: NotRequired[Mapping[str, list[str]]]
    """Blocks of your own by tier, one per zone in the order of the zones. Default: the block reserved for tier and zone."""
    zone_count: NotRequired[int]
    """Availability zones to span, 1-6; the region's first ones by name. Default: 2 zones."""
    availability_zones: NotRequired[list[str]]
    """Names of the zones to span, in place of zone_count. Their last letters choose the address blocks, so naming them
    later moves subnets where the region's zones skip letters. Default: the zones are looked up."""
    ipv6: NotRequired[bool]
    """Whether subnets have IPv6 beside IPv4: a /56 of Amazon's for the VPC, a /64 reserved for each tier and zone;
    private subnets get out, and nothing gets in, through an egress-only gateway. Default: false."""
    nat: NotRequired[str]
    """Way out of private subnets over IPv4: none, single (one gateway), per_zone (survives a zone) or instance (one small
    instance, for stacks that may do without for minutes). Default: single; none where tiers leave out public or private."""
    nat_allocation_ids: NotRequired[list[pulumi.Input[str]]]
    """Elastic IPs of your own, one per gateway or instance in the order of the zones. Default: new ones."""
    nat_instance_type: NotRequired[str]
    """Instance type with nat instance; its processor chooses the image. Default: t4g.nano, which is arm64."""
    refresh_nat_ami: NotRequired[bool]
    """Whether the next update replaces the NAT instance where there is a newer image. Default: false, the image and the
    set-up of the first deployment stay."""
    interface_endpoints: NotRequired[list[str]]
    """Services reached without leaving the VPC, such as ecr.api, ecr.dkr, logs, sqs. Default: the S3 gateway only."""
    endpoints_for: NotRequired[list[str]]
    """What will run here, for exactly the interface endpoints it needs: the components Bastion, FanOut, FargateService,
    Host, Queue, QueueWorker, Topic, and the features exec, kms, parameters, secrets, session_logs. Default: none."""
    dynamodb_endpoint: NotRequired[bool]
    """Whether private subnets reach DynamoDB through its gateway, which is free. Default: false."""
    eks_subnet_tags: NotRequired[bool]
    """Whether load balancers that an EKS cluster makes find the public and private subnets by their tags. Default: false."""
    network_acls: NotRequired[NetworkAclArgs]
    """Network ACLs in front of the security groups: isolated subnets speak with the VPC only, private ones let answers
    in, public ones answers and the web's ports 80 and 443. Default: AWS's own, which lets everything pass."""
    flow_log_retention_days: NotRequired[int]
    """Days that flow logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    vpc_id: NotRequired[str]
    """Id of a VPC that is there already; nothing is created, and only the subnet ids go with it. Default: a new VPC."""
    public_subnet_ids: NotRequired[list[str]]
    """Public subnets of vpc_id, in two zones at least. Default: none."""
    private_subnet_ids: NotRequired[list[str]]
    """Private subnets of vpc_id, in two zones at least. Default: none."""
    isolated_subnet_ids: NotRequired[list[str]]
    """Isolated subnets of vpc_id, in two zones at least. Default: none."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""


class Network(pulumi.ComponentResource):
    """A VPC over 1-6 zones with a public and a private subnet in each, a closed default security group and flow logs.

    Creates per zone a subnet of each tier and a private route table; beside them an internet gateway, NAT as asked, the S3
    gateway endpoint, interface endpoints and network ACLs as asked, and a log group with the role that writes to it. With
    vpc_id it creates nothing and gives the same outputs.

    Raises ArgumentError on a range that cannot hold the plan or overlaps a connected network, blocks that overlap or
    leave it, unknown or repeated tiers and zones, a nat without the tiers it joins or an argument of another nat,
    endpoints that are no service names or without subnets to stand in, network ACLs that shut out the VPC or let
    everyone administer, a retention that CloudWatch Logs does not offer, and subnets that are in one zone only, of another
    VPC, or not routed as their tier says.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    cidr_block: pulumi.Output[str]
    """IPv4 range of the VPC."""
    ipv6_cidr_block: pulumi.Output[str | None]
    """IPv6 range of the VPC; none without ipv6 and for an existing VPC."""
    availability_zones: pulumi.Output[Sequence[str]]
    """Names of the zones, in the order of the subnets."""
    public_subnet_ids: pulumi.Output[Sequence[str]]
    """Public subnets, one per zone; known when their route to the internet stands."""
    first_public_subnet_id: pulumi.Output[str]
    """Public subnet of the first zone, for a single instance: unlike an entry of the list, it stays known in a preview
    that adds a zone. Null without the tier."""
    private_subnet_ids: pulumi.Output[Sequence[str]]
    """Private subnets, one per zone; known when their way out stands, so that a task started in them can pull."""
    first_private_subnet_id: pulumi.Output[str]
    """Private subnet of the first zone. Null without the tier."""
    isolated_subnet_ids: pulumi.Output[Sequence[str]]
    """Isolated subnets, one per zone; empty without the tier."""
    nat_public_ips: pulumi.Output[Sequence[str]]
    """Addresses that the internet sees, for other people's allow lists; empty without NAT and for an existing VPC."""
    flow_log_group_name: pulumi.Output[str | None]
    """Log group of the flow logs; none for an existing VPC."""
    cost_drivers: pulumi.Output[Sequence[str]]
    """What AWS bills for it by the month, a line for each; empty for an existing VPC."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Network {name!r}"
        check_keys(who, args, NetworkArgs)
        child_name(who, name, limit=64, suffix="-flow")
        vpc_id = args.get("vpc_id")
        ids = existing_subnets(who, args)
        spec = network_spec(who, args) if vpc_id is None else None
        super().__init__("slipway:index:Network", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        if spec is not None:
            parts = new_network(self, name, spec, args.get("tags"), child)
        else:
            parts = existing_parts(who, str(vpc_id), ids, child)
        self.vpc_id = parts.vpc_id
        self.cidr_block = parts.cidr_block
        self.ipv6_cidr_block = parts.ipv6_cidr_block
        self.availability_zones = parts.zones
        self.public_subnet_ids = parts.all_of("public")
        self.first_public_subnet_id = parts.first_of("public")
        self.private_subnet_ids = parts.all_of("private")
        self.first_private_subnet_id = parts.first_of("private")
        self.isolated_subnet_ids = parts.all_of("isolated")
        self.nat_public_ips = parts.nat_public_ips
        self.flow_log_group_name = parts.flow_log_group_name
        self.cost_drivers = pulumi.Output.from_input(parts.cost_drivers)
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "cidrBlock": self.cidr_block,
                "ipv6CidrBlock": self.ipv6_cidr_block,
                "availabilityZones": self.availability_zones,
                "publicSubnetIds": self.public_subnet_ids,
                "firstPublicSubnetId": self.first_public_subnet_id,
                "privateSubnetIds": self.private_subnet_ids,
                "firstPrivateSubnetId": self.first_private_subnet_id,
                "isolatedSubnetIds": self.isolated_subnet_ids,
                "natPublicIps": self.nat_public_ips,
                "flowLogGroupName": self.flow_log_group_name,
                "costDrivers": self.cost_drivers,
            }
        )


def existing_subnets(who: str, args: NetworkArgs) -> dict[str, list[str]]:
    """Tier to the subnets of the existing VPC; nothing else may be said about a VPC that is there already."""
    ids = {
        "public": args.get("public_subnet_ids"),
        "private": args.get("private_subnet_ids"),
        "isolated": args.get("isolated_subnet_ids"),
    }
    named = {tier: subnets for tier, subnets in ids.items() if subnets is not None}
    vpc_id = args.get("vpc_id")
    if vpc_id is None:
        if named:
            raise ArgumentError(f"{who}: {next(iter(named))}_subnet_ids goes with vpc_id, got no vpc_id; set it too")
        return {}
    beside = [key for key, value in args.items() if value is not None and key not in OF_EXISTING]
    if beside:
        raise ArgumentError(f"{who}: vpc_id takes a VPC as it is, got {beside[0]} too; remove {beside[0]} or vpc_id")
    check_ids(who, vpc_id, named)
    return named


def existing_parts(
    who: str, vpc_id: str, ids: Mapping[str, Sequence[str]], child: pulumi.ResourceOptions
) -> NetworkParts:
    """Outputs of a VPC that is there already."""
    found = look_up(who, vpc_id, ids, child)
    return NetworkParts(
        vpc_id=pulumi.Output.from_input(vpc_id),
        cidr_block=pulumi.Output.from_input(found.cidr_block),
        ipv6_cidr_block=pulumi.Output.from_input(None),
        zones=pulumi.Output.from_input(first_zones(found.zones)),
        subnet_ids={tier: [pulumi.Output.from_input(subnet) for subnet in subnets] for tier, subnets in ids.items()},
        nat_public_ips=pulumi.Output.from_input([]),
        flow_log_group_name=pulumi.Output.from_input(None),
        cost_drivers=[],
    )
