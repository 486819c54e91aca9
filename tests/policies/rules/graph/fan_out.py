"""Cases of the rules in `graph.fan_out`: Senders to queues and topics."""

import json
from collections.abc import Mapping

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    EVENT_TARGET,
    QUEUE_ARN,
    QUEUE_URL,
    SUBSCRIPTION,
    TOLD_TOPIC,
    TOPIC_ARN,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, TOPIC, TOPIC_POLICY

SENDING: dict[str, object] = {
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE_ARN,
}

SUBSCRIBED = stack(
    Node(TOPIC, "orders", {"arn": TOPIC_ARN}),
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(SUBSCRIPTION, "work", {"protocol": "sqs", "endpoint": QUEUE_ARN, "topic": TOPIC_ARN}),
    Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(SENDING)}),
)


def opened(*statements: Mapping[str, object]) -> dict[str, Node | None]:
    """The queue's policy of these statements."""
    return {"QueuePolicy work": Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(*statements)})}


SET_ASIDE = {
    "protocol": "lambda",
    "endpoint": "arn:fn",
    "topic": TOPIC_ARN,
    "redrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE_ARN}),
}

BY_OWNER = {  # as AWS gives it to a new topic
    "Principal": {"AWS": "*"},
    "Action": "SNS:Publish",
    "Resource": "*",
    "Condition": {"StringEquals": {"AWS:SourceOwner": "1"}},
}

EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"

RULE_ARN = "arn:aws:events:eu-west-1:1:rule/nightly"

FROM_EVENTS: dict[str, object] = SENDING | {
    "Principal": {"Service": "events.amazonaws.com"},
    "Condition": {"ArnEquals": {"aws:SourceArn": RULE_ARN}},
}

TARGET = Node(EVENT_TARGET, "t", {"arn": QUEUE_ARN, "rule": "nightly"})

EVENTS = stack(
    TARGET,
    Node(EVENT_RULE, "r", {"name": "nightly", "arn": RULE_ARN}),
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(FROM_EVENTS)}),
)

PUBLISHING: dict[str, object] = {
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC_ARN,
}
BY_ACCOUNT: dict[str, object] = {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}

ALARM_ARN = "arn:aws:cloudwatch:eu-west-1:1:alarm:late"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
FROM_ALARMS: dict[str, object] = PUBLISHING | {
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:1:alarm:*"}},
}
LATE = Node(ALARM, "late", {"arn": ALARM_ARN, "alarmActions": [TOPIC_ARN]})


def told_by(*statements: Mapping[str, object]) -> dict[str, Node | None]:
    """The topic's policy of these statements."""
    return {"TopicPolicy t": Node(TOPIC_POLICY, "t", {"arn": TOPIC_ARN, "policy": policy(*statements)})}


ALARMED = stack(TOLD_TOPIC, LATE, Node(TOPIC_POLICY, "t", {"arn": TOPIC_ARN, "policy": policy(FROM_ALARMS)}))

NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
FROM_BUCKET: dict[str, object] = SENDING | {
    "Principal": {"Service": "s3.amazonaws.com"},
    "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::up"}, "StringEquals": {"aws:SourceAccount": "1"}},
}
NOTIFIED = stack(
    Node(NOTIFICATION, "b", {"bucket": "up", "queues": [{"queueArn": QUEUE_ARN}]}),
    Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
    Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(FROM_BUCKET)}),
)

