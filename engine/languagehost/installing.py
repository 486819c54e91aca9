"""The commands that give a program, policy pack or plugin its Python packages (`pulumi install`)."""

import shutil
import sys
from pathlib import Path

from .plugins import buildable_distribution
from .toolchain import Project, ToolchainError


def commands(project: Project, *, is_plugin: bool) -> list[list[str]]:
    """Command lines to run in the project's directory, in order. Raises ToolchainError when the tool is missing."""
    if project.toolchain in ("uv", "poetry"):
        tool = shutil.which(project.toolchain)
        if tool is None:
            raise ToolchainError(f"{project.toolchain} is not on PATH but {project.directory} uses it; install it")
        return [[tool, "sync"] if project.toolchain == "uv" else [tool, "install", "--no-root"]]
    create: list[list[str]] = []
    if project.virtualenv is None:
        python = project.python
    else:
        python = str(project.virtualenv / "bin" / "python")
        if not Path(python).exists():
            create = [[shutil.which("python3") or sys.executable, "-m", "venv", str(project.virtualenv)]]
    pip = [python, "-m", "pip", "install"]
    packages: list[list[str]] = []
    if is_plugin and buildable_distribution(project) is not None:
        packages.append([*pip, str(project.directory)])
    if (project.directory / "requirements.txt").exists():
        packages.append([*pip, "-r", "requirements.txt"])
    return create + packages
