"""Tags of a registry on this machine, by its HTTP API.

Source: https://distribution.github.io/distribution/spec/api/
"""

import hashlib
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.provider.docker_image import Reference
from sandbox.provider.errors import ProviderError

TIMEOUT_SECONDS = 10.0
_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_OCI = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
_ACCEPT = f"application/vnd.docker.distribution.manifest.v2+json, {_LIST}, {_OCI}"


def digest(reference: Reference, tag_or_digest: str) -> str | None:
    """Digest of a manifest as the registry has it, or None when it has none. Raises ProviderError."""
    with _ask(reference, "HEAD", f"/v2/{reference.repository}/manifests/{tag_or_digest}") as response:
        return response.headers["Docker-Content-Digest"] if response.status == http.client.OK else None


def delete_tag(reference: Reference) -> None:
    """Remove one tag, and nothing else that points to the same image. A tag that is gone is no error.

    Raises ProviderError. A registry only deletes by digest, and with it every tag of that image; so the tag is first
    pointed at an empty list of images, and that is deleted.
    """
    path = f"/v2/{reference.repository}/manifests"
    if digest(reference, reference.tag) is None:
        return
    # The tag's name makes the list, and so its digest, one that no other tag has.
    empty = json.dumps({"schemaVersion": 2, "mediaType": _LIST, "manifests": [], "tag": reference.tag}).encode()
    with _ask(reference, "PUT", f"{path}/{reference.tag}", empty) as response:
        _expect(response, http.client.CREATED, reference)
    with _ask(reference, "DELETE", f"{path}/sha256:{hashlib.sha256(empty).hexdigest()}") as response:
        _expect(response, http.client.ACCEPTED, reference)


@contextmanager
def _ask(reference: Reference, method: str, path: str, body: bytes | None = None) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(reference.host, timeout=TIMEOUT_SECONDS)
    try:
        headers = {"Accept": _ACCEPT} | ({"Content-Type": _LIST} if body is not None else {})
        connection.request(method, path, body, headers)
        yield connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise ProviderError(
            f"the registry at {reference.host} does not answer ({error}); `python -m sandbox start` starts it"
        ) from error
    finally:
        connection.close()


def _expect(response: http.client.HTTPResponse, status: int, reference: Reference) -> None:
    if response.status != status:
        answer = response.read(500).decode(errors="replace")
        raise ProviderError(
            f"the registry at {reference.host} does not delete {reference.repository}:{reference.tag} "
            f"(HTTP {response.status}: {answer}); start it with deletion enabled"
        )
