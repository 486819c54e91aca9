"""Commands that install the Python packages of a program, policy pack or plugin (`pulumi install`)."""

import json
import re
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
    targets: list[list[str]] = []
    distribution = buildable_distribution(project) if is_plugin else None
    if distribution is not None and (create or not _editable(project, distribution)):
        targets.append([str(project.directory)])
    if (project.directory / "requirements.txt").exists():
        targets.append(["-r", "requirements.txt"])
    return create + [[*_installer(project, python), *target] for target in targets]


def _installer(project: Project, python: str) -> list[str]:
    """pip where the environment has it, else uv."""
    if project.virtualenv is None or not Path(python).exists() or _site(project, "pip"):
        return [python, "-m", "pip", "install"]
    uv = shutil.which("uv")
    if uv is None:
        raise ToolchainError(f"{project.virtualenv} has no pip and uv is not on PATH; install uv, or pip into it")
    return [uv, "pip", "install", "--python", python]


def _editable(project: Project, distribution: str) -> bool:
    """True when the environment runs the plugin straight from its directory: installing it would make a stale copy."""
    stem = re.sub(r"[-_.]+", "_", distribution).lower()
    for origin in _site(project, f"{stem}-*.dist-info/direct_url.json"):
        described = json.loads(origin.read_text(encoding="utf-8"))
        if described.get("dir_info", {}).get("editable") and described["url"] == project.directory.as_uri():
            return True
    return False


def _site(project: Project, pattern: str) -> list[Path]:
    return list(project.virtualenv.glob(f"lib/python*/site-packages/{pattern}")) if project.virtualenv else []
