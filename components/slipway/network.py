"""VPC with public and private subnets whose addresses never move, and the ways out that its workloads need.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from ._address_plan import ZONE_LETTERS, check_connected, subnets, vpc_network
from ._checks import ArgumentError, check_keys, child_name, distinct, given, one_of, whole_number
from ._flow_log import flow_log
from ._logs import retention_days
from ._routing import Site, endpoints, id_after, nat_gateways, open_to_internet, private_routes
from ._tags import named

CIDR_BLOCK = "10.20.0.0/16"
ZONE_COUNT = 2
MOST_ZONES = 6  # us-east-1 has six, the most of any region
NAT_NONE, NAT_SINGLE, NAT_PER_ZONE = "none", "single", "per_zone"
ZONE_NAME = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-h]")
SERVICE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


class NetworkArgs(TypedDict):
    """Arguments of Network."""

    cidr_block: NotRequired[str]
    """Private IPv4 range of the VPC, /16 to /22. Changing it replaces everything. Default: 10.20.0.0/16."""
    connected_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that the VPC will be peered or routed with, such as the office's; cidr_block may overlap none of them.
    Default: none."""
    zone_count: NotRequired[int]
    """Availability zones to span, 1-6; the region's first ones by name. Default: 2 zones."""
    availability_zones: NotRequired[list[str]]
    """Names of the zones to span, in place of zone_count. Their last letters choose the address blocks, so naming them
    later moves subnets where the region's zones skip letters. Default: the zones are looked up."""
    nat: NotRequired[str]
    """Way out of private subnets: none, single (one gateway) or per_zone (survives a zone). Default: single."""
    interface_endpoints: NotRequired[list[str]]
    """Services reached without leaving the VPC, such as ecr.api, ecr.dkr, logs, sqs. Default: the S3 gateway only."""
    flow_log_retention_days: NotRequired[int]
    """Days that flow logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""


class Network(pulumi.ComponentResource):
    """A VPC over 1-6 zones with a public and a private subnet in each, a closed default security group and flow logs.

    Creates per zone 2 subnets and a private route table; beside them an internet gateway, NAT gateways as asked, the S3
    gateway endpoint, interface endpoints as asked, and a log group with the role that writes to it.

    Raises ArgumentError on a range that cannot hold the plan or overlaps a connected network, zones given twice, an unknown nat, an endpoint that is no
    service name, or a retention that CloudWatch Logs does not offer.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    cidr_block: pulumi.Output[str]
    """IPv4 range of the VPC."""
    availability_zones: pulumi.Output[Sequence[str]]
    """Names of the zones, in the order of the subnets."""
    public_subnet_ids: pulumi.Output[Sequence[str]]
    """Public subnets, one per zone; known when their route to the internet stands."""
    first_public_subnet_id: pulumi.Output[str]
    """Public subnet of the first zone, for a single instance: unlike an entry of the list, it stays known in a preview
    that adds a zone."""
    private_subnet_ids: pulumi.Output[Sequence[str]]
    """Private subnets, one per zone; known when their way out stands, so that a task started in them can pull."""
    nat_public_ips: pulumi.Output[Sequence[str]]
    """Addresses that the internet sees, for other people's allow lists; empty without NAT."""
    flow_log_group_name: pulumi.Output[str]
    """Log group of the flow logs."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Network {name!r}"
        check_keys(who, args, NetworkArgs)
        child_name(who, name, limit=64, suffix="-flow")
        network = vpc_network(who, given(args.get("cidr_block"), CIDR_BLOCK))
        check_connected(who, network, given(args.get("connected_cidr_blocks"), []))
        letters = zone_letters(who, args)
        nat = one_of(who, "nat", given(args.get("nat"), NAT_SINGLE), (NAT_NONE, NAT_SINGLE, NAT_PER_ZONE))
        services = service_names(who, given(args.get("interface_endpoints"), []))
        days = retention_days(who, "flow_log_retention_days", args.get("flow_log_retention_days"))
        super().__init__("slipway:index:Network", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        if nat == NAT_NONE and not services:
            pulumi.log.warn(f"{who}: without nat and interface_endpoints, private subnets reach only S3", resource=self)
        tags = args.get("tags")
        network_vpc = ec2.Vpc(
            name,
            cidr_block=str(network),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=named(name, tags),
            opts=child,
        )
        site = Site(name, network_vpc, tags, child)
        closed = f"{name}-default"
        ec2.DefaultSecurityGroup(closed, vpc_id=network_vpc.id, tags=named(closed, tags), opts=child)
        zones = zone_names(who, letters, args.get("availability_zones"), child)
        plan = subnets(network, letters)
        looked_up = args.get("availability_zones") is None
        public = {zone: subnet(site, "public", zone, plan[zone].public, zones[zone], looked_up) for zone in letters}
        private = {zone: subnet(site, "private", zone, plan[zone].private, zones[zone], looked_up) for zone in letters}
        route, joined = open_to_internet(site, public)
        with_nat = {NAT_NONE: [], NAT_SINGLE: letters[:1], NAT_PER_ZONE: letters}[nat]
        exits = nat_gateways(site, {zone: public[zone] for zone in with_nat}, route)
        tables, ways_out = private_routes(site, private, [(zone, gateway) for zone, (gateway, _) in exits.items()])
        reached = endpoints(site, services, private, tables)
        group = flow_log(name, network_vpc.id, days, tags, child)
        open_ids = [id_after(public[zone], [route, joined[zone]]) for zone in letters]
        closed_ids = [id_after(private[zone], [*ways_out[zone], *reached]) for zone in letters]
        self.vpc_id = network_vpc.id
        self.cidr_block = network_vpc.cidr_block
        self.availability_zones = pulumi.Output.all(*[public[zone].availability_zone for zone in letters])
        self.public_subnet_ids = pulumi.Output.all(*open_ids)
        self.first_public_subnet_id = open_ids[0]
        self.private_subnet_ids = pulumi.Output.all(*closed_ids)
        self.nat_public_ips = pulumi.Output.all(*[address.public_ip for _, address in exits.values()])
        self.flow_log_group_name = group.name
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "cidrBlock": self.cidr_block,
                "availabilityZones": self.availability_zones,
                "publicSubnetIds": self.public_subnet_ids,
                "firstPublicSubnetId": self.first_public_subnet_id,
                "privateSubnetIds": self.private_subnet_ids,
                "natPublicIps": self.nat_public_ips,
                "flowLogGroupName": self.flow_log_group_name,
            }
        )


def zone_letters(who: str, args: NetworkArgs) -> list[str]:
    """Letters that name subnets and choose their blocks: those of the zones named, else the first ones."""
    names, count = args.get("availability_zones"), args.get("zone_count")
    if names is not None and count is not None:
        raise ArgumentError(f"{who}: set zone_count or availability_zones, got both")
    if names is None:
        return list(ZONE_LETTERS[: whole_number(who, "zone_count", given(count, ZONE_COUNT), 1, MOST_ZONES)])
    if not names:
        raise ArgumentError(f"{who}: availability_zones must have at least one entry, got none; for example eu-west-1a")
    for zone in names:
        if not ZONE_NAME.fullmatch(zone):
            raise ArgumentError(f"{who}: availability_zones must be zone names such as eu-west-1a, got {zone!r}")
    distinct(who, "availability_zones", names)
    letters = [zone[-1] for zone in names]
    if len({zone[:-1] for zone in names}) > 1 or len(set(letters)) < len(letters):
        raise ArgumentError(f"{who}: availability_zones must be of one region, got {', '.join(names)}")
    return letters


def service_names(who: str, services: Sequence[str]) -> Sequence[str]:
    """Services of interface endpoints, by their name in AWS's list without `com.amazonaws.<region>.`."""
    for service in services:
        if not SERVICE_NAME.fullmatch(service) or service.startswith("com.amazonaws."):
            fix = "leave out com.amazonaws and the region, as in ecr.api or logs"
            raise ArgumentError(f"{who}: interface_endpoints must be service names, got {service!r}; {fix}")
        if service == "s3":
            raise ArgumentError(f"{who}: interface_endpoints must not name s3, which has a free gateway; remove it")
    distinct(who, "interface_endpoints", services)
    return services


def zone_names(
    who: str, letters: Sequence[str], names: Sequence[str] | None, child: pulumi.ResourceOptions
) -> dict[str, str]:
    """Letter to the name of its zone: the caller's, else the region's first ones."""
    if names is None:
        found = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(parent=child.parent),
        )
        names = sorted(found.names)
    if len(names) < len(letters):
        raise ArgumentError(f"{who}: zone_count must be at most {len(names)} in this region, got {len(letters)}")
    return dict(zip(letters, names, strict=False))


def subnet(site: Site, tier: str, letter: str, block: str, zone: str, looked_up: bool) -> ec2.Subnet:
    """One subnet; a zone that was looked up is settled at creation, since the list of available zones changes."""
    name = f"{site.name}-{tier}-{letter}"
    settled = ["availabilityZone"] if looked_up else None
    return ec2.Subnet(
        name,
        vpc_id=site.vpc.id,
        cidr_block=block,
        availability_zone=zone,
        map_public_ip_on_launch=False,
        tags=named(name, site.tags),
        opts=pulumi.ResourceOptions(parent=site.child.parent, ignore_changes=settled),
    )
