"""Links of a workload: a variable of the container and the right behind it, from one argument."""

from ._link_args import LinkArgs
from ._link_plan import CONSUME, Call, calls, linked

__all__ = ["CONSUME", "Call", "LinkArgs", "calls", "linked"]
