"""The calls to one queue; a failing call is logged with its consequence.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

import json
import logging

from botocore.exceptions import BotoCoreError, ClientError

from slipway_consumer.message import Message, from_sqs, probe_of
from slipway_consumer.sqs import Sqs

logger = logging.getLogger("slipway_consumer")


class Queue:
    """One queue, seen by a consumer."""

    def __init__(self, sqs: Sqs, url: str, visibility_seconds: int, wait_seconds: int) -> None:
        self._sqs = sqs
        self.url = url
        self.fifo = url.endswith(".fifo")
        self._visibility_seconds = visibility_seconds
        self._wait_seconds = wait_seconds
        self.max_receives: int | None = None

    def look(self) -> None:
        """Read after how many deliveries a message is set aside; warn when it never is."""
        try:
            answer = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["RedrivePolicy"])
        except (BotoCoreError, ClientError) as error:
            logger.warning("redrive policy unknown", extra={"queueUrl": self.url, "reason": str(error)})
            return
        policy = answer.get("Attributes", {}).get("RedrivePolicy")
        if policy:
            self.max_receives = int(json.loads(policy)["maxReceiveCount"])
        else:
            fix = "a message that fails comes again until its retention ends; give the queue a dead-letter queue"
            logger.warning("no dead-letter queue", extra={"queueUrl": self.url, "reason": fix})

    def receive(self, most: int) -> list[Message]:
        """At most `most` messages after a long poll; acknowledges and removes probes. Raises BotoCoreError or ClientError."""
        reply = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=self._wait_seconds,
            VisibilityTimeout=self._visibility_seconds,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
        )
        messages = [from_sqs(received) for received in reply.get("Messages", [])]
        for message in messages:
            if (token := probe_of(message)) and self.delete(message):
                logger.info("probe acknowledged", extra={"probe": token, "queueUrl": self.url})
        return [message for message in messages if not probe_of(message)]

    def delete(self, message: Message) -> bool:
        """Remove a handled message; False when it will come again."""
        try:
            self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt_handle)
        except (BotoCoreError, ClientError) as error:
            logger.error("handled message not deleted", extra={"messageId": message.id, "reason": str(error)})  # noqa: TRY400
            return False
        return True

    def show_again(self, message: Message, after_seconds: int) -> None:
        """Let the message be received again after so many seconds, by any worker."""
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=after_seconds
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("message stays invisible", extra={"messageId": message.id, "reason": str(error)})
