"""A topic, its subscribed queue and the policy of the queue, with every ARN known."""

import json
from collections.abc import Mapping

from tests.support.policies.analyzer import Node
from tests.support.policies.graph_samples import SUBSCRIPTION
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, TOPIC

BILLING_ARN, ORDERS_ARN = "arn:aws:sqs:eu-west-1:123456789012:billing", "arn:aws:sns:eu-west-1:123456789012:orders"


def deployed_subscription(*statements: Mapping[str, object]) -> list[Node]:
    """A deployed topic, queue and subscription without edges, and the queue's policy of these statements."""
    nodes = [
        Node(TOPIC, "orders", {"arn": ORDERS_ARN}),
        Node(QUEUE, "billing", {"arn": BILLING_ARN, "url": "https://sqs/billing", "redrivePolicy": "{}"}),
        Node(SUBSCRIPTION, "billing", {"protocol": "sqs", "endpoint": BILLING_ARN, "topic": ORDERS_ARN}),
    ]
    if statements:
        policy = {"queueUrl": "https://sqs/billing", "policy": json.dumps({"Statement": statements})}
        nodes.append(Node(QUEUE_POLICY, "billing", policy))
    return nodes
