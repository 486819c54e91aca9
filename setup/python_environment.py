"""Makes .venv: the pinned, hashed packages of requirements.txt and the component package, with bytecode compiled.

Uses uv where it is on PATH; else puts the pinned uv of setup/uv-requirements.txt into the user's cache.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup.steps import ROOT

VENV = ROOT / ".venv"
STAMP = VENV / "slipway-environment"
LOCK = ROOT / "requirements.txt"
UV_LOCK = ROOT / "setup" / "uv-requirements.txt"
COMPONENTS = ROOT / "components"


class EnvironmentSetupError(Exception):
    """The environment cannot be made; the text is one sentence with the fix."""


def fingerprint() -> str:
    """What the environment is made from, as a SHA-256: interpreter, lock file, the component package's metadata and place."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.executable}\n{ROOT}\n".encode())
    for path in (LOCK, COMPONENTS / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_ready() -> bool:
    """Whether .venv was made from exactly what the checkout holds now."""
    return STAMP.is_file() and STAMP.read_text() == fingerprint() and (VENV / "bin" / "python").exists()


def make() -> None:
    """Create or bring up to date .venv; an interrupted run is continued by the next one. Raises EnvironmentSetupError."""
    uv = _uv()
    STAMP.unlink(missing_ok=True)
    # Bytecode halves the time of every start; PYTHONDONTWRITEBYTECODE would keep uv's compiler from writing it.
    env = {key: value for key, value in os.environ.items() if key not in {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}}
    if not (VENV / "bin" / "python").exists():
        _call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], env, "create .venv")
    python = str(VENV / "bin" / "python")
    sync = [uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", "--compile-bytecode", str(LOCK)]
    _call(sync, env, "install requirements.txt")
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(COMPONENTS)]
    _call([uv, "pip", "install", "--quiet", "--python", python, *editable], env, "install components/")
    STAMP.write_text(fingerprint())


def _uv() -> str:
    found = shutil.which("uv")
    if found:
        return found
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "slipway" / "uv"
    pinned = hashlib.sha256(UV_LOCK.read_bytes()).hexdigest()[:12]
    uv = home / pinned / "bin" / "uv"
    if uv.exists():
        return str(uv)
    print("installing uv into the user's cache")
    # pip runs from a fresh virtual environment: Debian's own Python refuses installs beside its packages.
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(home / pinned)], capture_output=True, text=True)
    if made.returncode != 0:
        _install_venv_module()
        _call([sys.executable, "-m", "venv", "--clear", str(home / pinned)], dict(os.environ), "create a place for uv")
    pip = [str(home / pinned / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _call([*pip, "--require-hashes", "--requirement", str(UV_LOCK)], dict(os.environ), "install uv")
    return str(uv)


def _install_venv_module() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise EnvironmentSetupError(
            f"Python environment: {sys.executable} has no venv module; install it (Debian and Ubuntu: sudo apt-get install "
            f"{package}), or put uv on PATH, and run the command again"
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"installing {package}")
    _call([apt, "update", "--quiet"], env, "refresh the package list")
    _call([apt, "install", "--quiet", "--yes", package], env, f"install {package}")


def _call(command: list[str], env: dict[str, str], purpose: str) -> None:
    ended = subprocess.run(command, env=env, capture_output=True, text=True)
    if ended.returncode != 0:
        lines = (ended.stderr or ended.stdout).strip().splitlines()[-12:]
        sys.stderr.write("\n".join(lines) + "\n")
        raise EnvironmentSetupError(f"Python environment: could not {purpose}; the reason is above")


def main() -> int:
    """Make the environment unless it is ready; returns the exit code."""
    if is_ready():
        print("ready")
        return 0
    try:
        make()
    except EnvironmentSetupError as error:
        print(error, file=sys.stderr)
        return 1
    print("made .venv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
