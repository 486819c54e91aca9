"""Cases of the rules in `graph.hosts`: Paths from the internet to permissions and data."""

from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ATTACHMENT,
    BALANCER,
    BEHIND,
    DEFINITIONS,
    EIP,
    IN_GROUP,
    KEY_PAIR,
    SUBNET,
    VPC,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import GROUP, INSTANCE, ROLE, ROLE_POLICY, TASK, tcp

FULL_ACCESS = new(ATTACHMENT, "host", {"policyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}, role=(ROLE, "host"))

PROFILE = "aws:iam/instanceProfile:InstanceProfile"

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

HIDDEN = {"Instance host": with_props(INSTANCE_NODE, associatePublicIpAddress=None)}

READS_ONE = policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"})

HOST_GRANT = new(ROLE_POLICY, "host", {"policy": READS_ONE}, role=(ROLE, "host"))

HOST_STACK = stack(
    INSTANCE_NODE,
    new(GROUP, "host", {"ingress": [tcp(22, 22, "203.0.113.0/24")]}),
    new(PROFILE, "host", role=(ROLE, "host")),
    new(ROLE, "host"),
    HOST_GRANT,
    new(SUBNET, "public", {"mapPublicIpOnLaunch": False}, vpcId=(VPC, "main")),
    new(KEY_PAIR, "host"),
)

OPEN_SSH = {"ingress": [tcp(22, 22, "0.0.0.0/0")]}

OPEN_TO_THE_WORLD = {"SecurityGroup host": new(GROUP, "host", OPEN_SSH)}

ALL_RIGHTS = policy({"Action": "*", "Resource": "*"})

POWER = with_props(HOST_GRANT, policy=ALL_RIGHTS)

WITHOUT_KEY_PAIR = replace(INSTANCE_NODE, sources={}, props={"keyName": "annas-laptop"})

API_ROLE = stack(
    new(TASK, "api", {"containerDefinitions": DEFINITIONS}, taskRoleArn=(ROLE, "api")),
    new(ROLE, "api"),
    new(ROLE_POLICY, "api", {"policy": READS_ONE}, role=(ROLE, "api")),
    new(GROUP, "lb", {"ingress": [tcp(443, 443, "0.0.0.0/0")]}),
)

DIRECT = with_props(IN_GROUP, networkConfiguration={"assignPublicIp": True})

READS_ALL = policy({"Action": "s3:GetObject", "Resource": "*"})

# After a refresh: AWS reports a public address for an Elastic IP, and the program ignores it.
REFRESHED = replace(
    Node(INSTANCE, "host", {"associatePublicIpAddress": True, "id": "i-1"}),
    options={"ignoreChanges": ["associatePublicIpAddress"]},
)
SNAKE_CASE = replace(REFRESHED, options={"ignoreChanges": ["associate_public_ip_address"]})

CASES: list[GraphCase] = [
    GraphCase(
        rule="ec2-ignored-public-ip",
        stack=stack(REFRESHED, Node(EIP, "host", {"instance": "i-1"})),
        fails=[
            {"Eip host": None},
            {"Eip host": None, "Instance host": SNAKE_CASE},
            {"Eip host": Node(EIP, "host", {"instance": "i-2"})},
        ],
        waits=[{"Eip host": None, "Instance host": with_props(REFRESHED, associatePublicIpAddress=UNKNOWN)}],
        passes=[
            {"Instance host": SNAKE_CASE},
            {"Eip host": None, "Instance host": with_props(REFRESHED, associatePublicIpAddress=False)},
            {"Eip host": None, "Instance host": replace(REFRESHED, options={})},
        ],
    ),
    GraphCase(
        rule="bastion-reachability",
        stack=HOST_STACK,
        fails=[
            OPEN_TO_THE_WORLD | {"RolePolicy host": POWER},
            OPEN_TO_THE_WORLD | {"RolePolicyAttachment host": FULL_ACCESS},
            OPEN_TO_THE_WORLD
            | HIDDEN
            | {"Eip host": new(EIP, "host", instance=(INSTANCE, "host")), "RolePolicy host": POWER},
            OPEN_TO_THE_WORLD
            | HIDDEN
            | {"Subnet public": new(SUBNET, "public", {"mapPublicIpOnLaunch": True})}
            | {"RolePolicy host": POWER},
        ],
        waits=[OPEN_TO_THE_WORLD | {"RolePolicy host": with_props(HOST_GRANT, policy=UNKNOWN)}],
        passes=[OPEN_TO_THE_WORLD, {"RolePolicy host": POWER}, OPEN_TO_THE_WORLD | HIDDEN | {"RolePolicy host": POWER}],
    ),
    GraphCase(
        rule="bastion-key-pair",
        stack=HOST_STACK,
        fails=[
            {"Instance host": WITHOUT_KEY_PAIR},
            {"Instance host": with_props(WITHOUT_KEY_PAIR, keyName="old")},
            {"Instance host": WITHOUT_KEY_PAIR, "KeyPair host": Node(KEY_PAIR, "host", {"keyName": "another"})},
        ],
        waits=[],
        passes=[
            {"Instance host": with_props(INSTANCE_NODE, keyName=None)},
            {"Instance host": with_props(WITHOUT_KEY_PAIR, keyName="breakglass")},
            {"Instance host": WITHOUT_KEY_PAIR, "KeyPair host": Node(KEY_PAIR, "host", {"keyName": "annas-laptop"})},
        ],
        config={"allowedKeyNames": ["breakglass"]},
    ),
    GraphCase(
        rule="internet-path-to-data",
        stack=HOST_STACK | BEHIND | API_ROLE,
        fails=[
            OPEN_TO_THE_WORLD,
            {"Service api": DIRECT, "SecurityGroup tasks": new(GROUP, "tasks", OPEN_SSH)},
            {"RolePolicy api": new(ROLE_POLICY, "api", {"policy": READS_ALL}, role=(ROLE, "api"))},
        ],
        waits=[],
        passes=[
            OPEN_TO_THE_WORLD | HIDDEN,
            {"Service api": DIRECT},
            {
                "RolePolicy api": new(ROLE_POLICY, "api", {"policy": READS_ALL}, role=(ROLE, "api")),
                "LoadBalancer api": new(BALANCER, "api", {"internal": True}, securityGroups=(GROUP, "lb")),
            },
        ],
    ),
]
