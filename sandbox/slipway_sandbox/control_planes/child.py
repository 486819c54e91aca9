"""A program of a control plane as a child process, found again when its sandbox was killed."""

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.held_files import hold, holder, is_held, wait_until, write_pid

STOP_SECONDS = 5.0
LOG_BYTES = 10_000_000  # a longer log is begun anew at the program's next start
PRIVATE = 0o077  # umask

log = logging.getLogger(__name__)


class Child:
    """Runs in a folder until `stop`; `<name>.log` there has its output, and it holds `<name>.lock`.

    Raises SandboxError where another one of the folder still runs.
    """

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        lock = hold(folder / f"{name}.lock")
        if lock is None:
            raise SandboxError(f"another {name} of {folder} does not end; run `slipway sandbox stop`")
        output = folder / f"{name}.log"
        if output.exists() and output.stat().st_size > LOG_BYTES:
            output.unlink()
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env={"PATH": os.defpath, "HOME": str(folder)},  # no proxy, no AWS, no kubeconfig of the caller
                pass_fds=[lock],
                umask=PRIVATE,
                start_new_session=True,
            )
            write_pid(lock, self._process.pid)
        finally:
            os.close(descriptor)
            os.close(lock)  # from here the program alone holds it
        self.name = name

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def stop(self, *, at_once: bool = False) -> None:
        """Ends it, and returns when it has ended. `at_once`: it may write nothing any more."""
        if at_once:
            self._process.kill()
        else:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def end_orphans(folder: Path) -> None:
    """Ends the programs of a killed sandbox, whose clusters' folders are in this one. Only they can hold its locks."""
    locks = [lock for lock in folder.glob("*/*.lock") if is_held(lock)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for lock in locks:
            if (pid := holder(lock)) is not None:
                log.info("ending %s (%d) of a killed sandbox", lock.stem, pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        if wait_until(lambda: not any(is_held(lock) for lock in locks), STOP_SECONDS):
            return
