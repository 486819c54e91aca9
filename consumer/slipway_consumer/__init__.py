"""The loop of a queue worker: polls a queue, calls a handler, keeps messages invisible meanwhile, deletes them and drains.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices.html
"""

from slipway_consumer.consumer import Consumer
from slipway_consumer.handlers import Batch
from slipway_consumer.logs import log_as_json
from slipway_consumer.message import Message
from slipway_consumer.settings import Settings
from slipway_consumer.several import run_all

__all__ = ["Batch", "Consumer", "Message", "Settings", "log_as_json", "run_all"]
