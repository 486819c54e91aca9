"""Queue worker runtime: give it a queue and a handler, it polls, keeps messages invisible, deletes and drains.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices.html
"""

from slipway_consumer.consumer import Consumer
from slipway_consumer.handlers import Batch
from slipway_consumer.logs import log_as_json
from slipway_consumer.message import Message
from slipway_consumer.several import run_all

__all__ = ["Batch", "Consumer", "Message", "log_as_json", "run_all"]
