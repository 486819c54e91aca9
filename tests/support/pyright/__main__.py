"""Runs pyright on files as an editor would: `python -m tests.support.pyright FILE…`; its packages go into the user's cache.

It is no part of .venv: Node.js, which it needs, takes 280 MB.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from setup.machine import alone, cache, call
from setup.uv_binary import find_uv, uv_environment

LOCK = Path(__file__).with_name("requirements.txt")


def find_pyright() -> Path:
    """Path of the pinned pyright, installed at the first call. Raises MachineError."""
    home = cache() / "pyright" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    python, ready = home / "bin" / "python", home / "ready"
    with alone("pyright"):
        if not ready.exists():
            print("putting pyright into the user's cache", flush=True)
            uv, env, log = find_uv(), uv_environment(), cache() / "python.log"
            call(
                [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)],
                "make pyright's .venv",
                log,
                env,
            )
            sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK)]
            call(sync, "install pyright", log, env)
            ready.touch()
    return home / "bin" / "pyright"


def run(files: list[str]) -> int:
    """Pyright's exit code: 0 where it finds nothing."""
    offline = {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    command = [str(find_pyright()), "--pythonpath", sys.executable, *files]
    return subprocess.run(command, env={**os.environ, **offline}).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
