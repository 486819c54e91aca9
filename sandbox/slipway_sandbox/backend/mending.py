"""Mends what a kill or a full disk leaves of the states: Pulumi itself stops at such a file for ever."""

from datetime import datetime
from pathlib import Path

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.held_files import wait_until
from slipway_sandbox.process.home import write_private

from .checkpoints import ATTRIBUTES, BOOKKEEPING, StackFile, cloud_resources, is_checkpoint, stack_files
from .engine_state import EngineState
from .locks import SETTLE_SECONDS, live_locks, release_dead_locks, stays_torn

DAMAGED = ".damaged"


def mend(state: Path) -> list[str]:
    """Mends the backend in a directory, and says in one sentence for each thing what it did.

    Nothing is touched while a process works on a stack. A state without a readable copy stays as it is.
    """
    said = release_dead_locks(state)
    if not live_locks(state):
        said += [*_without_torn_attributes(state), *_with_readable_states(state), *_without_pending_creations(state)]
    return said


def _without_pending_creations(state: Path) -> list[str]:
    return [
        f"Stack {stack!r} has {creations} unfinished creations; the next `pulumi up` finishes them, and `pulumi destroy` "
        "takes away what they made"
        for stack, creations in EngineState(state).end_creations().items()
    ]


def _without_torn_attributes(state: Path) -> list[str]:
    """Removes torn files of attributes beside states: Pulumi needs none, and fails with EOF at an empty one."""
    torn = [path for path in (state / BOOKKEEPING).rglob(f"*{ATTRIBUTES}") if stays_torn(path)]
    for path in torn:
        path.unlink(missing_ok=True)
    if not torn:
        return []
    which = torn[0].name if len(torn) == 1 else f"{len(torn)} files of attributes"
    return [f"A killed pulumi or a full disk left {which} half-written; removed, nothing is lost with it"]


def _with_readable_states(state: Path) -> list[str]:
    broken = [file for file in stack_files(state) if _stays_damaged(file.path)]
    return [sentence for file in broken if (sentence := _put_back(file))]


def _put_back(file: StackFile) -> str:
    """Puts the newest readable copy in the place of a state, whole or not at all. Raises SandboxError without room for it.

    Returns a sentence, empty where no copy can be read.
    """
    copy = file.readable_copy()
    if copy is None:
        return ""
    taken = datetime.fromtimestamp(copy.stat().st_mtime).astimezone()
    try:
        if file.path.stat().st_size:
            write_private(file.path.with_name(file.path.name + DAMAGED), file.path.read_bytes())
        write_private(file.path, copy.read_bytes())
    except OSError as error:
        raise SandboxError(
            f"the stack's state {file.path} is damaged, and {copy.name} cannot be put in its place ({error.strerror}); "
            "free some of the disk, and run the same command again"
        ) from error
    return (
        f"The state of stack {file.stack!r} was damaged by a kill or a full disk; its copy of {taken:%Y-%m-%d %H:%M:%S}, "
        f"{copy.name}, with {cloud_resources(copy)} resources is in its place: "
        "run `pulumi refresh` before the next `pulumi up`"
    )


def _stays_damaged(path: Path) -> bool:
    """Whether a state cannot be read, and not because another process is just writing it."""
    return not wait_until(lambda: is_checkpoint(path), SETTLE_SECONDS)
