"""Cases of the rules in `graph.costs`: Costs."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BEHIND,
    EIP,
    ENDPOINT,
    IN_GROUP,
    NAT,
    SUBNET,
    VPC,
    GraphCase,
    new,
    stack,
    with_props,
)
from tests.support.policies.samples import INSTANCE, TASK

BY_CAPACITY = {
    "TaskDefinition api": new(TASK, "api", {"cpu": "4096", "memory": "16384", "requiresCompatibilities": ["FARGATE"]})
}

CPU = {"TaskDefinition api": new(TASK, "api", {"cpu": "4096", "memory": "16384"})}

NETWORK = stack(
    new(VPC, "main"), new(SUBNET, "a", vpcId=(VPC, "main")), new(NAT, "a", subnetId=(SUBNET, "a")), new(EIP, "a")
)

ONE_CPU = {"cpu": "1024", "memory": "6144", "requiresCompatibilities": ["FARGATE"]}

ON_ARM = {"runtimePlatform": {"cpuArchitecture": "ARM64"}}

ON_FARGATE = with_props(IN_GROUP, launchType="FARGATE", desiredCount=4)

ON_SPOT = {"desiredCount": 1, "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}

SECOND_NAT = new(NAT, "b", subnetId=(SUBNET, "a"))

CASES: list[GraphCase] = [
    GraphCase(
        rule="monthly-cost-cap",
        stack=NETWORK | BEHIND,
        fails=[
            {f"NatGateway {name}": new(NAT, name, subnetId=(SUBNET, "a")) for name in "bcd"},
            {"Service api": ON_FARGATE} | CPU,
            {"Service api": with_props(ON_FARGATE, launchType=None)} | BY_CAPACITY,
            {"Service api": with_props(ON_FARGATE, desiredCount=1), "TaskDefinition api": new(TASK, "api", ONE_CPU)},
            {"Instance big": Node(INSTANCE, "big", {"instanceType": "m7i.large"})},
            {"e": Node(ENDPOINT, "e", {"vpcEndpointType": "Interface", "subnetIds": list("abcdefghijklmn")})},
        ],
        waits=[
            {"Service api": with_props(ON_FARGATE, desiredCount=UNKNOWN)}
            | {"TaskDefinition api": new(TASK, "api", {"cpu": "256", "memory": "512"})}
        ],
        passes=[
            {"NatGateway b": SECOND_NAT},
            {"Service api": with_props(ON_FARGATE, desiredCount=1)}
            | {"TaskDefinition api": new(TASK, "api", {"cpu": "256", "memory": "512"})},
            {
                "Service api": with_props(ON_FARGATE, desiredCount=1),
                "TaskDefinition api": new(TASK, "api", {**ONE_CPU, **ON_ARM}),
            },
            {"Service api": with_props(IN_GROUP, **ON_SPOT), "TaskDefinition api": new(TASK, "api", ONE_CPU)},
            {"Instance big": Node(INSTANCE, "big", {"instanceType": "t4g.nano"})},
        ],
        config={"mostUsd": 100},
    ),
    GraphCase(
        rule="nat-per-az-cost",
        stack=NETWORK,
        fails=[
            {"NatGateway b": SECOND_NAT},
            {"NatGateway b": SECOND_NAT, "NatGateway c": new(NAT, "c", subnetId=(SUBNET, "a"))},
            {"Subnet b": new(SUBNET, "b", vpcId=(VPC, "main")), "NatGateway b": new(NAT, "b", subnetId=(SUBNET, "b"))},
        ],
        waits=[],
        passes=[
            {"NatGateway a": None},
            {"Vpc two": new(VPC, "two")},
            {
                "Vpc two": new(VPC, "two"),
                "Subnet b": new(SUBNET, "b", vpcId=(VPC, "two")),
                "NatGateway b": new(NAT, "b", subnetId=(SUBNET, "b")),
            },
        ],
    ),
]
