"""Archive and replay of FIFO topics, which moto 5.2.5 drops; added to its classes.

Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-archiving-replay.html
"""

import json
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any


def install() -> None:
    """Adds to moto; to be called once, before what stands around a topic's publish."""
    from moto.sns.models import SNSBackend, Topic  # noqa: PLC0415 - after moto's environment is set
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    topic: Any = Topic
    backend: Any = SNSBackend
    response: Any = SNSResponse
    topic.publish = _kept(topic.publish)
    backend.set_subscription_attributes = _with_replay_policy(backend.set_subscription_attributes)
    backend.delete_topic = _unless_archived(backend.delete_topic)
    response.get_topic_attributes = _with_archive(response.get_topic_attributes)
    response.subscribe = _then_replay(response.subscribe)
    response.set_subscription_attributes = _then_replay(response.set_subscription_attributes)


def _days(topic: Any) -> int:
    """Days that a topic keeps its messages; 0 without an archive."""
    return int(json.loads(getattr(topic, "archive_policy", None) or "{}").get("MessageRetentionPeriod", 0))


def _kept(publish: Any) -> Any:
    @wraps(publish)
    def published(self: Any, message: str, **named: Any) -> Any:
        message_id = publish(self, message, **named)
        if days := _days(self):
            oldest = datetime.now(UTC) - timedelta(days=days)
            kept = [one for one in getattr(self, "_archive", []) if one[0] > oldest]
            self._archive = [*kept, (datetime.now(UTC), message, message_id, named)]
        return message_id

    return published


def _with_replay_policy(set_attributes: Any) -> Any:
    @wraps(set_attributes)
    def with_policy(self: Any, arn: str, name: str, value: Any) -> None:
        if name != "ReplayPolicy":
            set_attributes(self, arn, name, value)
            return
        subscription = self.subscriptions[arn]
        subscription.attributes[name] = value
        subscription._replay_due = bool(value)  # noqa: SLF001

    return with_policy


def _then_replay(call: Any) -> Any:
    """Once a subscription has all its attributes, its filter among them."""

    @wraps(call)
    def called(self: Any) -> Any:
        result = call(self)
        for subscription in self.backend.subscriptions.values():
            if getattr(subscription, "_replay_due", False):
                subscription._replay_due = False  # noqa: SLF001
                start = datetime.fromisoformat(json.loads(subscription.attributes["ReplayPolicy"])["StartingPoint"])
                for at, message, message_id, named in list(getattr(subscription.topic, "_archive", [])):
                    if at >= start:
                        subscription.publish(message, message_id, **named)
        return result

    return called


def _with_archive(get_attributes: Any) -> Any:
    @wraps(get_attributes)
    def with_archive(self: Any) -> Any:
        answer = get_attributes(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        if policy := getattr(topic, "archive_policy", None):
            answer.result["Attributes"]["ArchivePolicy"] = policy
        return answer

    return with_archive


def _unless_archived(delete_topic: Any) -> Any:
    @wraps(delete_topic)
    def deleted(self: Any, arn: str) -> None:
        from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415 - as above

        if arn in self.topics and _days(self.topics[arn]):
            raise SNSInvalidParameter("TopicArn Reason: a topic with an active archive policy cannot be deleted")
        delete_topic(self, arn)

    return deleted
