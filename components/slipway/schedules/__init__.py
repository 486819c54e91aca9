"""The times of schedules, and functions of a program: next runs, and dates that pass. A component reads no clock."""

from ._next_runs import next_runs, unless_passed
from ._schedule_times import runs

__all__ = ["next_runs", "runs", "unless_passed"]
