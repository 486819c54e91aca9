"""Makes .venv: the pinned, hashed packages of requirements.txt and this checkout's own distributions, with bytecode of what these import.

`python3 -m setup.python_environment`; standard library only.
"""

import hashlib
import sys

from setup.distributions import folders
from setup.machine import alone, cache, call, report, write_whole
from setup.steps import ROOT
from setup.uv_binary import find_uv, uv_environment

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "slipway-environment"
LOCK = ROOT / "requirements.txt"
# Imports every module of the packages. All of requirements.txt would be four times as much to compile, half of it pulumi_aws.
IMPORT_ALL = """
import importlib, pkgutil, sys
for package in sys.argv[1:]:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
"""


def fingerprint() -> str:
    """SHA-256 of the ingredients of .venv: its own interpreter, lock file, metadata and place of each distribution.

    The interpreter that asks is none of them: in a shell with .venv on PATH it is another one.
    """
    digest = hashlib.sha256(f"{PYTHON.resolve()}\n{ROOT}\n".encode())
    for path in (LOCK, *(folder / "pyproject.toml" for folder in folders())):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def is_ready() -> bool:
    """True when .venv was made from the present state of the checkout."""
    return was_made() and STAMP.read_text() == fingerprint()


def was_made() -> bool:
    """True when .venv was once made to its end, perhaps from an older state of the checkout."""
    return STAMP.is_file() and PYTHON.exists()


def make_ready() -> str:
    """Create .venv or bring it up to date; the next run continues an interrupted one. Raises MachineError."""
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
    call([*pip, "sync", *place, "--require-hashes", str(LOCK)], "install requirements.txt", log, env)
    editable = [argument for folder in folders() for argument in ("--editable", str(folder))]
    names = " ".join(f"{folder.name}/" for folder in folders())
    call([*pip, "install", *place, "--no-deps", "--no-build-isolation", *editable], f"install {names}", log, env)
    packages = [init.parent.name for folder in folders() for init in folder.glob("*/__init__.py")]
    call([str(PYTHON), "-W", "ignore", "-c", IMPORT_ALL, *packages], f"import {' '.join(packages)}", log, env)
    write_whole(STAMP, fingerprint())


if __name__ == "__main__":
    sys.exit(report("Python environment", make_ready, "is ready"))
