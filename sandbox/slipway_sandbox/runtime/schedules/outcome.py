"""What became of an attempt to invoke a target."""

from collections.abc import Callable
from dataclasses import dataclass

from moto.scheduler.models import Schedule


@dataclass(frozen=True)
class Failure:
    """An attempt that failed."""

    code: str
    """AWS's error code."""
    message: str
    is_permanent: bool
    """The target refused the call: the next attempt would end alike."""
    request: str = "{}"
    """The call, as JSON."""


Invoke = Callable[[Schedule], Failure | None]
"""Invokes the target of a schedule; None when the target took the call."""
