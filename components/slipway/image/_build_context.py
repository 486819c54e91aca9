"""Digests of the files in a Docker build. An unchanged tree has the same digests on every machine.

The content digest covers what git stores: names, bytes, links, and the owner's permission to execute. Other permissions
depend on the umask of a clone, and times and owners on the machine, so they make no new release.
Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

IGNORE_FILE = ".dockerignore"
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Pattern:
    """One line of an ignore file."""

    text: str
    keeps: bool
    """The line begins with `!`: it takes matching files back in."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression over whole paths."""
        return re.compile(_translated(self.text))


@dataclass(frozen=True)
class Digests:
    """Two digests of a build, each of 64 hexadecimal characters."""

    content: str
    """Digest of settings and of content, as git stores it."""
    modes: str
    """Digest of names and full modes. The docker provider builds again when a mode changes."""


def digests(context: Path, dockerfile: Path, settings: str) -> Digests:
    """Digests of a build context, its Dockerfile and its settings."""
    content, modes = hashlib.sha256(), hashlib.sha256()
    _feed(content, "settings", settings)
    _feed(content, "dockerfile", _content(dockerfile))
    for path in seen_files(context, ignore_patterns(context, dockerfile)):
        entry = context / path
        mode = entry.lstat().st_mode
        _feed(modes, path, stat.filemode(mode))
        if stat.S_ISLNK(mode):
            _feed(content, "link", path, str(entry.readlink()))
        elif stat.S_ISREG(mode):
            _feed(content, "program" if mode & stat.S_IXUSR else "file", path, _content(entry))
    return Digests(content.hexdigest(), modes.hexdigest())


def owner_only(context: Path, dockerfile: Path) -> list[str]:
    """Files of the build that their owner alone may read, as under umask 077."""
    paths = seen_files(context, ignore_patterns(context, dockerfile))
    modes = ((path, (context / path).lstat().st_mode) for path in paths)
    return [path for path, mode in modes if stat.S_ISREG(mode) and not mode & stat.S_IROTH]


def ignore_patterns(context: Path, dockerfile: Path) -> list[Pattern]:
    """Patterns of the Dockerfile's own ignore file, otherwise of the context's."""
    for candidate in (dockerfile.with_name(dockerfile.name + IGNORE_FILE), context / IGNORE_FILE):
        if candidate.is_file():
            lines = candidate.read_text(encoding="utf-8-sig").splitlines()
            return [_pattern(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    return []


def seen_files(context: Path, patterns: Sequence[Pattern]) -> Iterator[str]:
    """Paths of the build's files and links, with `/` between their parts, in a stable order."""
    can_take_back = any(pattern.keeps for pattern in patterns)
    for folder, folders, files in os.walk(context):
        inside = Path(folder).relative_to(context)
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*files, *linked]):
            path = (inside / name).as_posix()
            if not is_ignored(path, patterns):
                yield path
        folders[:] = sorted(
            name for name in folders if can_take_back or not is_ignored((inside / name).as_posix(), patterns)
        )


def is_ignored(path: str, patterns: Sequence[Pattern]) -> bool:
    """The last pattern that matches the path, or a folder above it, leaves it out."""
    steps = [path, *(str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")]
    ignored = False
    for pattern in patterns:
        if any(pattern.regex.fullmatch(step) for step in steps):
            ignored = not pattern.keeps
    return ignored


def _pattern(line: str) -> Pattern:
    keeps = line.startswith("!")
    text = line[1:].strip() if keeps else line
    return Pattern(os.path.normpath(text.lstrip("/")), keeps)


def _translated(text: str) -> str:
    """Regular expression for a pattern of Go's filepath.Match, with Docker's `**` for any number of folders."""
    out = ""
    rest = text
    while rest:
        if rest.startswith("**"):
            rest = rest[2:]
            out, rest = (out + "(?:.*/)?", rest[1:]) if rest.startswith("/") else (out + ".*", rest)
        elif rest[0] == "[" and "]" in rest[2:]:
            end = rest.index("]", 2)
            inner = rest[1:end].replace("\\", "\\\\")
            out, rest = f"{out}[{inner}]", rest[end + 1 :]
        elif rest[0] == "\\" and len(rest) > 1:
            out, rest = out + re.escape(rest[1]), rest[2:]
        else:
            out, rest = out + {"*": "[^/]*", "?": "[^/]"}.get(rest[0], re.escape(rest[0])), rest[1:]
    return out


def _content(path: Path) -> str:
    """Digest of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", *parts: str) -> None:
    """Add parts with their lengths, so different lists of parts have different digests."""
    for part in parts:
        data = os.fsencode(part)
        digest.update(len(data).to_bytes(8, "big") + data)
