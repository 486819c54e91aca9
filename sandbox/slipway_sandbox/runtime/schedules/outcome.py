"""What became of an attempt to invoke a target."""

from dataclasses import dataclass


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
