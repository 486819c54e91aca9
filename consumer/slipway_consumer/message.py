"""One message as a handler sees it.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_consumer.sqs import Received

PROBE_ATTRIBUTE = "slipway-probe"
"""Message attribute with the token of a delivery test; slipway_cli.delivery.probe.ATTRIBUTE is the same, and a test compares them."""
PROBE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Message:
    """A received message; `receipt_handle` belongs to this delivery alone."""

    id: str
    """SQS message id."""
    text: str
    """The publisher's text; an SNS envelope is already removed."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Message attributes of type String and Number, by name, from SQS or from the SNS envelope."""
    receive_count: int = 1
    """How many times this message was delivered, this delivery included."""
    receipt_handle: str = field(default="", repr=False)
    group_id: str | None = None
    """Message group; messages of one group in a FIFO queue are handled in the order they were sent."""

    def json(self) -> Any:  # as json.loads: a handler knows the shape of its messages
        """The text parsed as JSON; raises json.JSONDecodeError, which leaves the message for the dead-letter queue."""
        return json.loads(self.text)


def probe_of(message: Message) -> str | None:
    """Token of a delivery test (`slipway smoke`); None for a message to a handler.

    The token must stand in the attribute and in the body, so no message of a publisher looks like a test.
    """
    token = message.attributes.get(PROBE_ATTRIBUTE)
    return token if token is not None and PROBE.fullmatch(token) and token in message.text else None


def from_sqs(received: Received) -> Message:
    """The message of a ReceiveMessage answer with all attributes."""
    attributes = {
        name: value["StringValue"]
        for name, value in received.get("MessageAttributes", {}).items()
        if "StringValue" in value
    }
    text = received["Body"]
    envelope = _sns_envelope(text)
    if envelope is not None:
        text = envelope.text
        attributes = {**envelope.attributes, **attributes}
    system = received.get("Attributes", {})
    return Message(
        id=received["MessageId"],
        text=text,
        attributes=attributes,
        receive_count=int(system.get("ApproximateReceiveCount", 1)),
        receipt_handle=received["ReceiptHandle"],
        group_id=system.get("MessageGroupId"),
    )


@dataclass(frozen=True)
class _Envelope:
    """The JSON object in which SNS sends a message to a queue without raw delivery."""

    text: str
    attributes: Mapping[str, str]


def _sns_envelope(text: str) -> _Envelope | None:
    if not text.startswith("{"):
        return None
    try:
        body = json.loads(text)
    except json.JSONDecodeError:
        return None
    if body.get("Type") == "Notification" and "TopicArn" in body and isinstance(body.get("Message"), str):
        attributes = {name: value["Value"] for name, value in body.get("MessageAttributes", {}).items()}
        return _Envelope(body["Message"], attributes)
    return None
