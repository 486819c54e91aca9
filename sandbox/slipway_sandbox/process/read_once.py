"""The regions of AWS's services, read from disk once in a process.

moto asks for them by a new session of boto3 each time, and each reads the service's model anew: the import of moto.ec2 alone
parses the model of EC2, the largest of all, three times.
"""

from collections.abc import Callable
from functools import cache

import boto3

_asked: Callable[..., list[str]] = boto3.Session.get_available_regions
_session = cache(boto3.Session)


def read_once() -> None:
    """From here on, all sessions answer by the first one's files. Call it before moto is imported."""
    boto3.Session.get_available_regions = _regions


def _regions(
    _self: boto3.Session, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
) -> list[str]:
    """Takes the place of boto3's own, whose answer depends on no setting of a session."""
    return _asked(_session(), service_name, partition_name, allow_non_regional)
