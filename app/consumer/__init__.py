"""Queue worker runtime: give it a queue and a handler, it polls, keeps messages invisible, deletes and drains.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices.html
"""

from app.consumer.consumer import Consumer
from app.consumer.handlers import Batch
from app.consumer.logs import log_as_json
from app.consumer.message import Message
from app.consumer.several import run_all

__all__ = ["Batch", "Consumer", "Message", "log_as_json", "run_all"]
