"""Processes started by a language host; none outlives it."""

import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

GRACE_SECONDS = 5.0  # from the polite signal to the kill; as the engine gives to plugins


class Processes:
    """Running children. Safe to use from many threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def start(
        self, command: list[str], cwd: str | Path, env: Mapping[str, str], *, piped: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a child process, with pipes for its output when `piped`. Call `finished` after its end.

        Raises OSError when it cannot start.
        """
        output = subprocess.PIPE if piped else None
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        with self._lock:
            self._running.add(process)
        return process

    def finished(self, process: subprocess.Popen[bytes]) -> None:
        """Forget an ended child."""
        with self._lock:
            self._running.discard(process)

    def stop_all(self) -> None:
        """Interrupt every child, and kill those still running after the grace period."""
        with self._lock:
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGINT)
        for process in running:
            _end(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends one child: asks first, then kills."""
    _signal(process, signal.SIGTERM)
    _end(process)


def output(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Output of the child, as it comes: ("stdout" or "stderr", bytes) until both are closed."""
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
    for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
        threading.Thread(target=_pump, args=(name, pipe, chunks), daemon=True).start()
    still_open = 2
    while still_open:
        name, data = chunks.get()
        if data:
            yield name, data
        else:
            still_open -= 1


def _pump(name: str, pipe: IO[bytes] | None, chunks: queue.SimpleQueue[tuple[str, bytes]]) -> None:
    if pipe is not None:
        while data := pipe.read1(65536):  # type: ignore[attr-defined]  # a pipe is a BufferedReader
            chunks.put((name, data))
    chunks.put((name, b""))


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
