"""The images in the registry's own files, as ECR lists them: with and without tag, with the time of their push.

The registry's API names no image without a tag and no time, and it cannot take one tag away.
Source: https://github.com/distribution/distribution/blob/v2.8.3/registry/storage/paths.go
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .upstream import Upstream, ask

PARTS = ("_manifests", "_layers", "_uploads")


@dataclass(frozen=True)
class StoredImage:
    """One manifest of a repository: an image, or an index of images."""

    digest: str
    manifest: str
    tags: tuple[str, ...]
    pushed_at: int
    """Seconds since 1970."""
    size_bytes: int
    """Configuration and layers, compressed; of an index the largest of its images."""

    @property
    def media_type(self) -> str:
        """Media type of the manifest, in its own words."""
        return str(json.loads(self.manifest).get("mediaType", "application/vnd.oci.image.manifest.v1+json"))


class Storage:
    """The files of a registry under `root`, and the registry itself for a new manifest."""

    def __init__(self, root: Path, upstream: Upstream) -> None:
        self._root = root / "docker" / "registry" / "v2"
        self._upstream = upstream

    def images(self, repository: str) -> list[StoredImage]:
        """Every image of a repository, the oldest push first."""
        tags: dict[str, list[str]] = {}
        for tag, digest in self._tags(repository):
            tags.setdefault(digest, []).append(tag)
        links = sorted(
            self._manifests(repository).glob("revisions/sha256/*/link"), key=lambda link: link.stat().st_mtime
        )
        return [
            StoredImage(
                digest, manifest, tuple(sorted(tags.get(digest, ()))), int(link.stat().st_mtime), size(manifest, self)
            )
            for link in links
            if (manifest := self.manifest(digest := link.read_text())) is not None
        ]

    def manifest(self, digest: str) -> str | None:
        """Text of a manifest; None without one."""
        algorithm, _, hexadecimal = digest.partition(":")
        try:
            return (self._root / "blobs" / algorithm / hexadecimal[:2] / hexadecimal / "data").read_text()
        except FileNotFoundError:
            return None

    def has_tag(self, repository: str, tag: str) -> bool:
        """Whether an image has this tag."""
        return (self._manifests(repository) / "tags" / tag / "current" / "link").exists()

    def put(self, repository: str, reference: str, manifest: str, media_type: str) -> bool:
        """Adds a manifest by tag or digest; False when the registry refuses it, as its layers are not there."""
        path = f"/v2/{repository}/manifests/{reference}"
        return ask(self._upstream, "PUT", path, manifest.encode(), media_type) == 201

    def untag(self, repository: str, tag: str) -> None:
        """Takes a tag away; its image stays."""
        shutil.rmtree(self._manifests(repository) / "tags" / tag, ignore_errors=True)

    def delete(self, repository: str, digest: str) -> None:
        """Takes an image away, with its tags. Layers stay: other images may share them."""
        for tag, tagged in list(self._tags(repository)):
            if tagged == digest:
                self.untag(repository, tag)
        shutil.rmtree(self._manifests(repository) / "revisions" / digest.replace(":", "/"), ignore_errors=True)

    def delete_repository(self, repository: str) -> None:
        """Takes a repository away; those below its name stay."""
        for part in PARTS:
            shutil.rmtree(self._root / "repositories" / repository / part, ignore_errors=True)

    def _manifests(self, repository: str) -> Path:
        return self._root / "repositories" / repository / "_manifests"

    def _tags(self, repository: str) -> Iterator[tuple[str, str]]:
        for link in self._manifests(repository).glob("tags/*/current/link"):
            yield link.parents[1].name, link.read_text()


def size(manifest: str, storage: Storage) -> int:
    """Bytes of an image."""
    content = json.loads(manifest)
    if "manifests" in content:
        members = [storage.manifest(entry["digest"]) for entry in content["manifests"]]
        return max((size(member, storage) for member in members if member is not None), default=0)
    return sum(int(blob["size"]) for blob in [content.get("config", {"size": 0}), *content.get("layers", [])])
