"""Jobs: containers that end, on a schedule."""

from ._job_args import JobArgs, RetryOnErrorArgs
from .job import Job

__all__ = ["Job", "JobArgs", "RetryOnErrorArgs"]
