"""Stacks for the rules over what a program tells Pulumi, and over costs: what passes, and what is found."""

from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import BEHIND, IN_GROUP, KEY, SUBNET, VPC, GraphCase, new, stack, with_props
from tests.support.policies.samples import INSTANCE, LOG_GROUP, QUEUE, REPOSITORY, TASK

EIP, NAT, ENDPOINT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway", "aws:ec2/vpcEndpoint:VpcEndpoint"
EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
SERVICE_COMPONENT = "shop:index:Service"
WORK_QUEUE = Node(QUEUE, "work", {})
NETWORK = stack(
    new(VPC, "main"), new(SUBNET, "a", vpcId=(VPC, "main")), new(NAT, "a", subnetId=(SUBNET, "a")), new(EIP, "a")
)
SECOND_NAT = new(NAT, "b", subnetId=(SUBNET, "a"))
CPU = {"TaskDefinition api": new(TASK, "api", {"cpu": "4096", "memory": "16384"})}
BY_CAPACITY = {
    "TaskDefinition api": new(TASK, "api", {"cpu": "4096", "memory": "16384", "requiresCompatibilities": ["FARGATE"]})
}
ONE_CPU = {"cpu": "1024", "memory": "6144", "requiresCompatibilities": ["FARGATE"]}
ON_SPOT = {"desiredCount": 1, "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
ON_ARM = {"runtimePlatform": {"cpuArchitecture": "ARM64"}}
ON_FARGATE = with_props(IN_GROUP, launchType="FARGATE", desiredCount=4)


def child(name: str, parent: str, kind: str = QUEUE) -> Node:
    """A resource below another one."""
    return replace(new(kind, name), options={"parent": f"urn:pulumi:dev::shop::{SERVICE_COMPONENT}::{parent}"})


def ignoring(*paths: str) -> dict[str, Node | None]:
    """A queue whose changes of these properties are ignored."""
    return {"Queue work": replace(WORK_QUEUE, options={"ignoreChanges": list(paths)})}


KEPT = {"protect": True}
OWN_ADDRESS = replace(new(INSTANCE, "a"), options={"ignoreChanges": ["associatePublicIpAddress"]})


PROGRAM_CASES = [
    GraphCase(
        "protect-stateful",
        stack(Node(KEY, "k", {}, options=KEPT), Node(LOG_GROUP, "api", {})),
        [{"Key k": Node(KEY, "k", {})}, {"Queue work": WORK_QUEUE}, {"Repository app": new(REPOSITORY, "app")}],
        [],
        [{"Key k": None}, {"Queue work": replace(WORK_QUEUE, options=KEPT)}, {"Task": new(TASK, "api")}],
    ),
    GraphCase(
        "no-ignore-security-props",
        stack(WORK_QUEUE),
        [
            {"Instance a": OWN_ADDRESS, "Eip b": new(EIP, "b", instance=(INSTANCE, "b"))},
            ignoring("policy"),
            ignoring("tags", "kms_master_key_id"),
            ignoring("ingress[0].cidrBlocks"),
            ignoring("*"),
        ],
        [],
        [
            ignoring(),
            ignoring("redrivePolicy", "desiredCount", "tags", "ami"),
            {"Instance a": OWN_ADDRESS, "Eip a": new(EIP, "a", instance=(INSTANCE, "a"))},
            {"Instance a": OWN_ADDRESS, "b": new(EIP_ASSOCIATION, "b", instanceId=(INSTANCE, "a"))},
        ],
    ),
    GraphCase(
        "allowed-regions",
        stack(WORK_QUEUE, replace(new(QUEUE, "far"), region="eu-west-1")),
        [
            {"Queue far": replace(new(QUEUE, "far"), region="us-east-1")},
            {"Queue far": Node(QUEUE, "far", {"region": "us-east-1"}, region="eu-west-1")},
            {
                "Queue far": replace(new(QUEUE, "far"), region="us-east-1"),
                "Queue work": replace(WORK_QUEUE, region="us-east-1"),
            },
        ],
        [],
        [
            {"Queue far": replace(new(QUEUE, "far"), region="eu-central-1")},
            {"Queue far": Node(QUEUE, "far", {"region": "eu-central-1"}, region="us-east-1")},
            {"Bucket far": Node("gcp:storage/bucket:Bucket", "far", {"region": "us-east-1"})},
            {"Role far": Node("aws:iam/role:Role", "far", {}, region="us-east-1")},
        ],
        {"regions": ["eu-west-1", "eu-central-1"]},
    ),
    GraphCase(
        "component-contract",
        stack(Node(SERVICE_COMPONENT, "api", {}), child("work", "api")),
        [
            {"Queue work": None},
            {"Queue work": child("work", "another")},
            {"Queue work": child("work", "api", LOG_GROUP)},
        ],
        [],
        [
            {"Service api": None},
            {"Queue dead": new(QUEUE, "dead")},
            {"LogGroup more": child("more", "api", LOG_GROUP)},
        ],
        {"children": {SERVICE_COMPONENT: [QUEUE]}},
    ),
    GraphCase(
        "monthly-cost-cap",
        NETWORK | BEHIND,
        [
            {f"NatGateway {name}": new(NAT, name, subnetId=(SUBNET, "a")) for name in "bcd"},
            {"Service api": ON_FARGATE} | CPU,
            {"Service api": with_props(ON_FARGATE, launchType=None)} | BY_CAPACITY,
            {"Service api": with_props(ON_FARGATE, desiredCount=1), "TaskDefinition api": new(TASK, "api", ONE_CPU)},
            {"Instance big": Node(INSTANCE, "big", {"instanceType": "m7i.large"})},
            {"e": Node(ENDPOINT, "e", {"vpcEndpointType": "Interface", "subnetIds": list("abcdefghijklmn")})},
        ],
        [
            {"Service api": with_props(ON_FARGATE, desiredCount=UNKNOWN)}
            | {"TaskDefinition api": new(TASK, "api", {"cpu": "256", "memory": "512"})}
        ],
        [
            {"NatGateway b": SECOND_NAT},
            {"Service api": with_props(ON_FARGATE, desiredCount=1)}
            | {"TaskDefinition api": new(TASK, "api", {"cpu": "256", "memory": "512"})},
            {
                "Service api": with_props(ON_FARGATE, desiredCount=1),
                "TaskDefinition api": new(TASK, "api", ONE_CPU | ON_ARM),
            },
            {"Service api": with_props(IN_GROUP, **ON_SPOT), "TaskDefinition api": new(TASK, "api", ONE_CPU)},
            {"Instance big": Node(INSTANCE, "big", {"instanceType": "t4g.nano"})},
        ],
        {"mostUsd": 100},
    ),
    GraphCase(
        "nat-per-az-cost",
        NETWORK,
        [
            {"NatGateway b": SECOND_NAT},
            {"NatGateway b": SECOND_NAT, "NatGateway c": new(NAT, "c", subnetId=(SUBNET, "a"))},
            {"Subnet b": new(SUBNET, "b", vpcId=(VPC, "main")), "NatGateway b": new(NAT, "b", subnetId=(SUBNET, "b"))},
        ],
        [],
        [
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
