"""slipway-components by the address of a git repository, as a team installs it before there is a release."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from setup import distributions
from tests.support.uv_command import uv

ROOT = Path(__file__).parents[2]

PROGRAM = "import slipway; print(slipway.__version__, slipway.Queue.__name__, slipway.__file__)"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the components of this repository's last commit."""
    environment = tmp_path_factory.mktemp("git") / ".venv"
    uv("venv", "--quiet", "--no-project", str(environment))
    address = f"slipway-components @ git+{ROOT.as_uri()}#subdirectory=components"
    uv("pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), address)
    return environment / "bin" / "python"


def test_the_components_of_a_commit_are_imported_from_the_environment(python: Path, tmp_path: Path) -> None:
    done = subprocess.run([str(python), "-c", PROGRAM], capture_output=True, text=True, cwd=tmp_path, check=True)
    version, queue, file = done.stdout.split()
    assert (version, queue) == ("0.1.0", "Queue")
    assert Path(file).is_relative_to(python.parents[1])


def test_no_distribution_requires_the_name_of_another_tool() -> None:
    for folder in distributions.folders():
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        assert project["name"].startswith("slipway-")
        assert not [
            entry for entry in project["dependencies"] if entry.split(">")[0].split("=")[0].strip() == "slipway"
        ]
