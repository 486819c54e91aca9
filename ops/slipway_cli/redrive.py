"""Sends the messages of a dead-letter queue to their queue again: send, then delete, so that none is lost.

A kill between the two leaves a message in both; consumers of SQS must stand that anyway.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from dataclasses import dataclass
from typing import Any, Final

from slipway_cli.errors import OpsError
from slipway_cli.stack import Outputs
from slipway_cli.status import depths

BATCH: Final = 10  # most that ReceiveMessage returns
WAIT_SECONDS: Final = 1  # a long poll asks every server of SQS; a short one may miss messages


@dataclass(frozen=True)
class Redriven:
    """How many messages went back, and how many lie in the dead-letter queue still."""

    moved: int
    left: int


def redrive(outputs: Outputs, queue: str, limit: int | None = None) -> Redriven:
    """Moves what lies there now, at most `limit` messages; body, attributes and FIFO group stay as they are.

    Messages that fail again meanwhile stay, so the command ends. Raises OpsError for a queue the stack does not have.
    """
    import boto3  # noqa: PLC0415 - 0.2 s that `--help` does not need

    source, target = outputs.dead_letter_queue_urls.get(queue), outputs.queue_urls.get(queue)
    if source is None or target is None:
        known = ", ".join(sorted(outputs.queue_urls.keys() & outputs.dead_letter_queue_urls.keys()))
        raise OpsError(f"redrive: the stack has no queue {queue!r} with a dead-letter queue; it has {known or 'none'}")
    sqs = boto3.client("sqs")
    most = depths(sqs, source)["visible"]
    most = most if limit is None else min(most, limit)
    moved = 0
    while moved < most:
        batch = _receive(sqs, source, min(BATCH, most - moved))
        if not batch:
            break
        for message in batch:
            sqs.send_message(QueueUrl=target, **_again(message))
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return Redriven(moved, depths(sqs, source)["visible"])


def _receive(sqs: Any, url: str, most: int) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=most,
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def _again(message: dict[str, Any]) -> dict[str, Any]:
    """Arguments of SendMessage that repeat a received message."""
    again: dict[str, Any] = {"MessageBody": message["Body"]}
    if attributes := message.get("MessageAttributes"):
        names = ("DataType", "StringValue", "BinaryValue")
        again["MessageAttributes"] = {
            key: {name: value[name] for name in names if name in value} for key, value in attributes.items()
        }
    system = message.get("Attributes", {})
    if "AWSTraceHeader" in system:
        header = {"DataType": "String", "StringValue": system["AWSTraceHeader"]}
        again["MessageSystemAttributes"] = {"AWSTraceHeader": header}
    if "MessageGroupId" in system:
        again["MessageGroupId"] = system["MessageGroupId"]
    if "MessageDeduplicationId" in system:
        # Its own id could have been sent less than five minutes ago, and SQS would drop the message in silence.
        again["MessageDeduplicationId"] = f"redrive-{message['MessageId']}"
    return again
