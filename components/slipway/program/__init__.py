"""The program as a process: how fast the Pulumi SDK lets it run."""

from .speed import speed_up_program

__all__ = ["speed_up_program"]
