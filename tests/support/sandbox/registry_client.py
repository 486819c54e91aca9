"""A client of the sandbox's registry, without Docker."""

import hashlib
import http.client
import json
import urllib.request
from typing import Any

from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def ask(
    box: Box, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any], bytes]:
    """Status, headers and body of an answer of the registry."""
    connection = http.client.HTTPConnection("localhost", box.status()["ports"]["registry"], timeout=HANG_SECONDS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def push(box: Box, repository: str, tag: str, config: bytes = b"{}") -> str:
    """Pushes the smallest image there is; returns its digest."""
    digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
    _, headers, _ = ask(box, "POST", f"/v2/{repository}/blobs/uploads/")
    upload = headers["Location"].partition("/v2/")[2]
    status, _, said = ask(box, "PUT", f"/v2/{upload}&digest={digest}", config, Content_Type="application/octet-stream")
    assert status == 201, said
    blob = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": digest}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": blob, "layers": []}).encode()
    status, headers, said = ask(box, "PUT", f"/v2/{repository}/manifests/{tag}", manifest, Content_Type=MANIFEST)
    assert status == 201, said.decode()
    pushed: str = headers["Docker-Content-Digest"]
    assert pushed == f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    return pushed


def manifest(name: str) -> tuple[str, dict[str, Any]]:
    """Digest and content behind an image name in the registry."""
    host, _, rest = name.partition("/")
    repository, _, tag = rest.partition(":")
    url = f"http://{host}/v2/{repository}/manifests/{tag}"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": MANIFEST})) as answer:
        content: dict[str, Any] = json.load(answer)
        return answer.headers["Docker-Content-Digest"], content


def tags(name: str) -> list[str]:
    """Tags of an image's repository in the registry."""
    host, _, rest = name.partition("/")
    with urllib.request.urlopen(f"http://{host}/v2/{rest.partition(':')[0]}/tags/list") as answer:
        return sorted(json.load(answer)["tags"] or [])
