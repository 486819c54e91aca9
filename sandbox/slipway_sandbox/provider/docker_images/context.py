"""A build context on disk: its files outside of .dockerignore, their digest, and an archive of them."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from docker.utils import build as docker_files


@dataclass(frozen=True)
class Context:
    """A folder and its Dockerfile; the latter may lie outside."""

    root: Path
    dockerfile: Path

    def digest(self) -> str:
        """SHA-256 over name, mode and content of each file for the build, the Dockerfile first.

        As in pulumi-docker, a link counts by its target; folders and times do not count. Raises OSError.
        """
        digest = hashlib.sha256()
        _add(digest, self.dockerfile, "Dockerfile")
        for name in self._files():
            _add(digest, self.root / name, name)
        return digest.hexdigest()

    def archive(self, gzip: bool = False) -> tuple[IO[bytes], str]:
        """The context as a tar file, to be closed by the caller, and the Dockerfile's name in it. Raises OSError."""
        name = self._name_inside()
        content = None
        if name is None:
            content = self.dockerfile.read_text()
            name = f".dockerfile.{hashlib.sha256(content.encode()).hexdigest()[:16]}"  # no file has this name
        archive = docker_files.tar(self.root, exclude=self._patterns(), dockerfile=(name, content), gzip=gzip)
        return cast(IO[bytes], archive), name  # a temporary file

    def _name_inside(self) -> str | None:
        """The Dockerfile's path within the context, or None when it lies outside."""
        relative = os.path.relpath(self.dockerfile, self.root)
        return None if Path(relative).parts[0] == os.pardir else relative

    def _files(self) -> list[str]:
        name = self._name_inside() or ".dockerfile"
        paths = docker_files.exclude_paths(str(self.root), self._patterns(), dockerfile=name)
        return sorted(path for path in paths if not stat.S_ISDIR((self.root / path).lstat().st_mode))

    def _patterns(self) -> list[str]:
        """Patterns of `<Dockerfile>.dockerignore` where there is one, else of .dockerignore in the context."""
        for file in (Path(f"{self.dockerfile}.dockerignore"), self.root / ".dockerignore"):
            if file.is_file():
                lines = (line.strip() for line in file.read_text().splitlines())
                return [line for line in lines if line and not line.startswith("#")]
        return []


def _add(digest: "hashlib._Hash", file: Path, name: str) -> None:
    mode = file.lstat().st_mode
    content = hashlib.sha256()
    if stat.S_ISLNK(mode):
        content.update(os.fsencode(file.readlink()))
    elif stat.S_ISREG(mode):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256")
    digest.update(f"{name}\0{mode:o}\0".encode(errors="surrogateescape") + content.digest())
