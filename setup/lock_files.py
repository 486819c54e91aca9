"""Writes the lock files anew, with hashes: requirements.txt of the checkout, of the sample image in app/, and of pyright."""

import subprocess
import sys
import tempfile
from pathlib import Path

from setup import distributions
from setup.machine import MachineError
from setup.steps import ROOT
from setup.uv_binary import find_uv, uv_environment

FORM = ["--generate-hashes", "--no-emit-index-url", "--no-header"]
CONSUMER = "slipway-consumer"
APP = ROOT / "app"
PYRIGHT = ROOT / "tests" / "support" / "pyright"


def lock() -> int:
    """Resolve all and keep locked versions. Returns uv's exit code. Raises MachineError."""
    groups = ["--group", "sandbox", "--group", "dev", "--group", "docs"]
    target = ["--universal", "--python-version", "3.11", "--output-file", "requirements.txt"]
    code = _compile([*groups, *target, "pyproject.toml"], ROOT)
    return code or _compile([*target, "requirements.in"], PYRIGHT) or _lock_app()


def _lock_app() -> int:
    """Lock the image's packages, among them the consumer with the hash of this checkout's wheel."""
    with tempfile.TemporaryDirectory(prefix="lock-") as scratch:
        [wheel] = distributions.build(ROOT / "consumer", Path(scratch), wheel_only=True)
        wheels = ["--find-links", scratch, "--upgrade-package", CONSUMER]
        target = ["--python-version", "3.12", "--output-file", "requirements.txt"]
        code = _compile([*wheels, *target, "requirements.in"], APP)
        if code == 0 and pinned_hashes((APP / "requirements.txt").read_text()) != [distributions.sha256(wheel)]:
            raise MachineError(
                f"app/requirements.txt pins a {CONSUMER} of another origin; remove its lines and run the command again"
            )
        return code


def _compile(arguments: list[str], folder: Path) -> int:
    command = [find_uv(), "pip", "compile", "--quiet", *FORM, *arguments]
    return subprocess.run(command, cwd=folder, env=uv_environment()).returncode


def pinned_hashes(requirements: str) -> list[str]:
    """SHA-256 hashes of the consumer's wheel in a requirements file; empty where the file does not name it."""
    hashes: list[str] = []
    inside = False
    for line in requirements.splitlines():
        inside = line.startswith(f"{CONSUMER}==") if not line.startswith(" ") else inside
        if inside and "--hash=sha256:" in line:
            hashes.append(line.partition("--hash=sha256:")[2].split()[0])
    return hashes


if __name__ == "__main__":
    sys.exit(lock())
