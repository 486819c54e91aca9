"""Room on the disk, looked at before the first write: Pulumi replaces a state by what a full disk took of the next one.

Source: https://github.com/google/go-cloud/blob/master/blob/blob.go: `WriteAll` closes a writer after a failed write, and
closing puts the half-written file in the old one's place.
"""

import shutil
from pathlib import Path

MIB = 1 << 20
START_MIB = 200  # of images, snapshots and states: the reference platform takes 110
RESERVE_MIB = 50  # for the states and snapshots of an update that is told to stop


def shortage(directory: Path, needed_mib: int, purpose: str) -> str:
    """A sentence where the disk of a directory, perhaps not made yet, has less than so many MiB free; else empty.

    >>> shortage(Path("/tmp"), 1, "the sandbox")
    ''
    """
    place = next(path for path in (directory, *directory.parents) if path.exists())
    free_mib = shutil.disk_usage(place).free // MIB
    if free_mib >= needed_mib:
        return ""
    return f"the disk of {directory} has {free_mib} MiB free, and {purpose} needs {needed_mib} MiB"
