"""Sends the messages of a dead-letter queue to their queue again: first send, then delete, so that none is lost.

A kill between the two leaves a message in both; consumers of SQS must accept duplicates anyway.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NotRequired, Protocol, TypedDict, Unpack

from slipway_cli.answers import QueueCounts
from slipway_cli.errors import CommandError
from slipway_cli.stack import Outputs
from slipway_cli.status import Depths

BATCH: Final = 10  # most that ReceiveMessage returns
WAIT_SECONDS: Final = 1  # a long poll asks every server of SQS; a short one may miss messages


class Attribute(TypedDict):
    """A message attribute."""

    DataType: str
    StringValue: NotRequired[str]
    BinaryValue: NotRequired[bytes]


class Message(TypedDict):
    """A received message."""

    MessageId: str
    ReceiptHandle: str
    Body: str
    Attributes: NotRequired[Mapping[str, str]]
    MessageAttributes: NotRequired[Mapping[str, Attribute]]


class Batch(TypedDict):
    """Answer of ReceiveMessage."""

    Messages: NotRequired[list[Message]]


class ReceiveRequest(TypedDict):
    """Arguments of ReceiveMessage."""

    QueueUrl: str
    MaxNumberOfMessages: int
    WaitTimeSeconds: int
    MessageSystemAttributeNames: list[str]
    MessageAttributeNames: list[str]


class SendRequest(TypedDict):
    """Arguments of SendMessage."""

    QueueUrl: str
    MessageBody: str
    MessageAttributes: NotRequired[Mapping[str, Attribute]]
    MessageSystemAttributes: NotRequired[Mapping[str, Attribute]]
    MessageGroupId: NotRequired[str]
    MessageDeduplicationId: NotRequired[str]


class Queues(QueueCounts, Protocol):
    """boto3's SQS client."""

    def receive_message(self, **request: Unpack[ReceiveRequest]) -> Batch:
        """At most ten messages."""

    def send_message(self, **request: Unpack[SendRequest]) -> object:
        """Send a message."""

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> object:  # noqa: N803 - boto3's spelling
        """Remove a received message."""


@dataclass(frozen=True)
class Redriven:
    """Number of messages sent again, and of those still in the dead-letter queue."""

    moved: int
    left: int


def redrive(outputs: Outputs, queue: str, limit: int | None = None) -> Redriven:
    """Move the present messages, at most `limit`; body, attributes and FIFO group stay as they are.

    Messages failing again meanwhile stay, so the command ends. Raises CommandError for a queue not in the stack.
    """
    import boto3  # noqa: PLC0415 - 0.2 s, which `--help` does not need

    source, target = outputs.dead_letter_queue_urls.get(queue), outputs.queue_urls.get(queue)
    if source is None or target is None:
        known = ", ".join(sorted(outputs.queue_urls.keys() & outputs.dead_letter_queue_urls.keys()))
        raise CommandError(
            f"redrive: the stack has no queue {queue!r} with a dead-letter queue; it has {known or 'none'}"
        )
    sqs: Queues = boto3.client("sqs")
    most = Depths.of(sqs, source).visible
    most = most if limit is None else min(most, limit)
    moved = 0
    while moved < most:
        batch = sqs.receive_message(
            QueueUrl=source,
            MaxNumberOfMessages=min(BATCH, most - moved),
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        if not (messages := batch.get("Messages")):
            break
        for message in messages:
            sqs.send_message(**_repetition(message, target))
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return Redriven(moved, Depths.of(sqs, source).visible)


def _repetition(message: Message, queue_url: str) -> SendRequest:
    """The request that sends a received message again."""
    request: SendRequest = {"QueueUrl": queue_url, "MessageBody": message["Body"]}
    if attributes := message.get("MessageAttributes"):
        request["MessageAttributes"] = {name: _sendable(attribute) for name, attribute in attributes.items()}
    system = message.get("Attributes", {})
    if "AWSTraceHeader" in system:
        header: Attribute = {"DataType": "String", "StringValue": system["AWSTraceHeader"]}
        request["MessageSystemAttributes"] = {"AWSTraceHeader": header}
    if "MessageGroupId" in system:
        request["MessageGroupId"] = system["MessageGroupId"]
    if "MessageDeduplicationId" in system:
        # Its own id may have been sent less than five minutes ago; then SQS would drop the message without an error.
        request["MessageDeduplicationId"] = f"redrive-{message['MessageId']}"
    return request


def _sendable(attribute: Attribute) -> Attribute:
    """The attribute without the empty lists that ReceiveMessage adds and SendMessage refuses."""
    sendable: Attribute = {"DataType": attribute["DataType"]}
    if "StringValue" in attribute:
        sendable["StringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        sendable["BinaryValue"] = attribute["BinaryValue"]
    return sendable
