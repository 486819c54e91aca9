"""Subscribers of a topic, and the permitted receivers of a probe among a stack's queues.

Source: https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypedDict

from slipway_cli.delivery.consumers import Consumer, end_of
from slipway_cli.delivery.log_lines import Logs
from slipway_cli.documents import Json, as_object, parse

DELAY: Final = "DelaySeconds"
WAITING: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class Attributes(TypedDict):
    """Answer of GetQueueAttributes and of GetSubscriptionAttributes."""

    Attributes: Mapping[str, str]


class ListedSubscription(TypedDict):
    """Subscription in the list of a topic's."""

    SubscriptionArn: str
    Endpoint: str
    Protocol: str


class SubscriptionPage(TypedDict):
    """Page of ListSubscriptionsByTopic."""

    Subscriptions: list[ListedSubscription]


class SubscriptionPages(Protocol):
    """Paginator of ListSubscriptionsByTopic."""

    def paginate(self, *, TopicArn: str) -> Iterable[SubscriptionPage]:  # noqa: N803 - boto3's spelling
        """All pages of a topic's subscriptions."""


class TopicExceptions(Protocol):
    """Error classes of the SNS client."""

    AuthorizationErrorException: type[Exception]


class Topics(Protocol):
    """boto3's SNS client."""

    @property
    def exceptions(self) -> TopicExceptions:
        """Its error classes."""

    def get_paginator(self, operation_name: str, /) -> SubscriptionPages:
        """The paginator of an operation."""

    def get_subscription_attributes(self, *, SubscriptionArn: str) -> Attributes:  # noqa: N803 - boto3's spelling
        """Settings of a subscription."""


class Queues(Protocol):
    """boto3's SQS client."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Attributes:  # noqa: N803 - boto3's spelling
        """Settings and counts of a queue."""


@dataclass(frozen=True)
class Subscription:
    """One subscriber of a topic."""

    topic: str
    endpoint: str
    protocol: str
    confirmed: bool
    filter: Mapping[str, Json] | None
    scope: str | None
    raw: bool


@dataclass(frozen=True)
class Target:
    """A queue of the stack."""

    key: str
    url: str
    arn: str
    delay_seconds: int
    refusal: str
    """Reason why a probe may not go there; empty when it may."""
    received: bool
    """True when this command receives from the queue."""


def subscriptions(topics: Topics, topic: str) -> Iterator[Subscription]:
    """Every subscriber of a topic."""
    for page in topics.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        for listed in page["Subscriptions"]:
            confirmed = listed["SubscriptionArn"].startswith("arn:")
            attributes: Mapping[str, str] = {}
            if confirmed:
                # Another account's subscription may not be read: its filter counts as none.
                with contextlib.suppress(topics.exceptions.AuthorizationErrorException):
                    arn = listed["SubscriptionArn"]
                    attributes = topics.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
            policy = as_object(parse(attributes["FilterPolicy"])) if attributes.get("FilterPolicy") else None
            yield Subscription(
                topic,
                listed["Endpoint"],
                listed["Protocol"],
                confirmed,
                policy,
                attributes.get("FilterPolicyScope"),
                raw=attributes.get("RawMessageDelivery", "false").lower() == "true",
            )


@dataclass(frozen=True)
class Inspection:
    """Reads the queues of a stack: `consumers` of its tasks, `received` are the keys of queues that nobody reads."""

    queues: Queues
    logs: Logs
    consumers: list[Consumer]
    received: frozenset[str]

    def target(self, key: str, url: str) -> Target:
        """A queue of the stack, and the reason why a probe may not go there."""
        names = ["QueueArn", DELAY, *WAITING]
        attributes = self.queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        live = [consumer for consumer in self.consumers if consumer.queue == end_of(url) and consumer.phase != "ended"]
        if key in self.received:
            waiting = sum(int(attributes[name]) for name in WAITING)
            refusal = _refusal_to_receive(key, live, waiting)
        else:
            refusal = self._refusal_to_send(key, live)
        arn, delay_seconds = attributes["QueueArn"], int(attributes[DELAY])
        return Target(key, url, arn, delay_seconds, refusal, received=key in self.received)

    def _refusal_to_send(self, key: str, live: list[Consumer]) -> str:
        if all(consumer.phase == "ending" for consumer in live):
            return (
                f"no running task of the stack consumes the queue; start one, or add --receive {key} if nobody reads it"
            )
        for consumer in live:
            if consumer.phase == "starting" and not consumer.has_begun(self.logs):
                return (
                    f"a task of service {consumer.service} has just started and does not consume the queue yet; "
                    "try again when it does"
                )
            if not consumer.acknowledges_probes(self.logs):
                return (
                    f"a task of service {consumer.service} does not say in its log that it acknowledges probes, as "
                    "slipway-consumer does; its handler would get the probe"
                )
        return ""


def _refusal_to_receive(key: str, consumers: list[Consumer], waiting: int) -> str:
    if consumers:
        return (
            f"service {consumers[0].service} consumes the queue, so --receive {key} would take its messages; "
            "leave it out"
        )
    if waiting:
        count = "1 message is" if waiting == 1 else f"{waiting} messages are"
        return f"{count} in the queue, and receiving would count a delivery; empty it first"
    return ""
