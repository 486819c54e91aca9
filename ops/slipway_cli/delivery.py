"""Who is subscribed to a topic, and which queues of a stack a probe may go to.

Source: https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slipway_cli.consumers import Consumer, end_of


@dataclass(frozen=True)
class Subscription:
    """One subscriber of a topic."""

    topic: str
    endpoint: str
    protocol: str
    confirmed: bool
    filter: Mapping[str, Any] | None
    scope: str | None
    raw: bool


@dataclass(frozen=True)
class Target:
    """A queue of the stack."""

    key: str
    url: str
    arn: str
    delay_seconds: int
    consumers: list[Consumer]
    """Running consumers that acknowledge probes; none when one of them does not."""
    refused: str
    """Why a probe may not go there; empty when it may."""
    received: bool
    """Whether this command receives from it."""


def subscriptions(sns: Any, topic: str) -> Iterator[Subscription]:
    """Every subscriber of a topic."""
    for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        for one in page["Subscriptions"]:
            confirmed = one["SubscriptionArn"].startswith("arn:")
            given: dict[str, str] = {}
            if confirmed:
                # Another account's subscription may not be looked at: then its filter counts as none.
                with contextlib.suppress(sns.exceptions.AuthorizationErrorException):
                    given = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
            policy = json.loads(given["FilterPolicy"]) if given.get("FilterPolicy") else None
            raw = given.get("RawMessageDelivery", "false").lower() == "true"
            yield Subscription(
                topic, one["Endpoint"], one["Protocol"], confirmed, policy, given.get("FilterPolicyScope"), raw
            )


def target(sqs: Any, logs: Any, key: str, url: str, running: list[Consumer], *, receive: bool) -> Target:
    """What is known of a queue of the stack, and whether a probe may go there."""
    asked = ["QueueArn", "DelaySeconds", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    seen = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
    mine = [one for one in running if one.queue == end_of(url)]
    silent = [one for one in mine if not one.acknowledges_probes(logs)]
    refused = ""
    if receive and mine:
        refused = (
            f"service {mine[0].service} consumes the queue, so --receive {key} would take its messages; leave it out"
        )
    elif receive:
        waiting = int(seen[asked[2]]) + int(seen[asked[3]])
        if waiting:
            count = "1 message is" if waiting == 1 else f"{waiting} messages are"
            refused = f"{count} in the queue, and receiving would count a delivery; empty it first"
    elif silent:
        refused = (
            f"a task of service {silent[0].service} does not say in its log that it acknowledges probes, as "
            "slipway-consumer does; its handler would get the probe"
        )
    elif not mine:
        refused = (
            f"no running task of the stack consumes the queue; start one, or add --receive {key} if nobody reads it"
        )
    return Target(key, url, seen["QueueArn"], int(seen["DelaySeconds"]), mine, refused, receive)
