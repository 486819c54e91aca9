"""One command whose engine, program or sandbox is killed at a chosen step."""

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

STEP = re.compile(r"^ *[-+~]+ +(aws|docker|pulumi-python):.* (creating|created|updating|updated|deleting|deleted)\b")
VICTIMS = ("cli", "program", "sandbox")


@dataclass(frozen=True)
class Kill:
    """Who is killed, and after how many lines about resources."""

    victim: str
    step: int


def killed(command: list[str], root: Path, env: dict[str, str], sandbox_lock: Path, kill: Kill) -> tuple[str, bool]:
    """Runs the command and kills; its output once it has ended, and whether somebody was killed.

    Processes that stay behind are ended.
    """
    process = subprocess.Popen(
        command,
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said, steps, family, was_killed = "", 0, {process.pid}, False
    for line in process.stdout:
        said += line
        steps += STEP.match(line) is not None
        if steps >= kill.step and not was_killed:
            family |= descendants(process.pid)
            if victim := pid_of(kill.victim, family, sandbox_lock):
                os.kill(victim, signal.SIGKILL)
                was_killed = True
                if kill.victim == "cli":
                    break  # its children hold the pipe open
    process.stdout.close()
    process.wait()
    if kill.victim != "sandbox":
        for pid in family - {process.pid}:
            if is_engines(pid):
                os.kill(pid, signal.SIGKILL)
    return said, was_killed


def pid_of(victim: str, family: set[int], sandbox_lock: Path) -> int | None:
    """Process number of the victim; None where it has ended."""
    if victim == "sandbox":
        return int(sandbox_lock.read_text())
    word = {"cli": "pulumi\0(up|destroy)", "program": "run_program"}[victim]
    return next((pid for pid in sorted(family) if re.search(word, command_line(pid))), None)


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, level = set(), {pid}
    while level := {child for child, parent in parents.items() if parent in level}:
        found |= level
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def is_engines(pid: int) -> bool:
    """Whether it is a process of the engine's that a kill may have left behind, and not the sandbox."""
    line = command_line(pid)
    return "pulumi" in line and "slipway_sandbox" not in line
