"""Cases of the rules in `graph.message_keys`: KMS keys of topics and queues."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    ALIAS,
    KEY,
    KEY_POLICY,
    KEYED_QUEUE,
    NEEDED,
    SNS_MAY,
    SUBSCRIPTION,
    TOLD_TOPIC,
    TOPIC_ARN,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import QUEUE, ROLE, TOPIC

ALARMS_MAY = policy({"Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": NEEDED, "Resource": "*"})

TOLD = stack(TOLD_TOPIC, Node(ALARM, "a", {"alarmActions": [TOPIC_ARN]}))

CASES: list[GraphCase] = [
    GraphCase(
        rule="sns-kms-publisher",
        stack=stack(
            new(ALARM, "cpu", alarmActions=(TOPIC, "ops")),
            new(TOPIC, "ops", kmsMasterKeyId=(KEY, "k")),
            new(KEY, "k", {"policy": ALARMS_MAY}),
        ),
        fails=[
            {"Topic ops": new(TOPIC, "ops", {"kmsMasterKeyId": "alias/aws/sns"})},
            {"Key k": new(KEY, "k", {"policy": SNS_MAY})},
            {"Key k": new(KEY, "k", {"policy": UNKNOWN})},
        ],
        waits=[{"Key k": new(KEY, "k", policy=(ROLE, "r"))}],
        passes=[
            {"Topic ops": new(TOPIC, "ops")},
            {"MetricAlarm cpu": new(ALARM, "cpu", alarmActions=(TOPIC, "elsewhere"))},
        ],
    ),
    GraphCase(
        rule="sns-to-sqs-kms-grant",
        stack=stack(
            new(SUBSCRIPTION, "work", {"protocol": "sqs"}, endpoint=(QUEUE, "work")),
            KEYED_QUEUE,
            new(KEY, "k", {"policy": SNS_MAY}),
        ),
        fails=[
            {"Queue work": new(QUEUE, "work", {"kmsMasterKeyId": "alias/aws/sqs"})},
            {"Key k": new(KEY, "k", {"policy": ALARMS_MAY})},
            {
                "Queue work": new(QUEUE, "work", kmsMasterKeyId=(ALIAS, "a")),
                "Alias a": new(ALIAS, "a", targetKeyId=(KEY, "k")),
                "Key k": new(KEY, "k"),
            },
        ],
        waits=[{"KeyPolicy k": new(KEY_POLICY, "k", {"policy": UNKNOWN}, keyId=(KEY, "k"))}],
        passes=[
            {"Queue work": new(QUEUE, "work", {"sqsManagedSseEnabled": True})},
            {
                "TopicSubscription work": Node(SUBSCRIPTION, "work", {"protocol": "email"}),
                "Key k": new(KEY, "k", {"policy": ALARMS_MAY}),
            },
        ],
    ),
    GraphCase(
        rule="sns-kms-publisher",
        stack=TOLD,
        fails=[{"Topic t": with_props(TOLD_TOPIC, kmsMasterKeyId="arn:aws:kms:eu-west-1:1:alias/aws/sns")}],
        waits=[],
        passes=[{"Topic t": with_props(TOLD_TOPIC, kmsMasterKeyId="arn:aws:kms:eu-west-1:1:alias/shop")}],
    ),
]
