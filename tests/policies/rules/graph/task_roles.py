"""Cases of the rules in `graph.task_roles`: Roles of tasks."""

import json
from collections.abc import Mapping
from dataclasses import replace

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BY_ATTACHMENT,
    GRANT,
    NEW_WORKER,
    QUEUE_ARN,
    QUEUE_URL,
    ROLE_NODE,
    SECRET_ARN,
    TOPIC_ARN,
    TRUST,
    WORKER,
    WORKER_TASK,
    GraphCase,
    new,
    policy,
    with_props,
)
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, ROLE, ROLE_POLICY

ALL_OF_SQS = policy({"Action": "sqs:*", "Resource": QUEUE_ARN})

LATER_POLICY = {"RolePolicy work": with_props(GRANT, policy=UNKNOWN)}

Change = Mapping[str, Node | None]


def grant(*statements: Mapping[str, object]) -> Change:
    """The worker's role with these statements."""
    return {"RolePolicy work": with_props(GRANT, policy=policy(*statements))}


SECRET, PARAMETER, KEY = "aws:secretsmanager/secret:Secret", "aws:ssm/parameter:Parameter", "aws:kms/key:Key"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
READS = {"Action": ["secretsmanager:GetSecretValue", "ssm:GetParameters"], "Resource": "*"}


def with_key(key: str) -> Node:
    """The worker's secret under a key."""
    return Node(SECRET, "db", {"arn": SECRET_ARN, "kmsKeyId": key})


def told(source: str) -> str:
    """Containers with one secret."""
    return json.dumps([{"name": "work", "secrets": [{"name": "DB", "valueFrom": source}]}])


def trust(principal: Mapping[str, object]) -> Change:
    """The worker's role with this trust."""
    return {
        "Role work": with_props(
            ROLE_NODE, assumeRolePolicy=policy({"Principal": principal, "Action": "sts:AssumeRole"})
        )
    }


# A deployed worker with a new image. Its queue's URL comes out of a map, which has an edge to each queue of the map.
NEW_IMAGE = {
    "TaskDefinition work": replace(
        with_props(WORKER_TASK, containerDefinitions=UNKNOWN),
        sources={"containerDefinitions": [(QUEUE, "work"), (QUEUE, "mail")]},
    ),
    "Queue mail": Node(QUEUE, "mail", {"arn": f"{QUEUE_ARN}-mail", "url": f"{QUEUE_URL}-mail"}),
}

WORK_QUEUE = Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL})

MANAGED = "arn:aws:iam::123456789012:policy/elsewhere"

BY_EXCLUSIVE = Node(
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "work",
    {"roleName": "work-role", "policyArns": [MANAGED]},
)

BY_OLD_ATTACHMENT = Node(
    "aws:iam/policyAttachment:PolicyAttachment", "work", {"roles": ["work-role"], "policyArn": MANAGED}
)

NO_GRANT = {"RolePolicy work": None}


def queue_policy(principal: str) -> Node:
    """The queue's own policy, open to a principal."""
    text = policy({"Principal": {"AWS": principal}, "Action": "sqs:*", "Resource": "*"})
    return Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": text})


