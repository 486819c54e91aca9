"""Archive and replay of FIFO topics.

Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-archiving-replay.html
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypedDict, cast

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import keep, kept

Archived = tuple[datetime, str, str, dict[str, object]]
"""When it was published, message, its id and moto's other arguments of `publish`."""


class TopicAttributes(TypedDict):
    """GetTopicAttributes's answer."""

    Attributes: dict[str, str]


def store(topic: Topic, message: str, message_id: str, named: dict[str, object]) -> None:
    """Keeps a published message for as long as the topic's archive policy says."""
    if days := _days(topic):
        oldest = datetime.now(UTC) - timedelta(days=days)
        young = [entry for entry in _archive(topic) if entry[0] > oldest]
        keep(topic, "_archive", [*young, (datetime.now(UTC), message, message_id, named)])


def replay(backend: SNSBackend) -> None:
    """Sends its topic's archive to each subscription with a new replay policy, once it has all its attributes."""
    for subscription in backend.subscriptions.values():
        if kept(subscription, "_replay_due", default=False):
            keep(subscription, "_replay_due", value=False)
            policy = json.loads(subscription.attributes["ReplayPolicy"])
            start = datetime.fromisoformat(policy["StartingPoint"])
            for published_at, message, message_id, named in _archive(subscription.topic):
                if published_at >= start:
                    _publish(subscription, message, message_id, named)


def _publish(subscription: Subscription, message: str, message_id: str, named: dict[str, object]) -> None:
    publish: Callable[..., None] = subscription.publish
    publish(message, message_id, **named)


def _archive(topic: Topic) -> list[Archived]:
    empty: list[Archived] = []
    return kept(topic, "_archive", empty)


def _policy(topic: Topic) -> str:
    return kept(topic, "archive_policy", "")


def _days(topic: Topic) -> int:
    """Days of a topic's archive; 0 without one."""
    return int(json.loads(_policy(topic) or "{}").get("MessageRetentionPeriod", 0))


def set_replay(subscription: Subscription, policy: str) -> None:
    """Keeps a subscription's replay policy, for a replay after the present call."""
    subscription.attributes["ReplayPolicy"] = policy
    keep(subscription, "_replay_due", bool(policy))


@corrects(SNSResponse.set_subscription_attributes, why="moto has no replay; SNS begins one when its policy is set.")
def replay_after_attributes(original: Callable[[SNSResponse], ActionResult], self: SNSResponse) -> ActionResult:
    result = original(self)
    replay(self.backend)
    return result


@corrects(SNSResponse.get_topic_attributes, why="moto takes ArchivePolicy and never answers it; SNS does.")
def get_topic_attributes(original: Callable[[SNSResponse], ActionResult], self: SNSResponse) -> ActionResult:
    answer = original(self)
    topic: Topic = self.backend.get_topic(self._get_param("TopicArn"))
    if policy := _policy(topic):
        cast(TopicAttributes, answer.result)["Attributes"]["ArchivePolicy"] = policy
    return answer


@corrects(
    SNSBackend.delete_topic,
    why="moto deletes a topic together with its archive; SNS refuses while the archive policy is active.",
)
def delete_topic(original: Callable[[SNSBackend, str], None], self: SNSBackend, arn: str) -> None:
    if arn in self.topics and _days(self.topics[arn]):
        raise SNSInvalidParameter("TopicArn Reason: a topic with an active archive policy cannot be deleted")
    original(self, arn)
