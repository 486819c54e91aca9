"""Takes the probes of a delivery test out of queues, and leaves every other message there."""

from collections.abc import Collection
from typing import Final, NotRequired, Protocol, TypedDict

from slipway_cli.delivery import recipients

MOST_BATCHES: Final = 50  # of ten messages, in which a probe is searched


class Message(TypedDict):
    """Message of a queue."""

    Body: str
    ReceiptHandle: str


class Batch(TypedDict):
    """Answer of ReceiveMessage."""

    Messages: NotRequired[list[Message]]


class Queues(recipients.Queues, Protocol):
    """boto3's SQS client."""

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int) -> Batch:  # noqa: N803 - boto3's spelling
        """At most ten messages."""

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> object:  # noqa: N803 - boto3's spelling
        """Remove a received message."""

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> object:  # noqa: N803 - boto3's spelling
        """Show a received message again after so many seconds."""


class Collector:
    """Takes probes, and remembers the queue of each."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self._taken: set[tuple[str, str]] = set()

    def has(self, url: str | None, token: str) -> bool:
        """True when the probe with this token was taken out of this queue."""
        return (url, token) in self._taken

    def take(self, url: str, tokens: Collection[str]) -> None:
        """Take the probes with these tokens out of a queue; in the end other messages are shown again."""
        others: list[str] = []
        for _ in range(MOST_BATCHES):
            batch = self._queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            if not (messages := batch.get("Messages")):
                break
            for message in messages:
                token = next((token for token in tokens if token in message["Body"]), None)
                if token is None:
                    others.append(message["ReceiptHandle"])
                else:
                    self._queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    self._taken.add((url, token))
        for handle in others:
            self._queues.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
