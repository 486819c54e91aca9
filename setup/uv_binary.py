"""Finds uv: the one on PATH, else the pinned one of setup/uv-requirements.txt in the user's cache, installed there once.

`python3 -m setup.uv_binary`; standard library only.
"""

import hashlib
import os
import shutil
import subprocess
import sys

from setup.machine import MachineError, alone, cache, call, can_install, install, report
from setup.steps import ROOT

LOCK = ROOT / "setup" / "uv-requirements.txt"
# Bytecode halves the time of every start, and PYTHONDONTWRITEBYTECODE would keep Python from writing it.
DROPPED = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}


def uv_environment() -> dict[str, str]:
    """The caller's environment without two variables; uv then trusts the machine's certificates, as pip does."""
    return {"UV_SYSTEM_CERTS": "true"} | {key: value for key, value in os.environ.items() if key not in DROPPED}


def find_uv() -> str:
    """Path of uv. Raises MachineError when it cannot be installed."""
    on_path = shutil.which("uv")
    if on_path:
        return on_path
    home = cache() / "uv" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]  # setup/engine looks there, too
    uv = home / "bin" / "uv"
    with alone("uv"):
        if not uv.exists():
            print("putting uv into the user's cache", flush=True)
            log = cache() / "python.log"
            # A virtual environment, because Debian's own Python refuses to install beside its packages.
            create = [sys.executable, "-m", "venv", "--clear", str(home)]
            if subprocess.run(create, capture_output=True).returncode != 0:
                _install_venv_module()
                call(create, "create a place for uv", log)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            call([*pip, "--require-hashes", "--requirement", str(LOCK)], "install uv", log)
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


if __name__ == "__main__":
    sys.exit(report("uv", find_uv, "is ready"))
