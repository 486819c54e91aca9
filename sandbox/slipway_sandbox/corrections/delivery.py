"""SNS to SQS as AWS delivers, where moto 5.2.5 delivers always; corrected in its classes.

moto asks neither the queue's policy nor the key's, leaves the subscription's dead-letter queue unused, lets Publish fail and
later subscribers go without when one queue is gone, sends a FIFO queue no hash of the body, publishes repeats again, and keeps a
subscription that it refused for its filter.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
"""

import hashlib
import json
import logging
from dataclasses import replace
from functools import wraps
from typing import Any

from slipway_sandbox.corrections import delivery_log
from slipway_sandbox.corrections.queue_rules import first_of
from slipway_sandbox.corrections.resource_policy import Request, allows

logger = logging.getLogger(__name__)


def install() -> None:
    """Corrects moto; to be called once."""
    from moto.sns.models import Subscription, Topic  # noqa: PLC0415 - after moto's environment is set
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    subscription: Any = Subscription
    topic: Any = Topic
    response: Any = SNSResponse
    subscription.publish = _delivered(subscription.publish)
    topic.publish = _once(topic.publish)
    response.subscribe = _or_nothing(response.subscribe)


class _Towards:
    """A subscription whose endpoint is another queue."""

    def __init__(self, subscription: Any, endpoint: str) -> None:
        self._subscription = subscription
        self.endpoint = endpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscription, name)


def _delivered(publish: Any) -> Any:
    @wraps(publish)
    def deliver(self: Any, message: str, message_id: str, **named: Any) -> None:
        if self.protocol != "sqs":
            publish(self, message, message_id, **named)
            return
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(named.get("message_attributes"), message):
            return
        if self.topic.content_based_deduplication and not named.get("deduplication_id"):
            named["deduplication_id"] = hashlib.sha256(message.encode()).hexdigest()
        reason = refusal(self.topic.arn, self.endpoint)
        if reason is None:
            publish(self, message, message_id, **named)
            return
        redrive = json.loads(self.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
        second = refusal(self.topic.arn, redrive) if redrive else "the subscription has no dead-letter queue"
        outcome = f"lost: {second}" if second else f"in {redrive}"
        logger.warning("%s not delivered to %s: %s; %s", message_id, self.endpoint, reason, outcome)
        if getattr(self.topic, "sqs_failure_feedback_role_arn", None):
            delivery_log.write(self.topic.arn, self.endpoint, message_id, reason)
        if second is None:
            publish(_Towards(self, redrive), message, message_id, **named)

    return deliver


def refusal(topic_arn: str, queue_arn: str) -> str | None:
    """Why SNS may not send from the topic to the queue; None when it may."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - after moto's environment is set

    region, account, name = queue_arn.split(":")[3:6]
    topic_region, topic_account = topic_arn.split(":")[3:5]
    queue: Any = sqs_backends[account][region].queues.get(name)
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
    return _key_refusal(queue.kms_master_key_id, account, region, request) if queue.kms_master_key_id else None


def _key_refusal(key_id: str, account: str, region: str, request: Request) -> str | None:
    """Why SNS may not use the key of a queue; None when it may."""
    from moto.kms.models import kms_backends  # noqa: PLC0415 - after moto's environment is set

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


def _once(publish: Any) -> Any:
    """A repeat within five minutes is accepted by a FIFO topic, answered with the first one's id, and not delivered."""

    @wraps(publish)
    def published(self: Any, message: str, **named: Any) -> str:
        if not self.fifo_topic:
            return str(publish(self, message, **named))
        given = named.get("deduplication_id") or hashlib.sha256(message.encode()).hexdigest()
        in_group = getattr(self, "fifo_throughput_scope", None) == "MessageGroup"
        key = (named.get("group_id") if in_group else None, given)
        return str(first_of(self, key, lambda: publish(self, message, **named)))

    return published


def _or_nothing(subscribe: Any) -> Any:
    @wraps(subscribe)
    def subscribed(self: Any) -> Any:
        before = set(self.backend.subscriptions)
        try:
            return subscribe(self)
        except Exception:
            for arn in set(self.backend.subscriptions) - before:
                self.backend.unsubscribe(arn)
            raise

    return subscribed
