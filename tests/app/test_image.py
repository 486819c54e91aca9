"""The sample's image, built from a clone under umask 077: its own user can run it."""

import contextlib
import shutil
from pathlib import Path

import docker
import pytest

from setup.base_image import TAG

APP = Path(__file__).parents[2] / "app"


@pytest.mark.e2e
def test_the_image_of_a_clone_under_umask_077_runs_as_its_user(tmp_path: Path) -> None:
    clone = tmp_path / "app"
    shutil.copytree(APP, clone)
    (clone / "requirements.txt").write_text(
        ""
    )  # the dependencies need the network, and pip installs them for everybody
    for path in (clone, *clone.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    with contextlib.closing(docker.from_env()) as client:
        image, _ = client.images.build(path=str(clone), buildargs={"BASE_IMAGE": TAG}, rm=True)
        try:
            script = "import os, app.orders; print(os.getuid())"
            said = client.containers.run(str(image.id), ["python", "-c", script], remove=True, network_disabled=True)
        finally:
            client.images.remove(str(image.id), force=True)
    assert said == b"10001\n"
