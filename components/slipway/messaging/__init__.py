"""SNS topics, SQS queues, and the fan-out from topics to queues."""

from ._arns import check_alarm_topic, check_queue_arn, check_topic_arn
from ._fan_out_plan import FanOutQueueArgs
from ._limits import LONGEST_VISIBILITY_TIMEOUT_SECONDS, MOST_RECEIVES
from ._messaging_key import USE
from ._senders import SenderArgs
from .fan_out import FanOut, FanOutArgs
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
    "SenderArgs",
    "Topic",
    "TopicArgs",
    "check_alarm_topic",
    "check_queue_arn",
    "check_topic_arn",
]
