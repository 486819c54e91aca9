"""Small stacks for the graph rules, as a first preview shows them: edges are there, ids and ARNs are not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.samples import (
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    SERVICE,
    TASK,
    TOPIC,
    tcp,
)

SUBNET, VPC, TABLE = "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc", "aws:ec2/routeTable:RouteTable"
ROUTE, GATEWAY = "aws:ec2/route:Route", "aws:ec2/internetGateway:InternetGateway"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
TARGETS, KEY = "aws:lb/targetGroup:TargetGroup", "aws:kms/key:Key"
ALARM, SUBSCRIPTION = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:sns/topicSubscription:TopicSubscription"
QUEUE_ARN, QUEUE_URL = "arn:aws:sqs:eu-west-1:1:work", "https://sqs.eu-west-1.amazonaws.com/1/work"
TOPIC_ARN, SECRET_ARN = "arn:aws:sns:eu-west-1:1:orders", "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf"

Stack = dict[str, Node]


@dataclass(frozen=True)
class GraphCase:
    """Examples of one rule over the stack. A change maps names to nodes; None removes the node."""

    rule: str
    stack: Stack
    fails: list[Mapping[str, Node | None]]
    waits: list[Mapping[str, Node | None]]
    """Changes with an unknown value where the rule looks."""
    passes: list[Mapping[str, Node | None]] = field(default_factory=list)
    """Changes without a finding."""
    config: Mapping[str, object] = field(default_factory=dict)


def stack(*nodes: Node) -> Stack:
    """The nodes by type and name, short."""
    return {f"{node.type.rpartition(':')[2]} {node.name}": node for node in nodes}


def changed(base: Stack, change: Mapping[str, Node | None]) -> list[Node]:
    """The stack with nodes replaced, added or left out."""
    return [node for node in (base | dict(change)).values() if node is not None]


def new(kind: str, name: str, props: Mapping[str, object] | None = None, **fed_by: tuple[str, str]) -> Node:
    """A node of a first preview: outputs, and properties with a source, are unknown."""
    unknown = dict.fromkeys((*fed_by, "id", "arn"), UNKNOWN)
    return Node(kind, name, unknown | dict(props or {}), fed_by)


def policy(*statements: Mapping[str, object]) -> str:
    """A policy document."""
    return json.dumps({"Statement": [{"Effect": "Allow", **one} for one in statements]})


def with_props(node: Node, **props: object) -> Node:
    """The node with other properties; None takes one away."""
    kept = {key: value for key, value in {**node.props, **props}.items() if value is not None}
    return replace(node, props=kept)


# A service behind a load balancer, in a private subnet.
DEFINITIONS = json.dumps([{"name": "api", "portMappings": [{"containerPort": 8080}]}])
LOAD_BALANCERS = [{"targetGroupArn": UNKNOWN, "containerName": "api", "containerPort": 8080}]


SERVICE_NODE = Node(
    SERVICE,
    "api",
    {
        "networkConfiguration": {"subnets": [UNKNOWN], "securityGroups": [UNKNOWN], "assignPublicIp": False},
        "loadBalancers": LOAD_BALANCERS,
        "taskDefinition": UNKNOWN,
        "desiredCount": 2,
    },
    {"networkConfiguration": (SUBNET, "private"), "loadBalancers": (TARGETS, "api"), "taskDefinition": (TASK, "api")},
)
IN_GROUP = replace(
    SERVICE_NODE,
    sources={
        "networkConfiguration": (GROUP, "tasks"),
        "loadBalancers": (TARGETS, "api"),
        "taskDefinition": (TASK, "api"),
    },
)
TO_GATEWAY = new(
    ROUTE, "out", {"destinationCidrBlock": "0.0.0.0/0"}, routeTableId=(TABLE, "p"), gatewayId=(GATEWAY, "g")
)
TO_NAT = new(
    ROUTE,
    "out",
    {"destinationCidrBlock": "0.0.0.0/0"},
    routeTableId=(TABLE, "p"),
    natGatewayId=("aws:ec2/natGateway:NatGateway", "n"),
)
PRIVATE = stack(
    SERVICE_NODE,
    new(VPC, "main"),
    new(SUBNET, "private", {"availabilityZone": "eu-west-1a"}, vpcId=(VPC, "main")),
    new(TABLE, "p", vpcId=(VPC, "main")),
    new(ASSOCIATION, "p", subnetId=(SUBNET, "private"), routeTableId=(TABLE, "p")),
    new(GATEWAY, "g", vpcId=(VPC, "main")),
    TO_NAT,
)
FROM_BALANCER = new(
    INGRESS_RULE,
    "from-lb",
    {"ipProtocol": "tcp", "fromPort": 8080, "toPort": 8080},
    securityGroupId=(GROUP, "tasks"),
    referencedSecurityGroupId=(GROUP, "lb"),
)
BEHIND = stack(
    IN_GROUP,
    new(GROUP, "tasks"),
    new(GROUP, "lb"),
    new(BALANCER, "api", {"internal": False}, securityGroups=(GROUP, "lb")),
    new(TARGETS, "api", {"targetType": "ip"}),
    new(LISTENER, "api", defaultActions=(TARGETS, "api"), loadBalancerArn=(BALANCER, "api")),
    new(TASK, "api", {"containerDefinitions": DEFINITIONS}),
    FROM_BALANCER,
)

# A worker that is deployed: every value is known.
CONSUME = {"Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": QUEUE_ARN}
PUBLISH = {"Action": "sns:Publish", "Resource": TOPIC_ARN}
READ = {"Action": "secretsmanager:GetSecretValue", "Resource": SECRET_ARN}
TRUST = policy({"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
WORKER_TASK = Node(
    TASK,
    "work",
    {
        "taskRoleArn": "arn:role",
        "executionRoleArn": "arn:role",
        "containerDefinitions": json.dumps(
            [
                {
                    "name": "work",
                    "environment": [{"name": "QUEUE_URL", "value": QUEUE_URL}, {"name": "T", "value": TOPIC_ARN}],
                    "secrets": [{"name": "DB", "valueFrom": f"{SECRET_ARN}:password::"}],
                }
            ]
        ),
    },
)
ROLE_NODE = Node(ROLE, "work", {"arn": "arn:role", "name": "work-role", "assumeRolePolicy": TRUST})
GRANT = Node(ROLE_POLICY, "work", {"role": "work-role", "policy": policy(CONSUME, PUBLISH, READ)})
WORKER = stack(
    WORKER_TASK,
    ROLE_NODE,
    GRANT,
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(TOPIC, "orders", {"arn": TOPIC_ARN}),
)
NEW_WORKER = {
    "TaskDefinition work": new(TASK, "work", containerDefinitions=(QUEUE, "work"), taskRoleArn=(ROLE, "work")),
    "Role work": new(ROLE, "work"),
    "Queue work": new(QUEUE, "work"),
}


EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

TOLD_TOPIC = Node(TOPIC, "t", {"arn": TOPIC_ARN})

REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"

MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"

NEEDED = ["kms:Decrypt", "kms:GenerateDataKey*"]

SNS_MAY = policy({"Principal": {"Service": "sns.amazonaws.com"}, "Action": NEEDED, "Resource": "*"})

ALIAS = "aws:kms/alias:Alias"

KEYED_QUEUE = new(QUEUE, "work", kmsMasterKeyId=(KEY, "k"))

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"

EIP = "aws:ec2/eip:Eip"

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

KEY_PAIR = "aws:ec2/keyPair:KeyPair"

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

NAT = "aws:ec2/natGateway:NatGateway"

ACL = "aws:ec2/networkAcl:NetworkAcl"

RULE = "aws:lb/listenerRule:ListenerRule"

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"

WEB_ACL = "aws:wafv2/webAclAssociation:WebAclAssociation"

EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

BY_ATTACHMENT = Node(ATTACHMENT, "work", {"role": "work-role", "policyArn": "arn:aws:iam::1:policy/elsewhere"})

PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"

PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"

ENTRY_OF_WORLD = new(PREFIX_LIST_ENTRY, "world", {"cidr": "::/0"}, prefixListId=(PREFIX_LIST, "office"))

SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}

BY_LIST = new(INGRESS_RULE, "list", SSH, securityGroupId=(GROUP, "host"), prefixListId=(PREFIX_LIST, "office"))

HALF = new(INGRESS_RULE, "half", SSH | {"cidrIpv4": "0.0.0.0/1"}, securityGroupId=(GROUP, "host"))

OFFICE = new(PREFIX_LIST, "office", {"entries": [{"cidr": "203.0.113.0/24"}]})

HALF_OPEN_HOST = stack(new(GROUP, "host"), HALF, OFFICE, BY_LIST)

LIST_OF_THE_WORLD = with_props(OFFICE, entries=[{"cidr": "0.0.0.0/0"}])

OLD_RULE = new(
    GROUP_RULE,
    "other",
    {"type": "ingress", **tcp(0, 65535, "128.0.0.0/2", "192.0.0.0/2")},
    securityGroupId=(GROUP, "host"),
)

OTHER_HALF = new(INGRESS_RULE, "other", SSH | {"cidrIpv4": "128.0.0.0/1"}, securityGroupId=(GROUP, "host"))
