"""SNS topics, SQS queues, and the fan-out from one to the other."""

from ._limits import LONGEST_VISIBILITY_TIMEOUT_SECONDS, MOST_RECEIVES
from ._messaging_key import USE
from ._queue_policy import check_queue_arn, check_topic_arn
from .fan_out import FanOut, FanOutArgs, FanOutQueueArgs
from .queue import Queue, QueueArgs
from .topic import Topic, TopicArgs

__all__ = [
    "LONGEST_VISIBILITY_TIMEOUT_SECONDS",
    "MOST_RECEIVES",
    "USE",
    "FanOut",
    "FanOutArgs",
    "FanOutQueueArgs",
    "Queue",
    "QueueArgs",
    "Topic",
    "TopicArgs",
    "check_queue_arn",
    "check_topic_arn",
]
