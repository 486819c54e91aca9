"""The program as a process: whether its stack fits the shell, and how fast the Pulumi SDK lets it run."""

from .guard import GuardError, check_stack, guard
from .speed import speed_up_program

__all__ = ["GuardError", "check_stack", "guard", "speed_up_program"]
