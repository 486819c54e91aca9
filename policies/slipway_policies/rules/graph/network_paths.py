"""Graph rules for the way of packets: subnets to gateways, the internet to security groups.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    stack_rule,
)
from slipway_policies.rules.ecs.services import SERVICE
from slipway_policies.rules.elasticloadbalancing.load_balancers import CLASSIC_BALANCER, LOAD_BALANCERS
from slipway_policies.rules.graph.security_group_parts import opened
from slipway_policies.rules.vpc.security_groups import GROUP

SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
TABLES = (TABLE, DEFAULT_TABLE)
MAIN_TABLE = ("mainRouteTableId", "defaultRouteTableId")  # of a VPC
VPC = "aws:ec2/vpc:Vpc"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
NEEDED_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "s3")
WAYS_OUT = (
    "natGatewayId",
    "transitGatewayId",
    "networkInterfaceId",
    "vpcPeeringConnectionId",
    "localGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "vpcEndpointId",  # of a firewall
)
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST SC-7",),
    link=f"{GUIDE}/networking-outbound.html",
    fix="name private subnets in networkConfiguration.subnets (subnet_ids of slipway's FargateService and QueueWorker, "
    "private_subnet_ids of its Network)",
)
def ecs_service_private_subnets(stack: Graph) -> Outcomes:
    """Tasks of ECS services run in subnets without a route to an internet gateway.

    In a public subnet a task without a public address has no network, and a task with one is open to everybody. A first
    preview finds this already. Subnets of other stacks are not judged.
    """
    for service in stack.of(SERVICE):
        for subnet in stack.behind(service, "networkConfiguration", SUBNET, "id"):
            if any(_to_internet_gateway(stack, table) for table in _tables(stack, subnet)):
                problem = f"names subnet {subnet.resource.name!r} with a route to an internet gateway"
                yield Finding("networkConfiguration.subnets", problem, service.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    link=f"{GUIDE}/vpc-endpoints.html",
    fix="add a NAT gateway, or the endpoints (nat and interface_endpoints of slipway's Network)",
)
def vpc_endpoints_for_private_tasks(stack: Graph) -> Outcomes:
    """Tasks in private subnets can pull their image and write their log.

    They need a way out, or endpoints for ecr.api, ecr.dkr, logs and s3.
    """
    for service in stack.of(SERVICE):
        public = service.resource["networkConfiguration"]["assignPublicIp"].true
        for subnet in () if public else stack.behind(service, "networkConfiguration", SUBNET, "id"):
            tables = [table for table in _tables(stack, subnet) if table.resource.type in TABLES]
            if not tables or any(_leads_out(stack, table) for table in tables):
                continue
            vpcs = stack.behind(subnet, "vpcId", VPC, "id")
            endpoints = [node for vpc in vpcs for node in stack.pointing_at(vpc, ENDPOINT, "vpcId", "id")]
            names = [endpoint.output("serviceName") for endpoint in endpoints]
            missing = [it for it in NEEDED_ENDPOINTS if not any(name and name.endswith(f".{it}") for name in names)]
            if missing and None in names:
                yield Deferred("serviceName", service.urn)
            elif missing:
                problem = f"names subnet {subnet.resource.name!r} without NAT and without {', '.join(missing)}"
                yield Finding("networkConfiguration.subnets", problem, service.urn)


@stack_rule(
    level=ADVISORY,
    severity=HIGH,
    controls=("NIST SC-7",),
    link="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    fix="put a load balancer in front, as slipway's FargateService does, and admit its security group",
)
def sg_no_public_ingress(stack: Graph) -> Outcomes:
    """Only load balancers take connections from the whole internet.

    A security group is a load balancer's when one names it; whatever else uses the group does not count against it.
    """
    for group in stack.of(GROUP):
        if any(user.resource.type in (*LOAD_BALANCERS, CLASSIC_BALANCER) for user in stack.users(group)):
            continue
        yield from opened(stack, group)


@stack_rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CP-10",),
    link=f"{GUIDE}/ecs-best-practices.html",
    fix="name subnets of two zones (subnet_ids of slipway's FargateService, zone_count of its Network)",
)
def ecs_service_multi_az(stack: Graph) -> Outcomes:
    """ECS services in production run in at least two zones."""
    for service in stack.of(SERVICE):
        subnets = stack.behind(service, "networkConfiguration", SUBNET, "id")
        zones = [subnet.resource["availabilityZone"] for subnet in subnets]
        if len(subnets) > 1 and any(zone.unknown for zone in zones):
            yield Deferred("availabilityZone", service.urn)
        elif subnets and len({zone.text() for zone in zones}) < 2:
            yield Finding("networkConfiguration.subnets", "are all in one zone", service.urn)


def _tables(stack: Graph, subnet: Node) -> list[Node]:
    """The subnet's own route tables, else the main one of its VPC. The VPC's id stands for the table created by AWS."""
    own = [
        table
        for association in stack.pointing_at(subnet, ASSOCIATION, "subnetId", "id")
        for table in stack.behind(association, "routeTableId", TABLES, "id")
    ]
    if own:
        return own
    vpcs = stack.behind(subnet, "vpcId", VPC, "id")
    named = [
        table
        for vpc in vpcs
        for association in stack.pointing_at(vpc, MAIN_ASSOCIATION, "vpcId", "id")
        for table in stack.behind(association, "routeTableId", TABLE, "id")
    ]
    adopted = [
        node for vpc in vpcs for node in stack.pointing_at(vpc, DEFAULT_TABLE, "defaultRouteTableId", *MAIN_TABLE)
    ]
    return named or [*adopted, *vpcs]


def _routes(stack: Graph, table: Node) -> list[Node]:
    return stack.pointing_at(table, ROUTE, "routeTableId", "id", *(MAIN_TABLE if table.resource.type == VPC else ()))


def _to_internet_gateway(stack: Graph, table: Node) -> bool:
    if stack.behind(table, "routes", INTERNET_GATEWAY, "id"):
        return True
    return any(
        stack.behind(route, "gatewayId", INTERNET_GATEWAY, "id") or (route.output("gatewayId") or "").startswith("igw-")
        for route in _routes(stack, table)
    )


def _leads_out(stack: Graph, table: Node) -> bool:
    """Whether any route leaves the VPC, inline or a resource of its own."""
    if table.has("routes") or _to_internet_gateway(stack, table):
        return True
    return any(route.has(way) for route in _routes(stack, table) for way in WAYS_OUT)
