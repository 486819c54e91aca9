"""The sandbox's registry, whose images are ECR's: one that is attached, or none in a test of moto alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from moto.ecr.models import ECRBackend, Image, Repository


class StoredImage(Protocol):
    """An image in the registry."""

    @property
    def digest(self) -> str: ...
    @property
    def manifest(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def pushed_at(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...


class ImageStore(Protocol):
    """The images of a registry, by repository."""

    def images(self, repository: str, /) -> Sequence[StoredImage]: ...
    def put(self, repository: str, reference: str, manifest: str, media_type: str, /) -> bool: ...
    def untag(self, repository: str, tag: str, /) -> None: ...
    def delete(self, repository: str, digest: str, /) -> None: ...
    def delete_repository(self, repository: str, /) -> None: ...


@dataclass(frozen=True)
class Registry:
    """A running registry: host and port for Docker, and its images."""

    address: str
    store: ImageStore


_attached: list[Registry] = []


def attach(registry: Registry) -> None:
    """From now on ECR's images are those of this registry."""
    _attached.append(registry)


def detach() -> None:
    """Ends the last attachment."""
    _attached.pop()


def attached() -> Registry | None:
    """The registry of this process; None without one."""
    return _attached[-1] if _attached else None


def refresh(backend: ECRBackend) -> None:
    """Gives moto's repositories the images that the registry has now."""
    if registry := attached():
        for repository in list(backend.repositories.values()):
            repository.images = _present(repository, registry.store)


def size_of(image: Image) -> int | None:
    """Bytes of an image in the registry; None for one that moto alone knows."""
    size: int | None = vars(image).get("size_bytes")
    return size


def digest_of(manifest: str) -> str:
    """Digest of a manifest, as registries count it.

    >>> digest_of("{}")[:14]
    'sha256:44136fa'
    """
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"


def _present(repository: Repository, store: ImageStore) -> list[Image]:
    known = {image.get_image_digest(): image for image in repository.images}
    return [
        _shown(known.get(stored.digest) or _new(repository, stored), stored) for stored in store.images(repository.name)
    ]


def _new(repository: Repository, stored: StoredImage) -> Image:
    tag = stored.tags[-1] if stored.tags else ""
    account = repository.account_id
    return Image(
        account, tag, stored.manifest, repository.name, stored.media_type, stored.digest, repository.registry_id
    )


def _shown(image: Image, stored: StoredImage) -> Image:
    image.image_tags = list(stored.tags)
    image.image_tag = stored.tags[-1] if stored.tags else None  # type: ignore[assignment] # so moto has it
    image.image_pushed_at = stored.pushed_at
    vars(image)["size_bytes"] = stored.size_bytes
    return image
