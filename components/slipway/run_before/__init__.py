"""A command that runs before each roll-out of a service, such as a migration of its database (ADR 0020)."""

from ._hook import before_roll_out
from ._run_before_args import RunBefore, RunBeforeArgs, run_before

__all__ = ["RunBefore", "RunBeforeArgs", "before_roll_out", "run_before"]
