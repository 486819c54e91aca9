"""Further changes for the rules over topics, queues and keys: such as still pass, and such as do not."""

import json
from collections.abc import Mapping

from tests.policies.rules.graph.cases_graph_messages import ALARMS_MAY, DEAD, MAIN
from tests.support.policies.analyzer import Node
from tests.support.policies.graph_samples import ALARM, KEY, QUEUE_ARN, SUBSCRIPTION, new, with_props
from tests.support.policies.samples import QUEUE, TOPIC

Change = Mapping[str, Node | None]
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
REDRIVE_APART = Node(
    REDRIVE_POLICY,
    "main",
    {"queueUrl": "https://sqs/main", "redrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE_ARN})},
)
MAIN_APART = {
    "Queue main": with_props(MAIN, redrivePolicy=None, url="https://sqs/main"),
    "RedrivePolicy main": REDRIVE_APART,
}
FIFO = {"Queue main": with_props(MAIN, fifoQueue=True), "Queue dead": with_props(DEAD, fifoQueue=True)}

MORE_MESSAGES: dict[str, tuple[list[Change], list[Change]]] = {
    "sns-kms-publisher": (
        [{"Topic ops": new(TOPIC, "ops")}, {"MetricAlarm cpu": new(ALARM, "cpu", alarmActions=(TOPIC, "elsewhere"))}],
        [],
    ),
    "sns-to-sqs-kms-grant": (
        [
            {"Queue work": new(QUEUE, "work", {"sqsManagedSseEnabled": True})},
            {
                "TopicSubscription work": Node(SUBSCRIPTION, "work", {"protocol": "email"}),
                "Key k": new(KEY, "k", {"policy": ALARMS_MAY}),
            },
        ],
        [],
    ),
    "sqs-dlq-fifo-match": (
        [FIFO, {"Queue dead": None}],
        [{**MAIN_APART, "Queue dead": with_props(DEAD, fifoQueue=True)}],
    ),
    "sqs-dlq-not-self": (
        [MAIN_APART, {"Queue main": with_props(MAIN, redrivePolicy=None)}],
        [
            {"Queue dead": None, "Queue main": new(QUEUE, "main", redrivePolicy=(QUEUE, "main"))},
            {
                "RedrivePolicy dead": with_props(REDRIVE_APART, queueUrl="https://sqs/d"),
                "Queue dead": with_props(DEAD, url="https://sqs/d"),
            },
        ],
    ),
    "sqs-dlq-retention": (
        [FIFO | {"Queue dead": with_props(DEAD, fifoQueue=True, messageRetentionSeconds=None)}, MAIN_APART],
        [{"Queue dead": with_props(DEAD, messageRetentionSeconds=60)}],
    ),
    "sqs-dlq-same-region": (
        [{"Queue dead": with_props(DEAD, region=None)}, MAIN_APART],
        [
            {"Queue main": with_props(MAIN, region="us-east-1")},
            MAIN_APART | {"Queue dead": with_props(DEAD, region="eu-central-1")},
        ],
    ),
}
