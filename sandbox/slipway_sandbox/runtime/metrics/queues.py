"""AWS/SQS: how many messages each queue has, and how old the oldest one is. Messages live by the machine's clock.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moto.cloudwatch.models import cloudwatch_backends
from moto.sqs.models import Message, SQSBackend, sqs_backends

from slipway_sandbox.corrections.metrics import report
from slipway_sandbox.corrections.sqs.messages import as_queue
from slipway_sandbox.metrics.series import metric

COUNTED = ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted")


@dataclass(frozen=True)
class Depth:
    """Messages of a queue."""

    visible: int
    in_flight: int
    delayed: int
    oldest_seconds: int
    """0 without a message."""


def depth(messages: Iterable[Message], now: float) -> Depth:
    """Counts at a time, in milliseconds since 1970."""
    visible = in_flight = delayed = 0
    oldest = now
    for message in messages:
        if message.delayed_until > now:
            delayed += 1
        elif message.visible_at > now:
            in_flight += 1
        else:
            visible += 1
        oldest = min(oldest, message.sent_timestamp or now)
    return Depth(visible, in_flight, delayed, int((now - oldest) // 1000))


class Queues:
    """Every queue of every account and region; calls to a queue count themselves."""

    def report(self, minutes: Sequence[int]) -> None:
        """Report levels, and a count of 0 for a minute without a call."""
        for account in list(sqs_backends.values()):
            for backend in list(account.values()):
                self._report(backend, minutes)

    def _report(self, backend: SQSBackend, minutes: Sequence[int]) -> None:
        cloudwatch = cloudwatch_backends[backend.account_id][backend.region_name]
        now = time.time() * 1000
        for queue in list(backend.queues.values()):
            found = depth(list(as_queue(queue)._messages), now)  # noqa: SLF001
            levels = {
                "ApproximateNumberOfMessagesVisible": (found.visible, "Count"),
                "ApproximateNumberOfMessagesNotVisible": (found.in_flight, "Count"),
                "ApproximateNumberOfMessagesDelayed": (found.delayed, "Count"),
                "ApproximateAgeOfOldestMessage": (found.oldest_seconds, "Seconds"),
                **dict.fromkeys(COUNTED, (0, "Count")),
            }
            for name, (value, unit) in levels.items():
                key = metric("AWS/SQS", name, {"QueueName": str(queue.name)})
                for minute in minutes:
                    report(cloudwatch, key, unit, minute, float(value))
