"""Makes .venv: the pinned, hashed packages of requirements.txt and the component package, with bytecode compiled.

Uses uv where it is on PATH; else puts the pinned uv of setup/uv-requirements.txt into the user's cache.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup.machine import MachineError, alone, cache, call, can_install, install, report
from setup.steps import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "slipway-environment"
LOCK = ROOT / "requirements.txt"
UV_LOCK = ROOT / "setup" / "uv-requirements.txt"
DISTRIBUTIONS = tuple(ROOT / folder for folder in ("components", "consumer", "ops", "policies", "sandbox"))
# Bytecode halves the time of every start, and PYTHONDONTWRITEBYTECODE would keep uv's compiler from writing it.
IN_THE_WAY = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}


def installed() -> list[Path]:
    """Folders of Slipway's distributions."""
    return [folder for folder in DISTRIBUTIONS if (folder / "pyproject.toml").exists()]


def fingerprint() -> str:
    """What .venv is made from, as a SHA-256: interpreter, lock file, the packages' metadata and their place."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.executable}\n{ROOT}\n".encode())
    for path in (LOCK, *(folder / "pyproject.toml" for folder in installed())):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_ready() -> bool:
    """Whether .venv was made from exactly what the checkout holds now."""
    return STAMP.is_file() and STAMP.read_text() == fingerprint() and PYTHON.exists()


def was_made() -> bool:
    """Whether .venv was made to its end, if from an older state of the checkout."""
    return STAMP.is_file() and PYTHON.exists()


def make_ready() -> str:
    """Create .venv or bring it up to date; an interrupted run is continued by the next one. Raises MachineError."""
    with alone("python", ROOT):
        if not is_ready():
            _make(find_uv())
    return ".venv"


def _make(uv: str) -> None:
    print("installing requirements.txt into .venv", flush=True)
    STAMP.unlink(missing_ok=True)
    log = cache() / "python.log"
    env = uv_environment()
    if not PYTHON.exists():
        call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], "create .venv", log, env)
    pip = [uv, "pip", "--quiet"]
    place = ["--python", str(PYTHON)]
    pinned = [*place, "--require-hashes", "--compile-bytecode", str(LOCK)]
    call([*pip, "sync", *pinned], "install requirements.txt", log, env)
    editable = [option for folder in installed() for option in ("--editable", str(folder))]
    call(
        [*pip, "install", *place, "--no-deps", "--no-build-isolation", *editable],
        "install Slipway's packages",
        log,
        env,
    )
    STAMP.write_text(fingerprint())


def lock() -> int:
    """Resolve pyproject.toml into requirements.txt: exact versions with hashes, for every platform. Returns uv's code."""
    groups = ["--group", "sandbox", "--group", "dev", "--group", "docs"]
    form = ["--generate-hashes", "--universal", "--no-emit-index-url", "--no-header", "--python-version", "3.11"]
    command = [find_uv(), "pip", "compile", "--quiet", *groups, *form, "--output-file", "requirements.txt"]
    return subprocess.run([*command, "pyproject.toml"], cwd=ROOT, env=uv_environment()).returncode


def uv_environment() -> dict[str, str]:
    """The caller's, without what is in uv's way; uv trusts whom the machine trusts, such as a company's proxy, as pip does."""
    return {"UV_SYSTEM_CERTS": "true"} | {key: value for key, value in os.environ.items() if key not in IN_THE_WAY}


def find_uv() -> str:
    """The uv on PATH, else the pinned one in the user's cache, put there when missing. Raises MachineError."""
    found = shutil.which("uv")
    if found:
        return found
    home = cache() / "uv" / hashlib.sha256(UV_LOCK.read_bytes()).hexdigest()[:12]  # engine/ looks there, too
    uv = home / "bin" / "uv"
    with alone("uv"):
        if not uv.exists():
            print("putting uv into the user's cache", flush=True)
            log = cache() / "python.log"
            # A virtual environment, because Debian's own Python refuses what is installed beside its packages.
            create = [sys.executable, "-m", "venv", "--clear", str(home)]
            if subprocess.run(create, capture_output=True).returncode != 0:
                _install_venv_module()
                call(create, "create a place for uv", log)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            call([*pip, "--require-hashes", "--requirement", str(UV_LOCK)], "install uv", log)
    return str(uv)


def _install_venv_module() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    if not can_install():
        raise MachineError(
            f"{sys.executable} has no venv module; install it (on Debian and Ubuntu: sudo apt-get install {package}), "
            "or put uv on PATH, and run the command again"
        )
    print(f"installing {package}")
    install([package])


def main(arguments: list[str]) -> int:
    """Make the environment, or with `uv` only get that, unless it is there; returns the exit code."""
    return report("Python environment", find_uv if arguments == ["uv"] else make_ready, "is ready")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
