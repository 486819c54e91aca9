"""Stacks that say the same thing another way: parts of a rule, other resources, other spellings of AWS."""

import json

from tests.policies.rules.graph.cases_graph_messages import SENDING, SUBSCRIBED, opened
from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    BALANCER,
    BEHIND,
    GATEWAY,
    PRIVATE,
    QUEUE_ARN,
    QUEUE_URL,
    ROLE_NODE,
    ROUTE,
    SUBSCRIPTION,
    TOPIC_ARN,
    VPC,
    WORKER,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import GROUP, GROUP_RULE, INGRESS_RULE, QUEUE, QUEUE_POLICY, TOPIC, tcp

LIST, ENTRY = "aws:ec2/managedPrefixList:ManagedPrefixList", "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
HALF = new(INGRESS_RULE, "half", SSH | {"cidrIpv4": "0.0.0.0/1"}, securityGroupId=(GROUP, "host"))
OTHER_HALF = new(INGRESS_RULE, "other", SSH | {"cidrIpv4": "128.0.0.0/1"}, securityGroupId=(GROUP, "host"))
BY_LIST = new(INGRESS_RULE, "list", SSH, securityGroupId=(GROUP, "host"), prefixListId=(LIST, "office"))
OFFICE = new(LIST, "office", {"entries": [{"cidr": "203.0.113.0/24"}]})
WORLD = with_props(OFFICE, entries=[{"cidr": "0.0.0.0/0"}])
ENTRY_OF_WORLD = new(ENTRY, "world", {"cidr": "::/0"}, prefixListId=(LIST, "office"))
OLD_RULE = new(
    GROUP_RULE,
    "other",
    {"type": "ingress", **tcp(0, 65535, "128.0.0.0/2", "192.0.0.0/2")},
    securityGroupId=(GROUP, "host"),
)
HOST = stack(new(GROUP, "host"), HALF, OFFICE, BY_LIST)

DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
OUT_BY_MAIN = new(ROUTE, "out", routeTableId=(VPC, "main"), gatewayId=(GATEWAY, "g"))
ON_MAIN = {"RouteTableAssociation p": None}
ADOPTED = new(DEFAULT_TABLE, "d", defaultRouteTableId=(VPC, "main"), routes=(GATEWAY, "g"))

OF_ITSELF = {"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "self": True}
SHARED = {
    "SecurityGroupIngressRule from-lb": None,
    "LoadBalancer api": new(BALANCER, "api", {"internal": False}, securityGroups=(GROUP, "tasks")),
}
SELF_RULE = new(GROUP_RULE, "self", {"type": "ingress", **OF_ITSELF}, securityGroupId=(GROUP, "tasks"))
FROM_LIST = {key: value for key, value in OF_ITSELF.items() if key != "self"} | {"prefixListIds": ["pl-1"]}

NO_GRANT = {"RolePolicy work": None}
MANAGED = "arn:aws:iam::123456789012:policy/elsewhere"
BY_OLD_ATTACHMENT = Node(
    "aws:iam/policyAttachment:PolicyAttachment", "work", {"roles": ["work-role"], "policyArn": MANAGED}
)
BY_EXCLUSIVE = Node(
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "work",
    {"roleName": "work-role", "policyArns": [MANAGED]},
)


MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
LAMBDA = Node("aws:lambda/function:Function", "f", {"deadLetterConfig": {"targetArn": QUEUE_ARN}})
TOLD_TOPIC = Node(TOPIC, "t", {"arn": TOPIC_ARN})
EVENT_TARGET, EVENT_RULE = "aws:cloudwatch/eventTarget:EventTarget", "aws:cloudwatch/eventRule:EventRule"
SET_ASIDE = {
    "protocol": "lambda",
    "endpoint": "arn:fn",
    "topic": TOPIC_ARN,
    "redrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE_ARN}),
}
RULE_ARN = "arn:aws:events:eu-west-1:1:rule/nightly"
TARGET = Node(EVENT_TARGET, "t", {"arn": QUEUE_ARN, "rule": "nightly"})
FROM_EVENTS = SENDING | {
    "Principal": {"Service": "events.amazonaws.com"},
    "Condition": {"ArnEquals": {"aws:SourceArn": RULE_ARN}},
}
BY_OWNER = {  # as AWS gives it to a new topic
    "Principal": {"AWS": "*"},
    "Action": "SNS:Publish",
    "Resource": "*",
    "Condition": {"StringEquals": {"AWS:SourceOwner": "1"}},
}
EVENTS = stack(
    TARGET,
    Node(EVENT_RULE, "r", {"name": "nightly", "arn": RULE_ARN}),
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(FROM_EVENTS)}),
)
TOLD = stack(TOLD_TOPIC, Node(ALARM, "a", {"alarmActions": [TOPIC_ARN]}))


