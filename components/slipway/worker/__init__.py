"""Fargate services for the messages of SQS queues, scaled by the backlog."""

from ._worker_args import QueueWorkerArgs, QueueWorkerQueueArgs, QueueWorkerTopicArgs
from .queue_worker import QueueWorker

__all__ = ["QueueWorker", "QueueWorkerArgs", "QueueWorkerQueueArgs", "QueueWorkerTopicArgs"]
