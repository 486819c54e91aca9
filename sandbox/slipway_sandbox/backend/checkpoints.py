"""The state files of stacks, and the copies that Pulumi keeps of them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BOOKKEEPING = Path(".pulumi")
STACKS = BOOKKEEPING / "stacks"
# Each as <folder>/<project>/<stack>/<file>: written at the end of every update.
COPIES = ((BOOKKEEPING / "backups", "*.json*"), (BOOKKEEPING / "history", "*.checkpoint.json*"))
SUFFIXES = (".json", ".json.gz")
ATTRIBUTES = ".attrs"


@dataclass(frozen=True)
class StackFile:
    """The state file of one stack, in the backend's directory `state`."""

    state: Path
    path: Path

    @property
    def stack(self) -> str:
        return self.path.name.removesuffix(self._suffix)

    def copies(self) -> list[Path]:
        """Pulumi's copies of it, the newest first: of the last save, and of the end of every update."""
        project = self.path.parent.relative_to(self.state / STACKS)
        found = [self.path.with_name(f"{self.path.name}.bak")]
        for folder, pattern in COPIES:
            found += (self.state / folder / project / self.stack).glob(pattern)
        files = [path for path in found if path.is_file() and path.suffix != ATTRIBUTES]
        return sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def readable_copy(self) -> Path | None:
        """The newest copy that can be read; None without one."""
        return next((path for path in self.copies() if is_checkpoint(path)), None)

    @property
    def _suffix(self) -> str:
        return next(suffix for suffix in SUFFIXES if self.path.name.endswith(suffix))


def stack_files(state: Path) -> Iterator[StackFile]:
    """The state file of every stack of every project."""
    for path in sorted((state / STACKS).rglob("*")):
        if path.name.endswith(SUFFIXES) and path.is_file():
            yield StackFile(state, path)


def stacks_of(state: Path, project: str) -> set[str]:
    """Names of the stacks of a project."""
    return {file.stack for file in stack_files(state) if file.path.parent.name == project}


def cloud_resources(path: Path) -> int:
    """Number of resources of AWS in a state file, or in a copy of one. Raises OSError or ValueError for a damaged one."""
    content = path.read_bytes()
    try:
        text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        latest = json.loads(text)["checkpoint"]["latest"]
        return sum(resource["type"].startswith("aws:") for resource in (latest or {}).get("resources") or [])
    except (KeyError, TypeError, AttributeError, EOFError) as error:
        raise ValueError(str(error)) from error


def is_checkpoint(path: Path) -> bool:
    """Whether a file is a whole state."""
    try:
        cloud_resources(path)
    except (OSError, ValueError):
        return False
    return True
