"""Stacks for the rules over hosts, consumers, programs and costs: what passes, and what is found after a change."""

from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BALANCER,
    BEHIND,
    DEFINITIONS,
    IN_GROUP,
    QUEUE_ARN,
    QUEUE_URL,
    SUBNET,
    VPC,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import (
    GROUP,
    INSTANCE,
    LOG_GROUP,
    QUEUE,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    TASK,
    containers,
    tcp,
)

PROFILE, KEY_PAIR, EIP = "aws:iam/instanceProfile:InstanceProfile", "aws:ec2/keyPair:KeyPair", "aws:ec2/eip:Eip"
MAPPING, FUNCTION = "aws:lambda/eventSourceMapping:EventSourceMapping", "aws:lambda/function:Function"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
OPEN = {"ingress": [tcp(22, 22, "0.0.0.0/0")]}
EVERYTHING = policy({"Action": "*", "Resource": "*"})
READS_ONE = policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"})
READS_ALL = policy({"Action": "s3:GetObject", "Resource": "*"})
GRANT = new(ROLE_POLICY, "host", {"policy": READS_ONE}, role=(ROLE, "host"))
POWER = with_props(GRANT, policy=EVERYTHING)
# A bastion with a public address that three networks may reach, and whose role reads one bucket.
INSTANCE_NODE = new(
    INSTANCE,
    "host",
    {"associatePublicIpAddress": True},
    vpcSecurityGroupIds=(GROUP, "host"),
    iamInstanceProfile=(PROFILE, "host"),
    subnetId=(SUBNET, "public"),
    keyName=(KEY_PAIR, "host"),
)
HOST = stack(
    INSTANCE_NODE,
    new(GROUP, "host", {"ingress": [tcp(22, 22, "203.0.113.0/24")]}),
    new(PROFILE, "host", role=(ROLE, "host")),
    new(ROLE, "host"),
    GRANT,
    new(SUBNET, "public", {"mapPublicIpOnLaunch": False}, vpcId=(VPC, "main")),
    new(KEY_PAIR, "host"),
)
WORLD = {"SecurityGroup host": new(GROUP, "host", OPEN)}
HIDDEN = {"Instance host": with_props(INSTANCE_NODE, associatePublicIpAddress=None)}
FULL_ACCESS = new(ATTACHMENT, "host", {"policyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}, role=(ROLE, "host"))
WITHOUT_KEY_PAIR = replace(INSTANCE_NODE, sources={}, props={"keyName": "annas-laptop"})
API_ROLE = stack(
    new(TASK, "api", {"containerDefinitions": DEFINITIONS}, taskRoleArn=(ROLE, "api")),
    new(ROLE, "api"),
    new(ROLE_POLICY, "api", {"policy": READS_ONE}, role=(ROLE, "api")),
    new(GROUP, "lb", {"ingress": [tcp(443, 443, "0.0.0.0/0")]}),
)
DIRECT = with_props(IN_GROUP, networkConfiguration={"assignPublicIp": True})
READER = stack(
    new(FUNCTION, "resize", {"timeout": 60}),
    new(MAPPING, "resize", eventSourceArn=(QUEUE, "work"), functionName=(FUNCTION, "resize")),
    new(QUEUE, "work", {"visibilityTimeoutSeconds": 360}),
)


def told(**variables: str) -> Node:
    """A task that is told these variables and the queue's URL."""
    named = [{"name": name, "value": value} for name, value in (variables | {"QUEUE_URL": QUEUE_URL}).items()]
    return Node(TASK, "work", containers({"name": "work", "environment": named}))


WORK_QUEUE = Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL, "visibilityTimeoutSeconds": 30})
SLOW: dict[str, Node | None] = {
    "EventSourceMapping resize": None,
    "TaskDefinition work": told(HANDLER_TIMEOUT_SECONDS="120"),
    "Queue work": WORK_QUEUE,
}


def logging(name: str, **options: str) -> Node:
    """A task that writes to a log group."""
    log = {"logDriver": "awslogs", "options": {"awslogs-group": name, **options}}
    return Node(TASK, "api", containers({"name": "api", "logConfiguration": log}))


def running(image: str) -> Node:
    """A task with one image."""
    return Node(TASK, "api", containers({"name": "api", "image": image}))


REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
APP = Node(REPOSITORY, "app", {"repositoryUrl": f"{REGISTRY}/app", "imageTagMutability": "MUTABLE"})
HOST_CASES = [
    GraphCase(
        "bastion-reachability",
        HOST,
        [
            WORLD | {"RolePolicy host": POWER},
            WORLD | {"RolePolicyAttachment host": FULL_ACCESS},
            WORLD | HIDDEN | {"Eip host": new(EIP, "host", instance=(INSTANCE, "host")), "RolePolicy host": POWER},
            WORLD
            | HIDDEN
            | {"Subnet public": new(SUBNET, "public", {"mapPublicIpOnLaunch": True})}
            | {"RolePolicy host": POWER},
        ],
        [WORLD | {"RolePolicy host": with_props(GRANT, policy=UNKNOWN)}],
        [WORLD, {"RolePolicy host": POWER}, WORLD | HIDDEN | {"RolePolicy host": POWER}],
    ),
    GraphCase(
        "bastion-key-pair",
        HOST,
        [
            {"Instance host": WITHOUT_KEY_PAIR},
            {"Instance host": with_props(WITHOUT_KEY_PAIR, keyName="old")},
            {"Instance host": WITHOUT_KEY_PAIR, "KeyPair host": Node(KEY_PAIR, "host", {"keyName": "another"})},
        ],
        [],
        [
            {"Instance host": with_props(INSTANCE_NODE, keyName=None)},
            {"Instance host": with_props(WITHOUT_KEY_PAIR, keyName="breakglass")},
            {"Instance host": WITHOUT_KEY_PAIR, "KeyPair host": Node(KEY_PAIR, "host", {"keyName": "annas-laptop"})},
        ],
        {"allowedKeyNames": ["breakglass"]},
    ),
    GraphCase(
        "internet-path-to-data",
        HOST | BEHIND | API_ROLE,
        [
            WORLD,
            {"Service api": DIRECT, "SecurityGroup tasks": new(GROUP, "tasks", OPEN)},
            {"RolePolicy api": new(ROLE_POLICY, "api", {"policy": READS_ALL}, role=(ROLE, "api"))},
        ],
        [],
        [
            WORLD | HIDDEN,
            {"Service api": DIRECT},
            {
                "RolePolicy api": new(ROLE_POLICY, "api", {"policy": READS_ALL}, role=(ROLE, "api")),
                "LoadBalancer api": new(BALANCER, "api", {"internal": True}, securityGroups=(GROUP, "lb")),
            },
        ],
    ),
    GraphCase(
        "sqs-visibility-vs-consumer",
        READER,
        [
            {"Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 60})},
            {"Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": UNKNOWN})},
            {
                "Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 15}),
                "Function resize": new(FUNCTION, "resize"),
            },
            SLOW,
        ],
        [
            {"Queue work": new(QUEUE, "work", visibilityTimeoutSeconds=(QUEUE, "elsewhere"))},
            {"Function resize": new(FUNCTION, "resize", timeout=(QUEUE, "elsewhere"))},
        ],
        [
            {
                "Function resize": new(FUNCTION, "resize"),
                "Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 18}),
            },
            SLOW | {"TaskDefinition work": told(HANDLER_TIMEOUT_SECONDS="30")},
            SLOW | {"TaskDefinition work": told(SOMETHING_ELSE="120")},
        ],
    ),
    GraphCase(
        "ecs-log-group-exists",
        stack(logging("/shop/api"), Node(LOG_GROUP, "api", {"name": "/shop/api"})),
        [
            {"LogGroup api": None},
            {"TaskDefinition api": logging("/shop/apis")},
            {"LogGroup api": Node(LOG_GROUP, "api", {"name": "/shop/web"})},
        ],
        [
            {"LogGroup api": new(LOG_GROUP, "api", {"name": UNKNOWN})},
            {"TaskDefinition api": new(TASK, "api", {"containerDefinitions": UNKNOWN})},
        ],
        [
            {"TaskDefinition api": new(TASK, "api", containerDefinitions=(LOG_GROUP, "api"))},
            {"TaskDefinition api": logging("/made/on/the/way", **{"awslogs-create-group": "true"})},
            {"TaskDefinition api": Node(TASK, "api", containers({"logConfiguration": {"logDriver": "awsfirelens"}}))},
        ],
    ),
    GraphCase(
        "ecs-image-tag-mutable",
        stack(running(f"{REGISTRY}/app@sha256:{'a' * 64}"), APP),
        [
            {"TaskDefinition api": running(f"{REGISTRY}/app:1.4")},
            {"TaskDefinition api": running(f"{REGISTRY}/app")},
            {
                "TaskDefinition api": running(f"{REGISTRY}/app:1"),
                "Repository app": with_props(APP, imageTagMutability=None),
            },
        ],
        [{"TaskDefinition api": new(TASK, "api", containerDefinitions=(REPOSITORY, "app"))}],
        [
            {"TaskDefinition api": running(f"{REGISTRY}/application:1.4")},
            {
                "TaskDefinition api": running(f"{REGISTRY}/app:1.4"),
                "Repository app": with_props(APP, imageTagMutability="IMMUTABLE"),
            },
            {"TaskDefinition api": running(f"{REGISTRY}/app:1@sha256:{'a' * 64}")},
        ],
    ),
    GraphCase(
        "ecs-taskdef-health-check",
        BEHIND,
        [
            {"Service api": None},
            {"TaskDefinition api": Node(TASK, "api", containers({"name": "api"}, {"name": "sidecar"}))},
            {
                "TaskDefinition api": Node(TASK, "api", containers({"name": "api", "essential": True}), {}),
                "Service api": None,
            },
        ],
        [{"TaskDefinition api": new(TASK, "api", {"containerDefinitions": UNKNOWN})}],
        [
            {
                "Service api": None,
                "TaskDefinition api": Node(TASK, "api", containers({"healthCheck": {"command": ["CMD", "/check"]}})),
            },
            {
                "TaskDefinition api": Node(
                    TASK, "api", containers({"name": "api"}, {"name": "init", "essential": False})
                )
            },
            {"Service api": with_props(IN_GROUP, desiredCount=1)},
        ],
    ),
]
