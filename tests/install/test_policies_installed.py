"""The pack from an empty environment outside of the checkout stops the preview of a program with a broken rule."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import HANG_SECONDS

PROGRAM = """\
import pulumi

public = {"networkConfiguration": {"assignPublicIp": True}}
pulumi.ComponentResource("aws:ecs/service:Service", "api", public)
"""  # components may bear a provider's type, and need no provider


@pytest.fixture(scope="module")
def installed(environment: Callable[..., Path]) -> Path:
    """The programs of an environment with slipway-policies and its dependencies."""
    return environment("slipway-policies") / "bin"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in `folder`, with the state there; nothing of the checkout is on PATH."""
    pulumi = shutil.which("pulumi", path=f"{os.environ['PATH']}:{Path.home() / '.pulumi' / 'bin'}")
    assert pulumi, "no pulumi on PATH nor in ~/.pulumi/bin; run `make ready`"
    clean = {
        "PATH": f"{Path(pulumi).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(Path.home()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_CONFIG_PASSPHRASE": "only for this test",
    }
    return subprocess.run(
        command, capture_output=True, text=True, env=clean, cwd=folder, timeout=HANG_SECONDS, check=False
    )


def test_the_rules_are_listed_and_their_data_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, str(installed / "slipway"), "policies", "rules", "--json")
    assert done.returncode == 0, done.stderr
    assert "ecs-service-no-public-ip" in {rule["name"] for rule in json.loads(done.stdout)}


@pytest.mark.engine
def test_a_preview_is_stopped_by_the_installed_pack(installed: Path, tmp_path: Path) -> None:
    project = {"name": "shop", "runtime": {"name": "python", "options": {"virtualenv": str(installed.parent)}}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(project))
    (tmp_path / "__main__.py").write_text(PROGRAM)
    pack = run(tmp_path, str(installed / "slipway"), "policies", "path").stdout.rstrip("\n")
    assert Path(pack).parent == installed
    made = run(tmp_path, "pulumi", "stack", "init", "dev")
    assert made.returncode == 0, made.stderr
    previewed = run(tmp_path, "pulumi", "preview", "--non-interactive", "--policy-pack", pack)
    assert previewed.returncode != 0
    assert "networkConfiguration.assignPublicIp is true" in previewed.stdout, previewed.stdout + previewed.stderr
