"""The Python of a program, policy pack or plugin: options `virtualenv` and `toolchain` of its YAML file."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

TOOLCHAINS = ("pip", "uv", "poetry")
TYPECHECKERS = ("mypy", "pyright")
PLUGIN_VIRTUALENV = "venv"  # a plugin never runs on the machine's own Python, a program may


class ToolchainError(Exception):
    """One sentence for the user: the problem with the project's Python and the fix."""


class Options(Protocol):
    """Runtime options of a YAML file."""

    def __contains__(self, name: str, /) -> bool:
        """True when the option is set."""

    def __getitem__(self, name: str, /) -> object:
        """Value of an option."""


class ProgramInfo(Protocol):
    """The engine's description of a program."""

    @property
    def root_directory(self) -> str:
        """Directory of the YAML file."""

    @property
    def program_directory(self) -> str:
        """Directory of the code."""

    @property
    def options(self) -> Options:
        """Runtime options."""


@dataclass(frozen=True)
class Project:
    """A program, policy pack or plugin: where it is and how its YAML file wants it run."""

    root: Path
    """Directory of the YAML file; a relative `virtualenv` starts here."""
    directory: Path
    """Directory of the code."""
    toolchain: str
    """"pip", "uv" or "poetry"."""
    virtualenv: Path | None
    """Absolute path of the virtual environment. None: the machine's own Python, or poetry decides."""
    typechecker: str
    """"mypy", "pyright", or "" for none."""

    @property
    def python(self) -> str:
        """Path of the interpreter. Raises ToolchainError when there is none."""
        if self.toolchain == "poetry":
            return _poetry_python(self.directory)
        if self.virtualenv is None:
            name = os.environ.get("PULUMI_PYTHON_CMD")
            found = shutil.which(name) if name else shutil.which("python3") or shutil.which("python")
            if found is None:
                raise ToolchainError(
                    f"no {name or 'python3'} on PATH to run {self.directory} with; "
                    "install Python 3.11 or set the runtime option virtualenv"
                )
            return found
        python = self.virtualenv / "bin" / "python"
        if not python.is_file():
            state = "is not a virtual environment" if self.virtualenv.exists() else "does not exist"
            raise ToolchainError(
                f"the runtime option virtualenv of {self.root} points at {self.virtualenv}, which {state}; "
                "run `pulumi install` there, or create it and install the requirements into it"
            )
        return str(python)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with the virtual environment activated, as its `bin/activate` would."""
        result = dict(base)
        if self.virtualenv is not None:
            result["PATH"] = os.pathsep.join(p for p in (str(self.virtualenv / "bin"), base.get("PATH", "")) if p)
            result["VIRTUAL_ENV"] = str(self.virtualenv)
            result.pop("PYTHONHOME", None)
        return result


def read_project(info: ProgramInfo, *, is_plugin: bool = False) -> Project:
    """Read a ProgramInfo message. Raises ToolchainError for an unknown value of an option."""
    options = info.options
    root, directory = Path(info.root_directory), Path(info.program_directory)
    toolchain = _option(options, "toolchain", TOOLCHAINS) or _detect(directory)
    virtualenv = _option(options, "virtualenv")
    if toolchain == "uv":
        path = root / virtualenv if virtualenv else _uv_virtualenv(directory)
    elif toolchain == "pip" and (virtualenv or is_plugin):
        path = root / (virtualenv or PLUGIN_VIRTUALENV)
    else:
        return Project(root, directory, toolchain, None, _option(options, "typechecker", TYPECHECKERS))
    # normpath, not resolve: a link to a virtual environment must stay a link, or Python misses its pyvenv.cfg
    absolute = Path(os.path.normpath(path))
    return Project(root, directory, toolchain, absolute, _option(options, "typechecker", TYPECHECKERS))


def _option(options: Options, name: str, allowed: tuple[str, ...] = ()) -> str:
    if name not in options:
        return ""
    value = options[name]
    if not isinstance(value, str):
        raise ToolchainError(f"the runtime option {name} must be a string, got {value!r}")
    if value and allowed and value not in allowed:
        raise ToolchainError(f"the runtime option {name} must be one of {', '.join(allowed)}, got {value!r}")
    return value


def _detect(directory: Path) -> str:
    """The toolchain whose lock file is in `directory` or above it; pip when there is none."""
    for name in ("uv", "poetry"):
        if _nearest(directory, f"{name}.lock") is not None:
            return name
    return "pip"


def _nearest(directory: Path, name: str) -> Path | None:
    return next((place for place in (directory, *directory.parents) if (place / name).exists()), None)


def _uv_virtualenv(directory: Path) -> Path:
    """Where uv keeps a project's environment: beside its uv.lock or pyproject.toml."""
    place = _nearest(directory, "uv.lock") or _nearest(directory, "pyproject.toml") or directory
    return place / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")


def _poetry_python(directory: Path) -> str:
    command = ["poetry", "env", "info", "--executable"]
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise ToolchainError(f"poetry is not on PATH but {directory} uses it; install poetry") from None
    except subprocess.CalledProcessError as error:
        raise ToolchainError(
            f"poetry has no environment for {directory}: {error.stderr.strip()}; run `poetry install` there"
        ) from None
    return done.stdout.strip()
