"""Links of a workload: a variable of the container and the right behind it, from one argument."""

from ._link_args import LinkArgs
from ._link_plan import CONSUME, Peer, calls, linked

__all__ = ["CONSUME", "LinkArgs", "Peer", "calls", "linked"]
