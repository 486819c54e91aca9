"""An inline program of the Automation API: its process, its workspace and its image are in three folders."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.docker_images.provider import DockerProvider
from slipway_sandbox.provider.protocol.serve import serve
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

pytestmark = pytest.mark.e2e

PROGRAM = Path(__file__).parent / "programs" / "inline_image.py"


@pytest.fixture(scope="module")
def providers() -> Iterator[str]:
    server, docker_port = serve(DockerProvider())
    with provider() as (aws_port, _):
        yield f"aws:{aws_port},docker:{docker_port}"
    server.stop(None).wait()


def preview(providers: str, folder: Path, context: Path) -> subprocess.CompletedProcess[str]:
    (folder / "app").mkdir()
    (folder / "app" / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    for name in ("state", "elsewhere"):
        (folder / name).mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    environment |= {
        "PATH": f"{Path.home()}/.pulumi/bin:{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_PROVIDERS": providers,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return subprocess.run(
        [sys.executable, PROGRAM, context],
        cwd=folder / "elsewhere",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_inline_program_builds_from_an_absolute_folder(providers: str, tmp_path: Path) -> None:
    previewed = preview(providers, tmp_path, tmp_path / "app")
    assert previewed.returncode == 0, previewed.stderr
    assert re.search(r"docker:index:Image +app-[0-9a-f]{8} create\n", previewed.stdout), previewed.stdout