CASES: list[GraphCase] = [
    GraphCase(
        rule="ecs-task-role-least-privilege",
        stack=WORKER,
        fails=[
            {"RolePolicy work": with_props(GRANT, policy=ALL_OF_SQS)},
            {"Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": ALL_OF_SQS}])},
            {
                "RolePolicyAttachment a": Node(
                    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    "a",
                    {"role": "work-role", "policyArn": "arn:aws:iam::aws:policy/AmazonSQSFullAccess"},
                )
            },
            grant({"NotAction": "iam:*", "Resource": "*"}),
        ],
        waits=[LATER_POLICY],
        passes=[grant({"Action": "sqs:SendMessage", "Resource": "*"}), {"RolePolicyAttachment work": BY_ATTACHMENT}],
    ),
    GraphCase(
        rule="ecs-task-role-trust",
        stack=WORKER,
        fails=[
            {
                "Role work": with_props(
                    ROLE_NODE, assumeRolePolicy=policy({"Principal": {"Service": "ec2.amazonaws.com"}})
                )
            },
            trust({"AWS": "123456789012"}),
            {"Role work": with_props(ROLE_NODE, assumeRolePolicy=TRUST.replace('"Allow"', '"Deny"'))},
        ],
        waits=[{"Role work": with_props(ROLE_NODE, assumeRolePolicy=UNKNOWN)}],
        passes=[
            trust({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}),
            {"Role work": with_props(ROLE_NODE, arn="arn:another", assumeRolePolicy=policy())},
        ],
    ),
    GraphCase(
        rule="ecs-worker-can-consume",
        stack=WORKER,
        fails=[
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sqs:ReceiveMessage", "Resource": "*"}))},
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sqs:*", "Resource": f"{QUEUE_ARN}-2"}))},
            {"RolePolicy work": None},
            {"RolePolicy work": None, **NEW_WORKER},
            {"RolePolicy work": None, **NEW_IMAGE},
            {**NEW_IMAGE, **grant({"Action": "sqs:*", "Resource": f"{QUEUE_ARN}-other"})},
        ],
        waits=[
            LATER_POLICY,
            NEW_IMAGE,
            NEW_WORKER | {"RolePolicy work": new(ROLE_POLICY, "work", role=(ROLE, "work"), policy=(QUEUE, "work"))},
        ],
        passes=[
            grant({"Action": "sqs:SendMessage", "Resource": QUEUE_ARN}),
            {"RolePolicy work": None, "RolePolicyAttachment work": BY_ATTACHMENT},
            {"RolePolicy work": None, "Queue work": with_props(WORK_QUEUE, redriveAllowPolicy="{}")},
        ],
    ),
    GraphCase(
        rule="ecs-api-can-publish",
        stack=WORKER,
        fails=[
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sns:Subscribe", "Resource": "*"}))},
            grant({"Action": "sns:Publish", "Resource": f"{TOPIC_ARN}-two"}),
            {"RolePolicy work": None},
        ],
        waits=[LATER_POLICY],
        passes=[grant({"Action": "sns:*", "Resource": "arn:aws:sns:*"}), {"Topic orders": None}],
    ),
    GraphCase(
        rule="ecs-execution-role-covers-secrets",
        stack=WORKER,
        fails=[
            {"RolePolicy work": None},
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "ssm:GetParameters", "Resource": "*"}))},
            grant({"Action": "secretsmanager:GetSecretValue", "Resource": f"{SECRET_ARN}-two"}),
        ],
        waits=[LATER_POLICY],
        passes=[
            grant({"Action": "secretsmanager:Get*", "Resource": f"{SECRET_ARN[:-6]}*"}),
            {"TaskDefinition work": with_props(WORKER_TASK, containerDefinitions=json.dumps([{"name": "work"}]))},
        ],
    ),
    GraphCase(
        rule="ecs-execution-role-decrypts-secrets",
        stack=WORKER | {"Secret db": Node(SECRET, "db", {"arn": SECRET_ARN})},
        fails=[
            {"Secret db": with_key(KEY_ARN)},
            {"Secret db": with_key("key-1"), "Key own": Node(KEY, "own", {"keyId": "key-1", "arn": KEY_ARN})},
            {"Secret db": with_key(KEY_ARN), **grant(READS, {"Action": "kms:Decrypt", "Resource": f"{KEY_ARN}-other"})},
            {
                "Secret db": None,
                "Parameter db": Node(PARAMETER, "db", {"name": "/db", "keyId": KEY_ARN}),
                "TaskDefinition work": with_props(WORKER_TASK, containerDefinitions=told("/db")),
            },
            {
                "Secret db": with_key(KEY_ARN),
                "TaskDefinition work": replace(
                    with_props(WORKER_TASK, containerDefinitions=UNKNOWN),
                    sources={"containerDefinitions": (SECRET, "db")},
                ),
            },
        ],
        waits=[
            LATER_POLICY | {"Secret db": with_key(KEY_ARN)},
            {
                "Secret db": new(SECRET, "db", {"arn": SECRET_ARN}, kmsKeyId=(KEY, "own")),
                "Key own": new(KEY, "own", {"arn": UNKNOWN}),
            },
        ],
        passes=[
            {"Secret db": with_key("alias/aws/secretsmanager")},
            {"Secret db": with_key(KEY_ARN), **grant(READS, {"Action": "kms:Decrypt", "Resource": KEY_ARN})},
            {
                "Secret db": with_key(KEY_ARN),
                "Key own": Node(
                    KEY,
                    "own",
                    {"arn": KEY_ARN, "policy": policy({"Principal": {"AWS": "arn:role"}, "Action": "kms:*"})},
                ),
            },
            {"Secret other": Node(SECRET, "other", {"arn": f"{SECRET_ARN}-two", "kmsKeyId": KEY_ARN})},
        ],
    ),
    GraphCase(
        rule="ecs-worker-can-consume",
        stack=WORKER,
        fails=[
            NO_GRANT | {"QueuePolicy work": queue_policy("arn:aws:iam::1:role/other")},
            NO_GRANT | {"PolicyAttachment work": with_props(BY_OLD_ATTACHMENT, roles=["other-role"])},
        ],
        waits=[],
        passes=[
            NO_GRANT | {"QueuePolicy work": queue_policy("arn:role")},
            NO_GRANT | {"PolicyAttachment work": BY_OLD_ATTACHMENT},
            NO_GRANT | {"RolePolicyAttachmentsExclusive work": BY_EXCLUSIVE},
        ],
    ),
    GraphCase(
        rule="ecs-task-role-trust",
        stack=WORKER,
        fails=[],
        waits=[],
        passes=[
            {
                "Role work": with_props(
                    ROLE_NODE, assumeRolePolicy=policy({"Principal": {"Service": "ecs-tasks.amazonaws.com.cn"}})
                )
            }
        ],
    ),
]
