"""A clean copy of the checkout, and commands in it, attached to a sandbox of its own."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.support import commands

ROOT = Path(__file__).parents[2]


def run(root: Path, env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal; output and errors come back as one text in `stdout`, exit code unchecked."""
    return commands.run(list(command), root, env, hang_seconds=1500)


def clean_copy(destination: Path) -> Path:
    """Copy what a clone would hold (tracked files, and new ones that git does not ignore) to `destination`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name)
    return destination


def bare_environment() -> dict[str, str]:
    """The environment of a new shell: nothing that attaches to a sandbox, no virtual environment."""
    mine = ("AWS_", "PULUMI_", "SLIPWAY_", "VIRTUAL_ENV", "PYTEST_", "MAKE", "MFLAGS")
    return {key: value for key, value in os.environ.items() if not key.startswith(mine)}


def sandbox_environment(root: Path, env: dict[str, str]) -> dict[str, str]:
    """`env` after `eval "$(make env)"` in `root`."""
    script = 'exports="$(make -s env)" && eval "$exports" && env -0'
    shell = subprocess.run(["sh", "-c", script], cwd=root, env=env, capture_output=True, text=True, check=True)
    return dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)
