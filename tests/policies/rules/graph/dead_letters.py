"""Cases of the rules in `graph.dead_letters`: Dead-letter queues."""

import json

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import MAPPING, QUEUE_ARN, REDRIVE, GraphCase, new, stack, with_props
from tests.support.policies.samples import QUEUE

DEAD = Node(QUEUE, "dead", {"arn": QUEUE_ARN, "messageRetentionSeconds": 1209600, "region": "eu-west-1"})

REDRIVE_POLICY = json.dumps({"deadLetterTargetArn": QUEUE_ARN, "maxReceiveCount": 3})

MAIN = Node(
    QUEUE, "main", {"arn": "arn:aws:sqs:eu-west-1:1:main", "redrivePolicy": REDRIVE_POLICY, "region": "eu-west-1"}
)

DEAD_LETTERS = stack(MAIN, DEAD)

FIFO = {"Queue main": with_props(MAIN, fifoQueue=True), "Queue dead": with_props(DEAD, fifoQueue=True)}

REDRIVE_APART = Node(
    REDRIVE,
    "main",
    {"queueUrl": "https://sqs/main", "redrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE_ARN})},
)

MAIN_APART = {
    "Queue main": with_props(MAIN, redrivePolicy=None, url="https://sqs/main"),
    "RedrivePolicy main": REDRIVE_APART,
}

LAMBDA = Node("aws:lambda/function:Function", "f", {"deadLetterConfig": {"targetArn": QUEUE_ARN}})

CASES: list[GraphCase] = [
    GraphCase(
        rule="sqs-dlq-configured",
        stack=DEAD_LETTERS,
        fails=[
            {"Queue main": with_props(MAIN, redrivePolicy=None), "Queue dead": None},
            {"Queue dead": with_props(DEAD, arn=f"{QUEUE_ARN}-two")},
            {"Queue third": new(QUEUE, "third")},
        ],
        waits=[],
        passes=[
            {"Queue main": new(QUEUE, "main", redrivePolicy=(QUEUE, "dead"))},
            {"Queue third": new(QUEUE, "third", {"redriveAllowPolicy": "{}"})},
            {
                "Queue third": new(QUEUE, "third"),
                "Policy": new(REDRIVE, "third", queueUrl=(QUEUE, "third"), redrivePolicy=(QUEUE, "dead")),
            },
        ],
    ),
    GraphCase(
        rule="sqs-dlq-fifo-match",
        stack=DEAD_LETTERS,
        fails=[
            {"Queue dead": with_props(DEAD, fifoQueue=True)},
            {"Queue main": with_props(MAIN, fifoQueue=True)},
            {**MAIN_APART, "Queue dead": with_props(DEAD, fifoQueue=True)},
        ],
        waits=[{"Queue dead": with_props(DEAD, fifoQueue=UNKNOWN)}],
        passes=[FIFO, {"Queue dead": None}],
    ),
    GraphCase(
        rule="sqs-dlq-not-self",
        stack=DEAD_LETTERS,
        fails=[
            {"Queue dead": None, "Queue main": with_props(MAIN, arn=QUEUE_ARN)},
            {"Queue dead": None, "Queue main": new(QUEUE, "main", redrivePolicy=(QUEUE, "main"))},
            {
                "RedrivePolicy dead": with_props(REDRIVE_APART, queueUrl="https://sqs/d"),
                "Queue dead": with_props(DEAD, url="https://sqs/d"),
            },
        ],
        waits=[],
        passes=[MAIN_APART, {"Queue main": with_props(MAIN, redrivePolicy=None)}],
    ),
    GraphCase(
        rule="sqs-dlq-retention",
        stack=DEAD_LETTERS,
        fails=[
            {"Queue dead": with_props(DEAD, messageRetentionSeconds=None)},
            {"Queue main": with_props(MAIN, messageRetentionSeconds=1209600)},
            {"Queue dead": with_props(DEAD, messageRetentionSeconds=60)},
        ],
        waits=[],
        passes=[FIFO | {"Queue dead": with_props(DEAD, fifoQueue=True, messageRetentionSeconds=None)}, MAIN_APART],
    ),
    GraphCase(
        rule="sqs-dlq-same-region",
        stack=DEAD_LETTERS,
        fails=[
            {"Queue dead": with_props(DEAD, region="us-east-1")},
            {"Queue main": with_props(MAIN, region="us-east-1")},
            MAIN_APART | {"Queue dead": with_props(DEAD, region="eu-central-1")},
        ],
        waits=[],
        passes=[{"Queue dead": with_props(DEAD, region=None)}, MAIN_APART],
    ),
    GraphCase(
        rule="sqs-dlq-configured",
        stack=stack(Node(QUEUE, "dead", {"arn": QUEUE_ARN}), LAMBDA),
        fails=[
            {"Function f": None},
            {"Function f": with_props(LAMBDA, deadLetterConfig={"targetArn": f"{QUEUE_ARN}-2"})},
        ],
        waits=[],
        passes=[
            {
                "Function f": None,
                "M m": Node(MAPPING, "m", {"destinationConfig": {"onFailure": {"destinationArn": QUEUE_ARN}}}),
            }
        ],
    ),
]
