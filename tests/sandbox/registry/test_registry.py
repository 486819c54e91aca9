"""The image registry beside the cloud: real, on loopback only, its images kept and deletable."""

import hashlib
import http.client
import json
from typing import Any

from tests.sandbox.conftest import Box

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def _ask(
    box: Box, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any], bytes]:
    connection = http.client.HTTPConnection("localhost", box.status()["ports"]["registry"], timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def _push(box: Box, repository: str, tag: str) -> str:
    """Pushes the smallest image there is; returns its digest."""
    config = b"{}"
    digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
    _, headers, _ = _ask(box, "POST", f"/v2/{repository}/blobs/uploads/")
    upload = headers["Location"].partition("/v2/")[2]
    status, _, said = _ask(box, "PUT", f"/v2/{upload}&digest={digest}", config, Content_Type="application/octet-stream")
    assert status == 201, said
    blob = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": digest}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": blob, "layers": []}).encode()
    status, headers, said = _ask(box, "PUT", f"/v2/{repository}/manifests/{tag}", manifest, Content_Type=MANIFEST)
    assert status == 201, said
    pushed: str = headers["Docker-Content-Digest"]
    assert pushed == f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    return pushed


def test_images_are_kept_over_restart_and_kill_and_can_be_deleted(box: Box) -> None:
    box.must("start")
    digest = _push(box, "orders/api", "1")
    box.must("stop")
    box.must("start")
    assert json.loads(_ask(box, "GET", "/v2/orders/api/tags/list")[2])["tags"] == ["1"]
    box.kill()
    box.must("start")
    status, headers, _ = _ask(box, "HEAD", "/v2/orders/api/manifests/1", Accept=MANIFEST)
    assert (status, headers["Docker-Content-Digest"]) == (200, digest)
    assert _ask(box, "DELETE", f"/v2/orders/api/manifests/{digest}")[0] == 202
    assert _ask(box, "HEAD", "/v2/orders/api/manifests/1", Accept=MANIFEST)[0] == 404


def test_reset_empties_the_registry(box: Box) -> None:
    box.must("start")
    _push(box, "orders/api", "1")
    box.must("reset")
    assert json.loads(_ask(box, "GET", "/v2/_catalog")[2]) == {"repositories": []}


def test_settings_of_another_registry_in_the_environment_do_not_count(box: Box) -> None:
    ended = box.run("start", REGISTRY_HTTP_ADDR="127.0.0.1:1", REGISTRY_AUTH="none")
    assert ended.returncode == 0, ended.stderr
    assert box.status()["registry"] == "running"
    assert _ask(box, "GET", "/v2/")[0] == 200


def test_without_any_registry_the_fix_is_said_and_nothing_stays_behind(box: Box) -> None:
    """No docker-registry on PATH, no apt to fetch it, no Docker to run its image."""
    nowhere = str(box.home.path / "nowhere")
    message = box.refusal("start", PATH=nowhere, XDG_CACHE_HOME=nowhere, DOCKER_HOST=f"unix://{nowhere}")
    assert message.startswith(
        "there is no image registry on this machine and none could be installed; install the package docker-registry "
        "(Debian, Ubuntu) or make `docker pull registry:2` work ("
    )
    assert box.must("stop") == "The sandbox was not running\n"
