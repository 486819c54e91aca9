"""Room for the set-up on this machine's disks, looked at before anything is written."""

import shutil
from pathlib import Path

from setup import python_environment
from setup.machine import MachineError, cache
from setup.steps import ROOT

MIB = 1 << 20
ENVIRONMENT_MIB = 1500  # .venv takes 825, and uv's cache as much where it cannot link
ENGINE_MIB = 300  # in the home directory: CLI, language host, base images' recipes
SANDBOX_MIB = 200  # as the sandbox itself says at its start


def require(sandbox: Path) -> None:
    """Look for room for the parts that are not there yet, and for the sandbox in its directory. Raises MachineError."""
    if not python_environment.is_ready():
        require_mib(ROOT, ENVIRONMENT_MIB, "the Python environment")
        require_mib(cache(), ENGINE_MIB, "what the set-up downloads")
    require_mib(sandbox, SANDBOX_MIB, "the sandbox")


def require_mib(directory: Path, needed_mib: int, purpose: str) -> None:
    """Raises MachineError where the disk of a directory, perhaps not made yet, has less than so many MiB free."""
    place = next(path for path in (directory, *directory.parents) if path.exists())
    free_mib = shutil.disk_usage(place).free // MIB
    if free_mib < needed_mib:
        raise MachineError(
            f"the disk of {directory} has {free_mib} MiB free, and {purpose} needs {needed_mib} MiB; "
            "free some, and run the command again"
        )
