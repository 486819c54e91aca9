"""The image registry beside the cloud: real, on loopback only, its images kept and deletable."""

import json

from tests.sandbox.conftest import Box
from tests.support.sandbox.registry_client import MANIFEST, ask, push


def test_images_are_kept_over_restart_and_kill_and_can_be_deleted(box: Box) -> None:
    box.must("start")
    box.client("ecr").create_repository(repositoryName="orders/api")
    box.saved()
    digest = push(box, "orders/api", "1")
    box.must("stop")
    box.must("start")
    assert json.loads(ask(box, "GET", "/v2/orders/api/tags/list")[2])["tags"] == ["1"]
    box.kill()
    box.must("start")
    status, headers, _ = ask(box, "HEAD", "/v2/orders/api/manifests/1", Accept=MANIFEST)
    assert (status, headers["Docker-Content-Digest"]) == (200, digest)
    assert ask(box, "DELETE", f"/v2/orders/api/manifests/{digest}")[0] == 202
    assert ask(box, "HEAD", "/v2/orders/api/manifests/1", Accept=MANIFEST)[0] == 404


def test_reset_empties_the_registry(box: Box) -> None:
    box.must("start")
    box.client("ecr").create_repository(repositoryName="orders/api")
    push(box, "orders/api", "1")
    box.must("reset")
    assert json.loads(ask(box, "GET", "/v2/_catalog")[2]) == {"repositories": []}


def test_settings_of_another_registry_in_the_environment_do_not_count(box: Box) -> None:
    ended = box.run("start", REGISTRY_HTTP_ADDR="127.0.0.1:1", REGISTRY_AUTH="none")
    assert ended.returncode == 0, ended.stderr
    assert box.status()["registry"] == "running"
    assert ask(box, "GET", "/v2/")[0] == 200


def test_without_any_registry_the_fix_is_said_and_nothing_stays_behind(box: Box) -> None:
    """No docker-registry on PATH, no apt to fetch it, no Docker to run its image."""
    nowhere = str(box.home.path / "nowhere")
    message = box.refusal("start", PATH=nowhere, XDG_CACHE_HOME=nowhere, DOCKER_HOST=f"unix://{nowhere}")
    assert message.startswith(
        "there is no image registry on this machine and none could be installed; install the package docker-registry "
        "(Debian, Ubuntu) or make `docker pull registry:2` work ("
    )
    assert box.must("stop") == "The sandbox was not running\n"
