"""Wheels of this checkout's distributions, and environments that hold them and nothing of the checkout."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from setup.python_environment import find_uv, uv_environment

ROOT = Path(__file__).parents[2]


def uv(*arguments: str) -> None:
    """A command of uv; what it says is in the failure."""
    done = subprocess.run([find_uv(), *arguments], env=uv_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds the wheel of a distribution's folder, such as `policies`, once."""

    @cache
    def build(folder: str) -> Path:
        target = tmp_path_factory.mktemp("wheel")
        uv("build", "--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(target), folder)
        [built] = target.glob("*.whl")
        return built

    return lambda folder: build(str(ROOT / folder))


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a virtual environment with the given requirements: names of the index, or paths of wheels."""

    def create(*requirements: str, without_dependencies: tuple[str, ...] = ()) -> Path:
        folder = tmp_path_factory.mktemp("environment") / ".venv"
        uv("venv", "--quiet", "--python", sys.executable, str(folder))
        install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder / "bin" / "python"))
        uv(*install, *requirements)
        if without_dependencies:
            uv(*install, "--no-deps", *without_dependencies)
        return folder

    return create
