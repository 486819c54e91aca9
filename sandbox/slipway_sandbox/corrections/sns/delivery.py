"""Delivery from topics to queues.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict, Unpack

from moto.core.responses import ActionResult
from moto.sns.models import Subscription, Topic
from moto.sns.responses import SNSResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections._repeats import first_of
from slipway_sandbox.corrections.policies import receivers
from slipway_sandbox.corrections.sns import _delivery_log, archive

logger = logging.getLogger(__name__)


class Publication(TypedDict, total=False):
    """The rest of moto's arguments of `publish`."""

    subject: str | None
    message_attributes: dict[str, dict[str, str]] | None
    group_id: str | None
    deduplication_id: str | None
    message_structure: str | None


class _Redirected:
    """A subscription, with another queue as its endpoint."""

    def __init__(self, subscription: Subscription, endpoint: str) -> None:
        self._subscription = subscription
        self.endpoint = endpoint

    def __getattr__(self, name: str) -> object:
        return getattr(self._subscription, name)


@corrects(
    Subscription.publish,
    why="moto delivers to a queue whatever the policies of the queue and its key say, leaves the subscription's dead-letter queue "
    "unused, fails Publish for everybody when one queue is gone, and hands a FIFO queue no hash of the body; SNS does not.",
)
def deliver(
    original: Callable[..., None], self: Subscription, message: str, message_id: str, **named: Unpack[Publication]
) -> None:
    if self.protocol != "sqs":
        original(self, message, message_id, **named)
        return
    matcher = self._filter_policy_matcher
    if matcher is not None and not matcher.matches(named.get("message_attributes"), message):
        return
    if self.topic.content_based_deduplication and not named.get("deduplication_id"):
        named["deduplication_id"] = hashlib.sha256(message.encode()).hexdigest()
    reason = refusal(self.topic.arn, self.endpoint)
    if reason is None:
        original(self, message, message_id, **named)
        return
    redrive: str = json.loads(self.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn", "")
    second = refusal(self.topic.arn, redrive) if redrive else "the subscription has no dead-letter queue"
    outcome = f"lost: {second}" if second else f"in {redrive}"
    logger.warning("%s not delivered to %s: %s; %s", message_id, self.endpoint, reason, outcome)
    role_arn = kept(self.topic, "sqs_failure_feedback_role_arn", "")
    if role_arn and _delivery_log.may_write(_sender(self.topic.arn), role_arn, self.topic.arn):
        _delivery_log.write(self.topic.arn, self.endpoint, message_id, reason)
    if second is None:
        original(_Redirected(self, redrive), message, message_id, **named)


def refusal(topic_arn: str, queue_arn: str) -> str | None:
    """Why SNS may not send from the topic to the queue; None when it may."""
    sender, region = _sender(topic_arn), topic_arn.split(":")[3]
    if region != queue_arn.split(":")[3]:
        # From a region that is opted into, SNS delivers to another by its own name there.
        sender = replace(sender, principals=(*sender.principals, f"sns.{region}.amazonaws.com"))
    return receivers.refusal(sender, queue_arn)


def _sender(topic_arn: str) -> receivers.Sender:
    told = receivers.told(topic_arn, topic_arn.split(":")[4])
    return receivers.Sender("SNS", ("sns.amazonaws.com",), "the topic", told)


@corrects(
    Topic.publish,
    why="moto publishes a repeat to a FIFO topic again and keeps no archive; SNS answers a repeat within five minutes with the "
    "first one's id, and keeps messages for as long as the archive policy says.",
)
def publish(original: Callable[..., str], self: Topic, message: str, **named: Unpack[Publication]) -> str:
    def take() -> str:
        message_id = original(self, message, **named)
        archive.store(self, message, message_id, dict(named))
        return message_id

    if not self.fifo_topic:
        return take()
    given = named.get("deduplication_id") or hashlib.sha256(message.encode()).hexdigest()
    in_group = kept(self, "fifo_throughput_scope", "") == "MessageGroup"
    return first_of(self, (named.get("group_id") if in_group else None, given), take)


@corrects(
    SNSResponse.subscribe,
    why="moto keeps a subscription that it refused for its filter, and replays no archive to a new one; SNS keeps none and replays.",
)
def subscribe(original: Callable[[SNSResponse], ActionResult], self: SNSResponse) -> ActionResult:
    before = set(self.backend.subscriptions)
    try:
        result = original(self)
    except Exception:
        for arn in set(self.backend.subscriptions) - before:
            self.backend.unsubscribe(arn)
        raise
    archive.replay(self.backend)
    return result
