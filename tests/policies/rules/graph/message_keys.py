"""Cases of the rules in `graph.message_keys`: KMS keys of topics and queues."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    ALIAS,
    EVENT_TARGET,
    KEY,
    KEY_POLICY,
    KEYED_QUEUE,
    NEEDED,
    QUEUE_ARN,
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

KEY_ARN = "arn:aws:kms:eu-west-1:1:key/k"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"


def allowing(service: str, **condition: object) -> str:
    """A key policy for one service, under a condition."""
    statement: dict[str, object] = {"Principal": {"Service": service}, "Action": NEEDED, "Resource": "*"}
    return policy(statement | ({"Condition": condition} if condition else {}))


def keyed(document: str) -> dict[str, Node | None]:
    """The key with this policy."""
    return {"Key k": Node(KEY, "k", {"arn": KEY_ARN, "policy": document})}


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
    GraphCase(
        rule="sns-kms-publisher",
        stack=stack(
            with_props(TOLD_TOPIC, kmsMasterKeyId=KEY_ARN),
            Node(KEY, "k", {"arn": KEY_ARN, "policy": allowing("events.amazonaws.com")}),
            Node(EVENT_TARGET, "t", {"arn": TOPIC_ARN, "rule": "nightly"}),
        ),
        fails=[
            # Seen in https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/407
            keyed(allowing("events.amazonaws.com", StringEquals={"aws:SourceAccount": "1"})),
            keyed(
                allowing("events.amazonaws.com", ArnLike={"aws:SourceArn": "arn:aws:events:eu-west-1:1:rule/nightly"})
            ),
            keyed(allowing("events.amazonaws.com", StringEquals={"aws:SourceOrgID": "o-1"})),
        ],
        waits=[],
        passes=[
            {
                "EventTarget t": None,
                "MetricAlarm a": Node(ALARM, "a", {"alarmActions": [TOPIC_ARN]}),
                **keyed(allowing("cloudwatch.amazonaws.com", StringEquals={"aws:SourceAccount": "1"})),
            }
        ],
    ),
    GraphCase(
        rule="sqs-kms-sender",
        stack=stack(
            Node(QUEUE, "work", {"arn": QUEUE_ARN, "kmsMasterKeyId": KEY_ARN}),
            Node(KEY, "k", {"arn": KEY_ARN, "policy": allowing("events.amazonaws.com")}),
            Node(EVENT_TARGET, "t", {"arn": QUEUE_ARN, "rule": "nightly"}),
        ),
        fails=[
            keyed(SNS_MAY),
            {"Queue work": Node(QUEUE, "work", {"arn": QUEUE_ARN, "kmsMasterKeyId": "alias/aws/sqs"})},
            {"EventTarget t": Node(EVENT_TARGET, "t", {"deadLetterConfig": {"arn": QUEUE_ARN}}), **keyed(SNS_MAY)},
            {
                "EventTarget t": None,
                "BucketNotification b": Node(NOTIFICATION, "b", {"queues": [{"queueArn": QUEUE_ARN}]}),
            },
        ],
        waits=[{"Key k": Node(KEY, "k", {"arn": KEY_ARN, "policy": UNKNOWN}, {"policy": (ROLE, "r")})}],
        passes=[
            keyed(
                allowing("events.amazonaws.com", ArnLike={"aws:SourceArn": "arn:aws:events:eu-west-1:1:rule/nightly"})
            ),
            {"Queue work": Node(QUEUE, "work", {"arn": QUEUE_ARN})},
        ],
    ),
]
