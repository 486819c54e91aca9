"""The calls of boto3's SQS client that a worker makes.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict, Unpack


class Attribute(TypedDict):
    """A message attribute; `BinaryValue` is not read."""

    DataType: str
    StringValue: NotRequired[str]


class Received(TypedDict):
    """A received message."""

    MessageId: str
    ReceiptHandle: str
    Body: str
    Attributes: NotRequired[Mapping[str, str]]
    MessageAttributes: NotRequired[Mapping[str, Attribute]]


class Batch(TypedDict):
    """Answer of ReceiveMessage."""

    Messages: NotRequired[list[Received]]


class ReceiveRequest(TypedDict):
    """Arguments of ReceiveMessage."""

    QueueUrl: str
    MaxNumberOfMessages: int
    WaitTimeSeconds: int
    VisibilityTimeout: int
    MessageAttributeNames: list[str]
    MessageSystemAttributeNames: list[str]


class QueueAttributes(TypedDict):
    """Answer of GetQueueAttributes."""

    Attributes: NotRequired[Mapping[str, str]]


class Sqs(Protocol):
    """boto3's SQS client."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> QueueAttributes:  # noqa: N803 - boto3's spelling
        """Settings of a queue."""

    def receive_message(self, **request: Unpack[ReceiveRequest]) -> Batch:
        """At most ten messages, after a long poll."""

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> object:  # noqa: N803 - boto3's spelling
        """Remove a received message."""

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> object:  # noqa: N803 - boto3's spelling
        """Show a received message to other workers after so many seconds."""
