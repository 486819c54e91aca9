"""Tools of the set-up steps: Debian packages, the user's cache, locks, commands with a log."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SHOWN_LINES = 12  # of a failed command's output; the rest is in its log
LOCK_SECONDS = 300  # apt waits this long for another package manager


class MachineError(Exception):
    """The machine cannot be made ready; the text is one sentence with the fix."""


def cache() -> Path:
    """The user's cache for Slipway; it outlives a checkout and is created when missing. Raises MachineError."""
    path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(
            f"the cache {path} cannot be made ({error.strerror}); set XDG_CACHE_HOME to a directory of yours"
        ) from error
    return path


@contextmanager
def alone(name: str, folder: Path | None = None) -> Iterator[None]:
    """Hold the lock `name`: of two set-ups at once, the second says so, waits, and finds the work done.

    The lock is a file in the cache, or the given folder of a checkout.
    """
    descriptor = os.open(folder or cache() / f"{name}.lock", os.O_RDONLY | (0 if folder else os.O_CREAT), 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another set-up is running; waiting for it", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def call(command: Sequence[str], purpose: str, log: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command with its output in the file `log`. Raises MachineError after showing the output's last lines."""
    with log.open("ab") as output:
        start = output.tell()
        ended = subprocess.run(
            command, env=env and dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    if ended.returncode != 0:
        show_end(log, start)
        raise MachineError(f"could not {purpose}; the reason is above, the whole output in {log}")


def show_end(log: Path, start: int = 0) -> None:
    """Print the last lines of `log` after byte `start` to stderr."""
    with log.open("rb") as output:
        output.seek(start)
        lines = output.read().decode(errors="replace").strip().splitlines()
    sys.stderr.write("".join(f"  {line}\n" for line in lines[-SHOWN_LINES:]))


def can_install() -> bool:
    """True as root on Debian or a descendant such as Ubuntu."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").is_file()


def install(packages: Sequence[str]) -> None:
    """Install Debian packages without questions and without recommended ones, as root. Raises MachineError."""
    with alone("apt"):
        log = cache() / "apt.log"
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        options = ["--quiet", "--yes", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}", "-o", "Dpkg::Use-Pty=0"]
        command = ["apt-get", "install", "--no-install-recommends", *options, *packages]
        names = " ".join(packages)
        with log.open("ab") as output:
            first = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        if first.returncode != 0:  # a missing or old package list; refreshing one that serves would only cost time
            call(["apt-get", "update", *options], f"refresh the package list for {names}", log, env)
            call(command, f"install {names}", log, env)


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all: a kill or a full disk leaves the old one, and nothing beside it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def report(who: str, make_ready: Callable[[], str], done: str) -> int:
    """Run `make_ready` and print its result, `done` and the seconds, or the obstacle. Returns the exit code."""
    started = time.monotonic()
    try:
        result = make_ready()
    except MachineError as problem:
        print(f"{who}: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; run the command again to continue", file=sys.stderr)
        return 1
    print(f"{result} {done} ({time.monotonic() - started:.1f} s)")
    return 0
