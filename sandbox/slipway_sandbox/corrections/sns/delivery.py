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
from moto.kms.models import kms_backends
from moto.sns.models import Subscription, Topic
from moto.sns.responses import SNSResponse
from moto.sqs.models import sqs_backends

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections._repeats import first_of
from slipway_sandbox.corrections.sns import _delivery_log, archive
from slipway_sandbox.corrections.sns._resource_policy import Request, allows

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
    if kept(self.topic, "sqs_failure_feedback_role_arn", ""):
        _delivery_log.write(self.topic.arn, self.endpoint, message_id, reason)
    if second is None:
        original(_Redirected(self, redrive), message, message_id, **named)


def refusal(topic_arn: str, queue_arn: str) -> str | None:
    """Why SNS may not send from the topic to the queue; None when it may."""
    region, account, name = queue_arn.split(":")[3:6]
    topic_region, topic_account = topic_arn.split(":")[3:5]
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        return "NonExistentQueue, there is no such queue"
    # From a region that is opted into, SNS delivers to another by its own name there.
    names = ["sns.amazonaws.com"] + ([f"sns.{topic_region}.amazonaws.com"] if topic_region != region else [])
    context = {
        "aws:sourcearn": topic_arn,
        "aws:sourceaccount": topic_account,
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
    }
    request = Request(names, "sqs:SendMessage", queue_arn, context)
    if not allows(queue.policy, request):
        return "AccessDenied, the queue's policy does not let the topic send"
    key = kept(queue, "kms_master_key_id", "")
    return _key_refusal(key, account, region, request) if key else None


def _key_refusal(key_id: str, account: str, region: str, request: Request) -> str | None:
    """Why SNS may not use the key of a queue; None when it may."""
    if "alias/aws/" in key_id:
        return f"KMS.AccessDeniedException, nothing lets SNS use {key_id}"
    try:
        key = kms_backends[account][region].describe_key(key_id)
    except (KeyError, AttributeError):  # the latter for an alias
        return f"KMS.NotFoundException, there is no key {key_id}"
    if key.key_state != "Enabled":
        return f"KMS.DisabledException, the queue's key is {key.key_state}"
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if not allows(key.policy, replace(request, action=action, resource=key.arn)):
            return f"KMS.AccessDeniedException, the policy of the queue's key does not let SNS do {action}"
    return None


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