def queue_policy(principal: str) -> Node:
    """The queue's own policy, which lets a principal consume."""
    text = policy({"Principal": {"AWS": principal}, "Action": "sqs:*", "Resource": "*"})
    return Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": text})


EVASIONS = [
    GraphCase(
        "ecs-service-private-subnets",
        PRIVATE,
        [
            ON_MAIN | {"Route out": OUT_BY_MAIN},
            ON_MAIN | {"DefaultRouteTable d": ADOPTED},
        ],
        [],
        also=[{"Route main": OUT_BY_MAIN}, {"DefaultRouteTable d": ADOPTED}],
    ),
    GraphCase(
        "alb-target-sg-path",
        BEHIND,
        [
            {"SecurityGroupIngressRule from-lb": None, "SecurityGroupRule self": SELF_RULE},
            SHARED | {"SecurityGroupRule self": with_props(SELF_RULE, type="egress")},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [OF_ITSELF | {"toPort": 8079}]})},
        ],
        [],
        also=[
            SHARED | {"SecurityGroupRule self": SELF_RULE},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [OF_ITSELF]})},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [FROM_LIST]})},
        ],
    ),
    GraphCase(
        "ecs-worker-can-consume",
        WORKER,
        [
            NO_GRANT | {"QueuePolicy work": queue_policy("arn:aws:iam::1:role/other")},
            NO_GRANT | {"PolicyAttachment work": with_props(BY_OLD_ATTACHMENT, roles=["other-role"])},
        ],
        [],
        also=[
            NO_GRANT | {"QueuePolicy work": queue_policy("arn:role")},
            NO_GRANT | {"PolicyAttachment work": BY_OLD_ATTACHMENT},
            NO_GRANT | {"RolePolicyAttachmentsExclusive work": BY_EXCLUSIVE},
        ],
    ),
    GraphCase(
        "ecs-task-role-trust",
        WORKER,
        [],
        [],
        also=[
            {
                "Role work": with_props(
                    ROLE_NODE, assumeRolePolicy=policy({"Principal": {"Service": "ecs-tasks.amazonaws.com.cn"}})
                )
            }
        ],
    ),
    GraphCase(
        "sns-kms-publisher",
        TOLD,
        [{"Topic t": with_props(TOLD_TOPIC, kmsMasterKeyId="arn:aws:kms:eu-west-1:1:alias/aws/sns")}],
        [],
        also=[{"Topic t": with_props(TOLD_TOPIC, kmsMasterKeyId="arn:aws:kms:eu-west-1:1:alias/shop")}],
    ),
    GraphCase(
        "sns-to-sqs-queue-policy",
        SUBSCRIBED,
        [opened(SENDING | {"Principal": {"Service": "sns.af-south-1.amazonaws.com"}})],
        [],
        also=[
            opened(SENDING | {"Principal": {"Service": "sns.eu-west-1.amazonaws.com"}}),
            opened(SENDING | {"Principal": {"Service": ["sns.amazonaws.com.cn"]}}),
        ],
    ),
    GraphCase(
        "sns-to-sqs-queue-policy",
        stack(
            Node(TOPIC, "orders", {"arn": TOPIC_ARN}),
            Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
            Node(SUBSCRIPTION, "far", SET_ASIDE),
            Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(SENDING)}),
        ),
        [{"QueuePolicy work": None}, opened(SENDING | {"Action": "sqs:ReceiveMessage"})],
        [],
        also=[{"QueuePolicy work": None, "TopicSubscription far": Node(SUBSCRIPTION, "far", {"topic": TOPIC_ARN})}],
    ),
    GraphCase(
        "events-target-policy",
        EVENTS,
        [
            {
                "QueuePolicy work": None,
                "EventTarget t": with_props(TARGET, arn="arn:fn", deadLetterConfig={"arn": QUEUE_ARN}),
            },
            {"QueuePolicy work": None},
            opened(SENDING),
            opened(FROM_EVENTS | {"Condition": {"ArnEquals": {"aws:SourceArn": f"{RULE_ARN}-2"}}}),
            opened(FROM_EVENTS, FROM_EVENTS | {"Effect": "Deny", "Principal": "*"}),
            {"EventTarget t": with_props(TARGET, arn=TOPIC_ARN), "Topic t": TOLD_TOPIC},
            {
                "EventTarget t": with_props(TARGET, arn=TOPIC_ARN),
                "Topic t": with_props(TOLD_TOPIC, policy=policy(BY_OWNER)),
            },
            {
                "EventTarget t": new(EVENT_TARGET, "t", arn=(QUEUE, "work"), rule=(EVENT_RULE, "r")),
                "Queue work": new(QUEUE, "work"),
                "QueuePolicy work": None,
            },
        ],
        [{"EventRule r": with_props(EVENTS["EventRule r"], arn=UNKNOWN)}],
        also=[
            {"QueuePolicy work": None, "EventTarget t": with_props(TARGET, roleArn="arn:role")},
            opened(FROM_EVENTS | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:1:rule/*"}}}),
            {
                "EventTarget t": with_props(TARGET, arn=TOPIC_ARN),
                "Topic t": with_props(TOLD_TOPIC, policy=policy(FROM_EVENTS | {"Action": "sns:*", "Resource": "*"})),
            },
        ],
    ),
    GraphCase(
        "sqs-dlq-configured",
        stack(Node(QUEUE, "dead", {"arn": QUEUE_ARN}), LAMBDA),
        [{"Function f": None}, {"Function f": with_props(LAMBDA, deadLetterConfig={"targetArn": f"{QUEUE_ARN}-2"})}],
        [],
        also=[
            {
                "Function f": None,
                "M m": Node(MAPPING, "m", {"destinationConfig": {"onFailure": {"destinationArn": QUEUE_ARN}}}),
            }
        ],
    ),
    GraphCase(
        "sg-no-public-ingress",
        BEHIND,
        [{"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80, "0.0.0.0/0")]})}],
        [],
        also=[
            {
                "SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80, "0.0.0.0/0")]}),
                "LoadBalancer old": new("aws:elb/loadBalancer:LoadBalancer", "old", securityGroups=(GROUP, "tasks")),
            }
        ],
    ),
    *(
        GraphCase(
            rule,
            HOST,
            [
                {"Rule other": OTHER_HALF},
                {"Rule other": OLD_RULE},
                {"ManagedPrefixList office": WORLD},
                {"Entry world": ENTRY_OF_WORLD},
            ],
            [{"ManagedPrefixList office": with_props(OFFICE, entries=[{"cidr": UNKNOWN}])}],
            also=[
                {"Rule other": with_props(OTHER_HALF, fromPort=443, toPort=443)}
                if rule == "sg-no-ingress-by-parts"
                else {},
                {"SecurityGroupIngressRule list": None, "ManagedPrefixList office": WORLD},
                {"Rule other": with_props(OLD_RULE, type="egress")},
            ],
        )
        for rule in ("sg-no-ingress-by-parts", "sg-no-public-ingress")
    ),
]
