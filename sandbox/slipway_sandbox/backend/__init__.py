"""Pulumi's file backend, as its files lie in the sandbox's directory: states, their copies, locks; and what kills leave.

Source: https://github.com/pulumi/pulumi/tree/master/pkg/backend/diy and
https://github.com/google/go-cloud/tree/master/blob/fileblob, which writes its files
"""

from .checkpoints import SUFFIXES, StackFile, cloud_resources, stack_files, stacks_of
from .engine_state import EngineState
from .locks import Lock, live_locks, release_dead_locks
from .mending import mend

__all__ = [
    "SUFFIXES",
    "EngineState",
    "Lock",
    "StackFile",
    "cloud_resources",
    "live_locks",
    "mend",
    "release_dead_locks",
    "stack_files",
    "stacks_of",
]
