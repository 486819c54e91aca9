"""Stacks of topics, queues and keys that pass each rule, and changes of them that do not."""

import json
from collections.abc import Mapping

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    KEY,
    QUEUE_ARN,
    QUEUE_URL,
    SUBSCRIPTION,
    TOPIC_ARN,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, ROLE, TOPIC

REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
ALIAS = "aws:kms/alias:Alias"
NEEDED = ["kms:Decrypt", "kms:GenerateDataKey*"]
SNS_MAY = policy({"Principal": {"Service": "sns.amazonaws.com"}, "Action": NEEDED, "Resource": "*"})
ALARMS_MAY = policy({"Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": NEEDED, "Resource": "*"})
REDRIVE_POLICY = json.dumps({"deadLetterTargetArn": QUEUE_ARN, "maxReceiveCount": 3})
KEYED_QUEUE = new(QUEUE, "work", kmsMasterKeyId=(KEY, "k"))
DEAD = Node(QUEUE, "dead", {"arn": QUEUE_ARN, "messageRetentionSeconds": 1209600, "region": "eu-west-1"})
MAIN = Node(
    QUEUE, "main", {"arn": "arn:aws:sqs:eu-west-1:1:main", "redrivePolicy": REDRIVE_POLICY, "region": "eu-west-1"}
)
DEAD_LETTERS = stack(MAIN, DEAD)


SENDING = {"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": QUEUE_ARN}
SUBSCRIBED = stack(
    Node(TOPIC, "orders", {"arn": TOPIC_ARN}),
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(SUBSCRIPTION, "work", {"protocol": "sqs", "endpoint": QUEUE_ARN, "topic": TOPIC_ARN}),
    Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(SENDING)}),
)


def opened(*statements: Mapping[str, object]) -> dict[str, Node | None]:
    """The queue's policy of these statements."""
    return {"QueuePolicy work": Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(*statements)})}


MESSAGE_CASES = [
    GraphCase(
        "sns-to-sqs-queue-policy",
        SUBSCRIBED,
        [
            {"QueuePolicy work": None},
            opened(SENDING | {"Action": "sqs:ReceiveMessage"}),
            opened(SENDING, SENDING | {"Effect": "Deny"}),
        ],
        [{"QueuePolicy work": new(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL}, policy=(TOPIC, "orders"))}],
        [
            opened(SENDING | {"Action": "sqs:*", "Principal": "*"}),
            opened(SENDING | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:orders"}}}),
            {"QueuePolicy work": None, "Queue work": None},
        ],
    ),
    GraphCase(
        "sqs-dlq-configured",
        DEAD_LETTERS,
        [
            {"Queue main": with_props(MAIN, redrivePolicy=None), "Queue dead": None},
            {"Queue dead": with_props(DEAD, arn=f"{QUEUE_ARN}-two")},
            {"Queue third": new(QUEUE, "third")},
        ],
        [],
        [
            {"Queue main": new(QUEUE, "main", redrivePolicy=(QUEUE, "dead"))},
            {"Queue third": new(QUEUE, "third", {"redriveAllowPolicy": "{}"})},
            {
                "Queue third": new(QUEUE, "third"),
                "Policy": new(REDRIVE, "third", queueUrl=(QUEUE, "third"), redrivePolicy=(QUEUE, "dead")),
            },
        ],
    ),
    GraphCase(
        "sns-kms-publisher",
        stack(
            new(ALARM, "cpu", alarmActions=(TOPIC, "ops")),
            new(TOPIC, "ops", kmsMasterKeyId=(KEY, "k")),
            new(KEY, "k", {"policy": ALARMS_MAY}),
        ),
        [
            {"Topic ops": new(TOPIC, "ops", {"kmsMasterKeyId": "alias/aws/sns"})},
            {"Key k": new(KEY, "k", {"policy": SNS_MAY})},
            {"Key k": new(KEY, "k", {"policy": UNKNOWN})},
        ],
        [{"Key k": new(KEY, "k", policy=(ROLE, "r"))}],
    ),
    GraphCase(
        "sns-to-sqs-kms-grant",
        stack(
            new(SUBSCRIPTION, "work", {"protocol": "sqs"}, endpoint=(QUEUE, "work")),
            KEYED_QUEUE,
            new(KEY, "k", {"policy": SNS_MAY}),
        ),
        [
            {"Queue work": new(QUEUE, "work", {"kmsMasterKeyId": "alias/aws/sqs"})},
            {"Key k": new(KEY, "k", {"policy": ALARMS_MAY})},
            {
                "Queue work": new(QUEUE, "work", kmsMasterKeyId=(ALIAS, "a")),
                "Alias a": new(ALIAS, "a", targetKeyId=(KEY, "k")),
                "Key k": new(KEY, "k"),
            },
        ],
        [{"KeyPolicy k": new(KEY_POLICY, "k", {"policy": UNKNOWN}, keyId=(KEY, "k"))}],
    ),
    GraphCase(
        "sqs-dlq-fifo-match",
        DEAD_LETTERS,
        [{"Queue dead": with_props(DEAD, fifoQueue=True)}, {"Queue main": with_props(MAIN, fifoQueue=True)}],
        [{"Queue dead": with_props(DEAD, fifoQueue=UNKNOWN)}],
    ),
    GraphCase(
        "sqs-dlq-not-self", DEAD_LETTERS, [{"Queue dead": None, "Queue main": with_props(MAIN, arn=QUEUE_ARN)}], []
    ),
    GraphCase(
        "sqs-dlq-retention",
        DEAD_LETTERS,
        [
            {"Queue dead": with_props(DEAD, messageRetentionSeconds=None)},
            {"Queue main": with_props(MAIN, messageRetentionSeconds=1209600)},
        ],
        [],
    ),
    GraphCase("sqs-dlq-same-region", DEAD_LETTERS, [{"Queue dead": with_props(DEAD, region="us-east-1")}], []),
]
