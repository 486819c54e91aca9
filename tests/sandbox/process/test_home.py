"""Where the sandbox is: one for each user, `.sandbox` in a checkout, or the directory that a variable names."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.conftest import ROOT

LOCATE = "from slipway_sandbox.process.home import locate; print(locate().path)"


def _located(package: Path, **variables: str) -> str:
    command = [sys.executable, "-c", LOCATE]
    environment = {"PYTHONPATH": str(package), **variables}
    return subprocess.run(
        command, env=environment, cwd="/", stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is where pip has installed it: in no checkout."""
    folder = tmp_path_factory.mktemp("site-packages")
    shutil.copytree(ROOT / "sandbox" / "slipway_sandbox", folder / "slipway_sandbox")
    return folder


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/state/slipway/sandbox"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state"}, "/state/slipway/sandbox"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "relative"}, "/home/me/.local/state/slipway/sandbox"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state", "SLIPWAY_SANDBOX_DIR": "/other"}, "/other"),
    ],
)
def test_an_installed_sandbox_is_the_user_s(installed: Path, variables: dict[str, str], path: str) -> None:
    assert _located(installed, **variables) == path


def test_a_checkout_has_its_own(installed: Path) -> None:
    assert _located(ROOT / "sandbox", HOME="/home/me") == str(ROOT / ".sandbox")
    assert _located(ROOT / "sandbox", HOME="/home/me", SLIPWAY_SANDBOX_DIR="/other") == "/other"
