"""The images of a repository in the registry, in ECR's place.

Source: https://distribution.github.io/distribution/spec/api/
"""

import http.client
import json
from collections.abc import Iterable

from slipway_sandbox.provider.protocol.errors import ProviderError

from .ecr_rules import immutable_tag, is_immutable

TIMEOUT_SECONDS = 10.0
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
)


def tags(registry: str, repository: str) -> list[str]:
    """Tags of a repository; none before the first push. Raises ProviderError when the registry does not answer."""
    status, _, body = _ask(registry, "GET", f"/v2/{repository}/tags/list")
    return sorted(json.loads(body).get("tags") or []) if status == http.client.OK else []


def digest(registry: str, repository: str, name: str) -> str | None:
    """Digest of the image with this tag or digest; None without one. Raises ProviderError."""
    status, digest, _ = _ask(registry, "HEAD", f"/v2/{repository}/manifests/{name}")
    return digest if status == http.client.OK else None


def refuse_taken(registry: str, repository: str, tag: str) -> None:
    """Refuses to push an existing tag to a repository of immutable tags, as ECR does. Raises ProviderError."""
    if is_immutable(repository, tag) and digest(registry, repository, tag) is not None:
        raise ProviderError(
            f"pushing {registry}/{repository}:{tag} failed: tag invalid: {immutable_tag(repository, tag)}"
        )


def delete_images(registry: str, repository: str, names: Iterable[str]) -> None:
    """Deletes the images behind these tags, and so the tags. Raises ProviderError when the registry refuses."""
    for name in names:
        status, digest, _ = _ask(registry, "HEAD", f"/v2/{repository}/manifests/{name}")
        if status == http.client.NOT_FOUND:  # it went with another tag of the same image
            continue
        status, _, body = _ask(registry, "DELETE", f"/v2/{repository}/manifests/{digest}")
        if status not in (http.client.ACCEPTED, http.client.NOT_FOUND):
            raise ProviderError(
                f"the registry at {registry} does not delete {repository}:{name} (HTTP {status}: "
                f"{body.decode(errors='replace')[:200]}); start it with deletion enabled"
            )


def _ask(registry: str, method: str, path: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(registry, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, headers={"Accept": MANIFESTS})
        response = connection.getresponse()
        return response.status, response.headers.get("Docker-Content-Digest", ""), response.read()
    except (OSError, http.client.HTTPException) as error:
        raise ProviderError(
            f"the registry at {registry} does not answer ({error}); `slipway sandbox start` starts it"
        ) from error
    finally:
        connection.close()
