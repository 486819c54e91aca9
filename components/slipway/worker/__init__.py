"""Services that empty SQS queues and scale with the backlog."""

from ._worker_args import QueueWorkerArgs, QueueWorkerQueueArgs, QueueWorkerTopicArgs
from .queue_worker import QueueWorker

__all__ = ["QueueWorker", "QueueWorkerArgs", "QueueWorkerQueueArgs", "QueueWorkerTopicArgs"]
