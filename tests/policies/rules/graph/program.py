"""Cases of the rules in `graph.program`: Resource options."""

from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    EIP,
    EVENT_TARGET,
    KEY,
    QUEUE_ARN,
    SUBSCRIPTION,
    TOPIC_ARN,
    GraphCase,
    new,
    stack,
)
from tests.support.policies.samples import INSTANCE, LOG_GROUP, QUEUE, REPOSITORY, TASK

KEPT = {"protect": True}

PLAIN_QUEUE = Node(QUEUE, "work", {})

EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"

OWN_ADDRESS = replace(new(INSTANCE, "a"), options={"ignoreChanges": ["associatePublicIpAddress"]})


def ignoring(*paths: str) -> dict[str, Node | None]:
    """A queue with these ignored changes."""
    return {"Queue work": replace(PLAIN_QUEUE, options={"ignoreChanges": list(paths)})}


SERVICE_COMPONENT = "shop:index:Service"


def child(name: str, parent: str, kind: str = QUEUE) -> Node:
    """A resource below another one."""
    return replace(new(kind, name), options={"parent": f"urn:pulumi:dev::shop::{SERVICE_COMPONENT}::{parent}"})


DEAD_LETTERS = '{"deadLetterTargetArn": "' + QUEUE_ARN + '"}'

CASES: list[GraphCase] = [
    GraphCase(
        rule="protect-stateful",
        stack=stack(Node(KEY, "k", {}, options=KEPT), Node(LOG_GROUP, "api", {})),
        fails=[{"Key k": Node(KEY, "k", {})}, {"Queue work": PLAIN_QUEUE}, {"Repository app": new(REPOSITORY, "app")}],
        waits=[],
        passes=[{"Key k": None}, {"Queue work": replace(PLAIN_QUEUE, options=KEPT)}, {"Task": new(TASK, "api")}],
    ),
    GraphCase(
        rule="no-ignore-security-props",
        stack=stack(PLAIN_QUEUE),
        fails=[
            {"Instance a": OWN_ADDRESS, "Eip b": new(EIP, "b", instance=(INSTANCE, "b"))},
            ignoring("policy"),
            ignoring("tags", "kms_master_key_id"),
            ignoring("ingress[0].cidrBlocks"),
            ignoring("*"),
        ],
        waits=[],
        passes=[
            ignoring(),
            ignoring("redrivePolicy", "desiredCount", "tags", "ami"),
            {"Instance a": OWN_ADDRESS, "Eip a": new(EIP, "a", instance=(INSTANCE, "a"))},
            {"Instance a": OWN_ADDRESS, "b": new(EIP_ASSOCIATION, "b", instanceId=(INSTANCE, "a"))},
        ],
    ),
    GraphCase(
        rule="allowed-regions",
        stack=stack(PLAIN_QUEUE, replace(new(QUEUE, "far"), region="eu-west-1")),
        fails=[
            {"Queue far": replace(new(QUEUE, "far"), region="us-east-1")},
            {"Queue far": Node(QUEUE, "far", {"region": "us-east-1"}, region="eu-west-1")},
            {
                "Queue far": replace(new(QUEUE, "far"), region="us-east-1"),
                "Queue work": replace(PLAIN_QUEUE, region="us-east-1"),
            },
        ],
        waits=[],
        passes=[
            {"Queue far": replace(new(QUEUE, "far"), region="eu-central-1")},
            {"Queue far": Node(QUEUE, "far", {"region": "eu-central-1"}, region="us-east-1")},
            {"Bucket far": Node("gcp:storage/bucket:Bucket", "far", {"region": "us-east-1"})},
            {"Role far": Node("aws:iam/role:Role", "far", {}, region="us-east-1")},
        ],
        config={"regions": ["eu-west-1", "eu-central-1"]},
    ),
    GraphCase(
        rule="component-contract",
        stack=stack(Node(SERVICE_COMPONENT, "api", {}), child("work", "api")),
        fails=[
            {"Queue work": None},
            {"Queue work": child("work", "another")},
            {"Queue work": child("work", "api", LOG_GROUP)},
        ],
        waits=[],
        passes=[
            {"Service api": None},
            {"Queue dead": new(QUEUE, "dead")},
            {"LogGroup more": child("more", "api", LOG_GROUP)},
        ],
        config={"children": {SERVICE_COMPONENT: [QUEUE]}},
    ),
    GraphCase(
        rule="arns-of-the-same-region",
        stack=stack(
            Node(ALARM, "a", {"region": "eu-west-1", "alarmActions": [TOPIC_ARN]}),
            Node(QUEUE, "work", {"region": "eu-west-1", "kmsMasterKeyId": "alias/shop"}),
            Node(SUBSCRIPTION, "s", {"region": "eu-west-1", "topic": TOPIC_ARN, "endpoint": QUEUE_ARN}),
        ),
        fails=[
            {"MetricAlarm a": Node(ALARM, "a", {"region": "us-east-1", "alarmActions": [TOPIC_ARN]})},
            {"MetricAlarm a": Node(ALARM, "a", {"region": "us-east-1", "okActions": [TOPIC_ARN]})},
            {
                "Queue work": Node(
                    QUEUE, "work", {"region": "us-east-1", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:1:key/k"}
                )
            },
            {"TopicSubscription s": Node(SUBSCRIPTION, "s", {"region": "us-east-1", "topic": TOPIC_ARN})},
            {"TopicSubscription s": Node(SUBSCRIPTION, "s", {"region": "us-east-1", "redrivePolicy": DEAD_LETTERS})},
        ],
        waits=[],
        passes=[
            {"TopicSubscription s": Node(SUBSCRIPTION, "s", {"region": "us-east-1", "endpoint": QUEUE_ARN})},
            {
                "EventTarget t": Node(
                    EVENT_TARGET, "t", {"region": "us-east-1", "arn": "arn:aws:events:eu-west-1:1:event-bus/b"}
                )
            },
            {"MetricAlarm a": Node(ALARM, "a", {"region": UNKNOWN, "alarmActions": [TOPIC_ARN]})},
        ],
    ),
]
