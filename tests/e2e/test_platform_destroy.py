"""`pulumi destroy` gives everything back: the cloud is as empty as a new one, the registry holds none of our tags."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.e2e.conftest import Platform
from tests.support.clone import run, sandbox_environment
from tests.support.cloud_contents import resources
from tests.support.commands import HANG_SECONDS

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_sandbox(platform: Platform, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a second, empty sandbox, for the same clone."""
    env = {**platform.env, "SLIPWAY_SANDBOX_DIR": str(tmp_path / "sandbox")}
    python = str(platform.root / ".venv" / "bin" / "python")
    assert run(platform.root, env, python, "-m", "slipway_sandbox", "start").returncode == 0
    try:
        yield sandbox_environment(platform.root, env)
    finally:
        run(platform.root, env, python, "-m", "slipway_sandbox", "stop")


def tags(image_uri: str) -> list[str]:
    """Tags of the image's repository in the registry."""
    host, _, repository = image_uri.partition("@")[0].partition("/")
    try:
        with urllib.request.urlopen(f"http://{host}/v2/{repository}/tags/list", timeout=HANG_SECONDS) as answer:
            return json.loads(answer.read())["tags"] or []
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return []


def test_destroy_leaves_the_cloud_as_empty_as_a_new_one(
    platform: Platform, own_sandbox: dict[str, str], tmp_path: Path
) -> None:
    empty = resources(own_sandbox)
    assert not any(empty.values()), "a new sandbox holds nothing of ours"
    config = tmp_path / "Pulumi.sandbox.yaml"
    key = tmp_path / "bastion.pem"
    own = (platform.root / "Pulumi.sandbox.yaml").read_text()
    config.write_text(f"{own}  slipway:bastionKeyFile: {key}\n")
    assert run(platform.root, own_sandbox, "pulumi", "stack", "init", "sandbox").returncode == 0
    up = run(platform.root, own_sandbox, "pulumi", "up", "--yes", "--skip-preview", "--config-file", str(config))
    assert up.returncode == 0, up.stdout
    image = run(platform.root, own_sandbox, "pulumi", "stack", "output", "imageUri").stdout.strip()
    full = resources(own_sandbox)
    assert [kind for kind, found in full.items() if not found] == []
    assert len(tags(image)) == 1
    assert key.exists()

    destroy = run(platform.root, own_sandbox, "pulumi", "destroy", "--yes", "--config-file", str(config))
    assert destroy.returncode == 0, destroy.stdout
    assert resources(own_sandbox) == empty
    assert tags(image) == []
    assert not key.exists()
    running = docker.from_env().containers.list(all=True)
    assert [container for container in running if image in container.attrs["Config"]["Image"]] == []
