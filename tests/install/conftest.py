"""Wheels of this checkout's distributions, and virtual environments with these and nothing else of the checkout.

Other packages have the versions of requirements.txt. With SLIPWAY_RESOLUTION=lowest-direct they have the lowest versions in
the distributions' own ranges (`make lowest`).
"""

import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from setup import distributions
from tests.support.aws.aws_endpoint import endpoint, queues, sqs
from tests.support.commands import STATE_AT_THE_END
from tests.support.components.stacks import Stacks
from tests.support.uv_command import uv

__all__ = ["endpoint", "queues", "sqs"]

ROOT = Path(__file__).parents[2]
LOWEST = "lowest-direct"
RESOLUTION = os.environ.get("SLIPWAY_RESOLUTION", "locked")


@dataclass(frozen=True)
class Distribution:
    """A distribution of this checkout."""

    name: str
    folder: Path
    requires: tuple[str, ...]
    """Names of its dependencies among this checkout's distributions."""


def own_distributions() -> dict[str, Distribution]:
    """This checkout's distributions by name."""
    projects = {
        folder: tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in distributions.folders()
    }
    names = {project["name"] for project in projects.values()}
    return {
        project["name"]: Distribution(
            project["name"],
            folder,
            tuple(name for name in names if any(entry.startswith(name) for entry in project["dependencies"])),
        )
        for folder, project in projects.items()
    }


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of each distribution."""
    target = tmp_path_factory.mktemp("wheels")
    for folder in distributions.folders():
        distributions.build(folder, target, wheel_only=True)
    return target


@pytest.fixture(scope="session")
def environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A virtual environment with the given requirements, such as names of this checkout's distributions.

    Equal requirements share one environment.
    """

    @cache
    def create(*requirements: str) -> Path:
        folder = tmp_path_factory.mktemp("environment") / ".venv"
        uv("venv", "--quiet", "--no-project", "--python", sys.executable, str(folder))
        install = ("pip", "install", "--quiet", "--python", str(folder / "bin" / "python"))
        own = ("--find-links", str(wheels))
        pins = lowest(wheels, requirements) if RESOLUTION == LOWEST else (ROOT / "requirements.txt").read_text()
        constraints = folder.with_name("constraints.txt")
        constraints.write_text(pins)
        uv(*install, *own, "--constraints", str(constraints), *requirements)
        return folder

    return create


def lowest(wheels: Path, requirements: tuple[str, ...]) -> str:
    """The lowest versions of all direct dependencies of this checkout's distributions among the requirements."""
    own = own_distributions()
    names = [name for name in requirements if name in own]
    for name in names:
        names += [other for other in own[name].requires if other not in names]
    if not names:
        return ""
    form = ("--quiet", "--no-header", "--no-annotate", "--python", sys.executable)
    projects = [str(own[name].folder / "pyproject.toml") for name in names]
    return uv("pip", "compile", *form, "--resolution", LOWEST, "--find-links", str(wheels), *projects)


@pytest.fixture(scope="session")
def stacks(environment: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A shell attached to a sandbox of the installed slipway-sandbox; nothing of the checkout is on PATH."""
    home = tmp_path_factory.mktemp("sandbox")
    slipway = environment("slipway-sandbox") / "bin" / "slipway"
    pulumi = shutil.which("pulumi", path=f"{os.environ['PATH']}:{Path.home() / '.pulumi' / 'bin'}")
    assert pulumi, "no pulumi on PATH nor in ~/.pulumi/bin; run `make ready`"
    path = f"{Path(pulumi).parent}:{slipway.parent}:/usr/local/bin:/usr/bin:/bin"
    outside = Stacks({"PATH": path, "HOME": str(Path.home()), "SLIPWAY_SANDBOX_DIR": str(home)})
    started = outside.run(home, "slipway", "sandbox", "start")
    assert started.returncode == 0, started.stdout
    try:
        shown = outside.run(home, "sh", "-c", 'eval "$(slipway sandbox env)" && env -0').stdout
        attached = dict(entry.split("=", 1) for entry in shown.split("\0") if entry)
        yield Stacks(attached | STATE_AT_THE_END)
    finally:
        stopped = outside.run(home, "slipway", "sandbox", "stop")
    assert stopped.returncode == 0, stopped.stdout


@pytest.fixture(scope="module")
def yaml_folder(environment: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the plugin's, and beside that the environment which PulumiPlugin.yaml names."""
    place = tmp_path_factory.mktemp("yaml")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    shutil.copytree(ROOT / "components", place / "slipway" / "components", ignore=ignored)
    (place / "slipway" / ".venv").symlink_to(environment("slipway-components"))
    return place
