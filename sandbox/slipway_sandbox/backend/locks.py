"""The locks of stacks: one file for each process that works on one.

Source: https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/lock.go
"""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slipway_sandbox.process.held_files import wait_until

from .checkpoints import ATTRIBUTES, BOOKKEEPING

LOCKS = BOOKKEEPING / "locks"
SETTLE_SECONDS = 0.5  # a file is written in a thousandth of it
CLOCK_SECONDS = 2.0  # between the clocks of a process's start and of its lock


@dataclass(frozen=True)
class Lock:
    """One lock, as Pulumi has written it."""

    path: Path
    project: str
    stack: str
    pid: int
    host: str
    since: datetime | None
    """When it was taken; None where it does not say."""

    @property
    def is_dead(self) -> bool:
        """Whether its process of this machine has ended. Of another machine's nobody knows."""
        return self.host == socket.gethostname() and not self._holder_lives()

    @property
    def holder(self) -> str:
        """Its process, in words: `pulumi (process 4711, since 19:20:31)`."""
        since = self.since and f", since {self.since.astimezone():%H:%M:%S}"
        return f"pulumi (process {self.pid}{since or ''})"

    def _holder_lives(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # somebody else's
        began = _started_at(self.pid)
        # The number of a dead process is given anew.
        return not (self.since and began and began > self.since.timestamp() + CLOCK_SECONDS)


def live_locks(state: Path) -> list[Lock]:
    """The locks of processes that are at work on this machine."""
    return [
        lock
        for path in _files(state)
        if (lock := _read(path)) and not lock.is_dead and lock.host == socket.gethostname()
    ]


def release_dead_locks(state: Path) -> list[str]:
    """Removes locks of killed processes of this machine, and torn ones; says so in one sentence for each."""
    said = []
    for path in _files(state):
        lock = _read(path)
        if stays_torn(path):
            said.append(f"A pulumi was killed while it locked stack {path.parent.name!r}; the torn lock is removed")
        elif lock is not None and lock.is_dead:
            said.append(f"A pulumi (process {lock.pid}) was killed; the lock that it left is released")
        else:
            continue
        for file in (path, path.with_name(path.name + ATTRIBUTES)):
            file.unlink(missing_ok=True)
    return said


def stays_torn(path: Path) -> bool:
    """Whether a file of JSON is torn, and not because another process is just writing or removing it."""
    return not wait_until(lambda: not path.exists() or _is_json(path), SETTLE_SECONDS)


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _files(state: Path) -> Iterator[Path]:
    """Pulumi reads every file there as a lock, a half-written one, too."""
    for path in sorted((state / LOCKS).rglob("*")):
        if path.is_file() and path.suffix != ATTRIBUTES:
            yield path


def _read(path: Path) -> Lock | None:
    """The lock in a file; None for one that was removed meanwhile, is not whole, or is not of this form."""
    try:
        value = json.loads(path.read_bytes())
        since = datetime.fromisoformat(value["timestamp"]) if "timestamp" in value else None
        names = path.parent.parts[-2:]
        return Lock(path, names[0], names[1], int(value["pid"]), str(value["hostname"]), since)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _started_at(pid: int) -> float | None:
    """When a process began, in seconds since the epoch; None where the system has no /proc.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        [boot] = [line.split()[1] for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime ")]
    except (OSError, ValueError):
        return None
    return int(boot) + ticks / os.sysconf("SC_CLK_TCK")
