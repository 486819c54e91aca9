"""Runs set-up steps side by side, each after the steps it needs, and prints the duration of each."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_print_lock = threading.Lock()


@dataclass(frozen=True)
class Step:
    """One command to make a part of the machine ready; it does nothing when the part is ready.

    `needs` names the steps to finish before this one starts.
    """

    name: str
    command: Sequence[str]
    needs: tuple[str, ...] = ()


class StepError(Exception):
    """A step did not succeed; its own output has said why."""


def run(steps: Sequence[Step], env: Mapping[str, str]) -> dict[str, float]:
    """Run all steps and return the wall seconds of each by name; raises StepError with the names of all failed steps."""
    width = max(len(step.name) for step in steps)
    done: dict[str, Future[float]] = {}
    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        for step in steps:
            waits = [done[name] for name in step.needs]
            done[step.name] = pool.submit(_run_one, step, waits, width, env)
    failed = [name for name, future in done.items() if isinstance(future.exception(), StepError)]
    for future in done.values():
        error = future.exception()
        if error is not None and not isinstance(error, StepError):
            raise error
    if failed:
        raise StepError(", ".join(failed))
    return {name: future.result() for name, future in done.items()}


def _run_one(step: Step, waits: Sequence[Future[float]], width: int, env: Mapping[str, str]) -> float:
    if any(wait.exception() is not None for wait in waits):
        raise StepError(step.name)
    started = time.monotonic()
    # Output is read line by line so that parallel steps do not mix within a line and long ones are seen to move.
    with subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            say(f"  {step.name:{width}}  {line.rstrip()}")
    seconds = time.monotonic() - started
    if process.returncode != 0:
        say(f"✗ {step.name:{width}}  failed after {seconds:.1f} s")
        raise StepError(step.name)
    say(f"✓ {step.name:{width}}  {seconds:.1f} s")
    return seconds


def foreground(
    command: Sequence[str], env: Mapping[str, str], stdout: int | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the checkout, on the caller's terminal, to its own end. `stdout` as in subprocess.

    Ctrl-C is the command's to answer: left to subprocess, it would be killed a quarter of a second later, and a killed
    Pulumi leaves its stack locked.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)  # what is ignored here would be ignored by the command, too
    try:
        return subprocess.run(command, cwd=ROOT, env=dict(env), text=True, stdout=stdout)
    finally:
        signal.signal(signal.SIGINT, before)


def say(line: str) -> None:
    """Print one whole line at once, from whichever thread."""
    with _print_lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
