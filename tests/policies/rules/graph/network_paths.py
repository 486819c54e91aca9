"""Cases of the rules in `graph.network_paths`: Subnets and routes."""

from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BEHIND,
    ENDPOINT,
    ENTRY_OF_WORLD,
    GATEWAY,
    HALF_OPEN_HOST,
    IN_GROUP,
    LIST_OF_THE_WORLD,
    OFFICE,
    OLD_RULE,
    OTHER_HALF,
    PRIVATE,
    ROUTE,
    SERVICE_NODE,
    SUBNET,
    TABLE,
    TO_GATEWAY,
    VPC,
    GraphCase,
    new,
    with_props,
)
from tests.support.policies.samples import GROUP, GROUP_RULE, INGRESS_RULE, tcp

MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"

ENDPOINTS = {
    f"VpcEndpoint {name}": new(ENDPOINT, name, {"serviceName": f"com.amazonaws.eu-west-1.{name}"}, vpcId=(VPC, "main"))
    for name in ("ecr.api", "ecr.dkr", "logs", "s3")
}

OUTSIDE = with_props(SERVICE_NODE, networkConfiguration={"assignPublicIp": True, "subnets": [UNKNOWN]})

OPEN = Node(INGRESS_RULE, "web", {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"})

TO_BALANCER = new(INGRESS_RULE, "web", OPEN.props, securityGroupId=(GROUP, "lb"))

TO_TASKS = new(INGRESS_RULE, "web", OPEN.props, securityGroupId=(GROUP, "tasks"))

DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"

ADOPTED = new(DEFAULT_TABLE, "d", defaultRouteTableId=(VPC, "main"), routes=(GATEWAY, "g"))

ON_MAIN = {"RouteTableAssociation p": None}

OUT_BY_MAIN = new(ROUTE, "out", routeTableId=(VPC, "main"), gatewayId=(GATEWAY, "g"))

CASES: list[GraphCase] = [
    GraphCase(
        rule="ecs-service-private-subnets",
        stack=PRIVATE,
        fails=[
            {"Route out": TO_GATEWAY},
            {"RouteTable p": new(TABLE, "p", routes=(GATEWAY, "g"))},
            {"Route out": with_props(TO_GATEWAY, gatewayId="igw-1")},
            {
                "RouteTableAssociation p": None,
                "Main m": new(MAIN_ASSOCIATION, "m", vpcId=(VPC, "main"), routeTableId=(TABLE, "p")),
                "Route out": new(ROUTE, "out", routeTableId=(TABLE, "p"), gatewayId=(GATEWAY, "g")),
            },
        ],
        waits=[],
        passes=[
            {"Service api": with_props(SERVICE_NODE, networkConfiguration=None), "Route out": None},
            {"RouteTableAssociation p": None},
        ],
    ),
    GraphCase(
        rule="vpc-endpoints-for-private-tasks",
        stack=PRIVATE | ENDPOINTS,
        fails=[
            {"Route out": None, "VpcEndpoint logs": None},
            {"Route out": None, "VpcEndpoint ecr.api": None, "VpcEndpoint s3": None},
            {"Route out": None, **{f"VpcEndpoint {it}": None for it in ("ecr.api", "ecr.dkr", "logs", "s3")}},
        ],
        waits=[
            {"Route out": None, "VpcEndpoint s3": new(ENDPOINT, "s3", {"serviceName": UNKNOWN}, vpcId=(VPC, "main"))}
        ],
        passes=[{"Route out": None}, {"Service api": OUTSIDE, "Route out": None, "VpcEndpoint logs": None}],
    ),
    GraphCase(
        rule="sg-no-public-ingress",
        stack=BEHIND | {"SecurityGroupIngressRule web": TO_BALANCER},
        fails=[
            {"SecurityGroupIngressRule web": TO_TASKS},
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(443, 443, "0.0.0.0/0")]})},
            {
                "Rule web": new(
                    GROUP_RULE, "web", {"type": "ingress", **tcp(80, 80, "0.0.0.0/0")}, securityGroupId=(GROUP, "tasks")
                )
            },
        ],
        waits=[{"SecurityGroupIngressRule web": with_props(TO_TASKS, cidrIpv4=UNKNOWN)}],
        passes=[
            {"SecurityGroupIngressRule web": None},
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(443, 443, "10.0.0.0/8")]})},
        ],
    ),
    GraphCase(
        rule="ecs-service-multi-az",
        stack=PRIVATE
        | {"Service api": with_props(SERVICE_NODE, networkConfiguration=None)}
        | {"Service api": IN_GROUP},
        fails=[
            {"Service api": SERVICE_NODE},
            {"Service api": SERVICE_NODE, "Subnet private": new(SUBNET, "private", {"availabilityZone": "eu-west-1b"})},
            {"Service api": replace(SERVICE_NODE, name="web"), "Service b": SERVICE_NODE},
        ],
        waits=[],
        passes=[
            {"Service api": with_props(SERVICE_NODE, networkConfiguration=None)} | {"Service api": IN_GROUP},
            {"Service api": None},
        ],
    ),
    GraphCase(
        rule="ecs-service-private-subnets",
        stack=PRIVATE,
        fails=[
            ON_MAIN | {"Route out": OUT_BY_MAIN},
            ON_MAIN | {"DefaultRouteTable d": ADOPTED},
        ],
        waits=[],
        passes=[{"Route main": OUT_BY_MAIN}, {"DefaultRouteTable d": ADOPTED}],
    ),
    GraphCase(
        rule="sg-no-public-ingress",
        stack=BEHIND,
        fails=[{"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80, "0.0.0.0/0")]})}],
        waits=[],
        passes=[
            {
                "SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80, "0.0.0.0/0")]}),
                "LoadBalancer old": new("aws:elb/loadBalancer:LoadBalancer", "old", securityGroups=(GROUP, "tasks")),
            }
        ],
    ),
    GraphCase(
        rule="sg-no-public-ingress",
        stack=HALF_OPEN_HOST,
        fails=[
            {"Rule other": OTHER_HALF},
            {"Rule other": OLD_RULE},
            {"ManagedPrefixList office": LIST_OF_THE_WORLD},
            {"Entry world": ENTRY_OF_WORLD},
        ],
        waits=[{"ManagedPrefixList office": with_props(OFFICE, entries=[{"cidr": UNKNOWN}])}],
        passes=[
            {},
            {"SecurityGroupIngressRule list": None, "ManagedPrefixList office": LIST_OF_THE_WORLD},
            {"Rule other": with_props(OLD_RULE, type="egress")},
        ],
    ),
]
