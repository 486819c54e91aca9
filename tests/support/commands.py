"""Runs a command to its end; one that hangs fails the test and says where each of its processes stands."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

HANG_SECONDS = 600  # no command of the tests takes a tenth of it, on a busy machine either
DUMP_SECONDS = 20
STATE_AT_THE_END = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""For the CLI where nothing is killed: the file backend would write the whole state at each step, a third of an update."""


def run(
    command: list[str], directory: Path, environment: Mapping[str, str], hang_seconds: float = HANG_SECONDS
) -> subprocess.CompletedProcess[str]:
    """The ended command, both of its streams as one text in `stdout`. Raises AssertionError for one that hangs."""
    with subprocess.Popen(
        command,
        cwd=directory,
        env={**environment, "PYTHONFAULTHANDLER": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=hang_seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{' '.join(command)} hangs in {directory}:\n{_stacks(process)}") from None
    return subprocess.CompletedProcess(command, process.returncode, output)


def _stacks(process: subprocess.Popen[str]) -> str:
    """Ends the process and its children: Python's print their stacks at SIGABRT, Go's theirs at SIGQUIT."""
    family = _family(process.pid)
    listing = "\n".join(f"{pid} {' '.join(words)}" for pid, words in family.items())
    for pid, words in family.items():
        if "python" in Path(words[0]).name:
            _signal(pid, signal.SIGABRT)
    time.sleep(1)  # for the text of the children to pass through their parents
    for pid, words in family.items():
        if Path(words[0]).name == "pulumi":
            _signal(pid, signal.SIGQUIT)
    try:
        return f"{listing}\n{process.communicate(timeout=DUMP_SECONDS)[0]}"
    except subprocess.TimeoutExpired as silent:
        return f"{listing}\n{silent.output!r}"
    finally:
        for pid in [process.pid, *family]:
            _signal(pid, signal.SIGKILL)


def _family(root: int) -> dict[int, list[str]]:
    """Command lines of a process and all below it, by process id."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended in between
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    members = {root}
    while more := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= more
    return {pid: words for pid in sorted(members) if (words := _command_line(pid))}


def _command_line(pid: int) -> list[str]:
    try:
        return [word.decode() for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]]
    except OSError:
        return []


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
