"""The real CLI with this checkout's language host beside it, and projects on a file backend of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from setup.engine import hosts
from tests.support import commands

SECONDS = commands.HANG_SECONDS


@dataclass(frozen=True)
class Project:
    """A Pulumi program with the stack `dev`."""

    directory: Path
    environment: dict[str, str]
    cli: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `pulumi <arguments>`; stdout and stderr come as one text in `stdout`."""
        return commands.run([str(self.cli), *arguments], self.directory, self.environment)

    def succeed(self, *arguments: str) -> str:
        """Runs a command, requires its success, and returns its output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def up(self) -> str:
        """Deploys without asking."""
        return self.succeed("up", "--yes", "--skip-preview")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets masked."""
        found: dict[str, Any] = json.loads(self.succeed("stack", "output", "--json"))
        return found


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the installed CLI with this checkout's language host beside it, whatever host the machine uses."""
    installed = shutil.which("pulumi") or shutil.which(str(Path.home() / ".pulumi" / "bin" / "pulumi"))
    assert installed, "there is no Pulumi CLI to test with; run make ready"
    root = tmp_path_factory.mktemp("root")
    hosts.install(root)
    source, copy = Path(installed).resolve(), root / "bin" / "pulumi"
    try:
        os.link(source, copy)
    except OSError:  # another file system
        shutil.copy(source, copy)
    return copy


@pytest.fixture
def project(cli: Path, tmp_path: Path) -> Callable[..., Project]:
    """Makes a project from its program's text; `runtime` are runtime options, the rest goes into Pulumi.yaml as it is."""
    state = tmp_path / "state"
    state.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")} | {
        "PATH": os.pathsep.join([str(cli.parent), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "NO_COLOR": "1",
    }

    def make(program: str, runtime: dict[str, str] | None = None, **settings: Any) -> Project:
        directory = tmp_path / "project"
        directory.mkdir(exist_ok=True)
        options = {"virtualenv": sys.prefix} | (runtime or {})
        content = {"name": "sample", "runtime": {"name": "python", "options": options}} | settings
        (directory / "Pulumi.yaml").write_text(json.dumps(content))
        (directory / settings.get("main", "__main__.py")).write_text(program)
        made = Project(directory, environment, cli)
        made.succeed("stack", "init", "dev")
        return made

    return make


@pytest.fixture
def virtualenv() -> Callable[[Path], None]:
    """Makes a virtual environment with the packages of the tests' own one."""

    def make(place: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=SECONDS)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = Path(sys.prefix) / "lib" / version / "site-packages"
        (place / "lib" / version / "site-packages" / "tests.pth").write_text(str(packages))

    return make