CASES: list[GraphCase] = [
    GraphCase(
        rule="sns-to-sqs-queue-policy",
        stack=SUBSCRIBED,
        fails=[
            {"QueuePolicy work": None},
            opened(SENDING | {"Action": "sqs:ReceiveMessage"}),
            opened(SENDING, SENDING | {"Effect": "Deny"}),
        ],
        waits=[{"QueuePolicy work": new(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL}, policy=(TOPIC, "orders"))}],
        passes=[
            opened(SENDING | {"Action": "sqs:*", "Principal": "*"}),
            opened(SENDING | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:orders"}}}),
            {"QueuePolicy work": None, "Queue work": None},
        ],
    ),
    GraphCase(
        rule="sns-to-sqs-queue-policy",
        stack=SUBSCRIBED,
        fails=[opened(SENDING | {"Principal": {"Service": "sns.af-south-1.amazonaws.com"}})],
        waits=[],
        passes=[
            opened(SENDING | {"Principal": {"Service": "sns.eu-west-1.amazonaws.com"}}),
            opened(SENDING | {"Principal": {"Service": ["sns.amazonaws.com.cn"]}}),
        ],
    ),
    GraphCase(
        rule="sns-to-sqs-queue-policy",
        stack=stack(
            Node(TOPIC, "orders", {"arn": TOPIC_ARN}),
            Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL}),
            Node(SUBSCRIPTION, "far", SET_ASIDE),
            Node(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL, "policy": policy(SENDING)}),
        ),
        fails=[{"QueuePolicy work": None}, opened(SENDING | {"Action": "sqs:ReceiveMessage"})],
        waits=[],
        passes=[{"QueuePolicy work": None, "TopicSubscription far": Node(SUBSCRIPTION, "far", {"topic": TOPIC_ARN})}],
    ),
    GraphCase(
        rule="events-target-policy",
        stack=EVENTS,
        fails=[
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
        waits=[{"EventRule r": with_props(EVENTS["EventRule r"], arn=UNKNOWN)}],
        passes=[
            {"QueuePolicy work": None, "EventTarget t": with_props(TARGET, roleArn="arn:role")},
            opened(FROM_EVENTS | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:1:rule/*"}}}),
            {
                "EventTarget t": with_props(TARGET, arn=TOPIC_ARN),
                "Topic t": with_props(TOLD_TOPIC, policy=policy(PUBLISHING)),
            },
        ],
    ),
    GraphCase(
        rule="events-target-policy",
        stack=EVENTS | stack(with_props(TARGET, arn=TOPIC_ARN), with_props(TOLD_TOPIC, policy=policy(PUBLISHING))),
        fails=[
            # Conditions keep EventBridge out of a topic: it names no source there.
            {"Topic t": with_props(TOLD_TOPIC, policy=policy(PUBLISHING | {"Condition": FROM_EVENTS["Condition"]}))},
            {"Topic t": with_props(TOLD_TOPIC, policy=policy(PUBLISHING | BY_ACCOUNT))},
        ],
        waits=[],
    ),
    GraphCase(
        rule="alarm-topic-policy",
        stack=ALARMED,
        fails=[
            told_by(),
            told_by(FROM_ALARMS | {"Action": "sns:Subscribe"}),
            told_by(FROM_ALARMS | {"Condition": {"ArnLike": {"aws:SourceArn": f"{ALARM_ARN}-2"}}}),
            told_by(FROM_ALARMS | {"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}),
            {"MetricAlarm late": with_props(LATE, alarmActions=None, okActions=[TOPIC_ARN]), **told_by()},
            {
                "MetricAlarm late": None,
                "CompositeAlarm all": Node(
                    COMPOSITE, "all", {"arn": ALARM_ARN, "insufficientDataActions": [TOPIC_ARN]}
                ),
                **told_by(),
            },
            {  # a first preview, where the policy is all that is known
                "MetricAlarm late": new(ALARM, "late", alarmActions=(TOPIC, "t")),
                "Topic t": new(TOPIC, "t", {"policy": policy(PUBLISHING)}),
                "TopicPolicy t": None,
            },
        ],
        waits=[{"MetricAlarm late": with_props(LATE, arn=UNKNOWN)}],
        passes=[
            {"TopicPolicy t": None},  # AWS's default lets alarms of the account in
            {"TopicPolicy t": None, "Topic t": with_props(TOLD_TOPIC, policy=policy(BY_OWNER))},
            told_by(FROM_ALARMS | BY_ACCOUNT),
            told_by(FROM_ALARMS | {"Principal": "*"}),
        ],
    ),
    GraphCase(
        rule="s3-notification-policy",
        stack=NOTIFIED,
        fails=[
            {"QueuePolicy work": None},
            opened(FROM_EVENTS),
            opened(FROM_BUCKET | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}}}),
            opened(FROM_BUCKET | {"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}),
            {
                "BucketNotification b": Node(NOTIFICATION, "b", {"bucket": "up", "topics": [{"topicArn": TOPIC_ARN}]}),
                "Topic t": with_props(TOLD_TOPIC, policy=policy(BY_OWNER)),
            },
        ],
        waits=[{"QueuePolicy work": new(QUEUE_POLICY, "work", {"queueUrl": QUEUE_URL}, policy=(QUEUE, "work"))}],
        passes=[
            opened(FROM_BUCKET | BY_ACCOUNT),
            {
                "Bucket up": Node("aws:s3/bucket:Bucket", "up", {"bucket": "up", "arn": "arn:aws:s3:::up"}),
                "BucketNotification b": Node(
                    NOTIFICATION,
                    "b",
                    {"bucket": UNKNOWN, "queues": [{"queueArn": QUEUE_ARN}]},
                    {"bucket": ("aws:s3/bucket:Bucket", "up")},
                ),
            },
        ],
    ),
]
