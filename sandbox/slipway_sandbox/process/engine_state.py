"""The engine's own files in the sandbox's backend: which update works on a stack, and what the stack's state has."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

READERS: dict[str, Callable[[bytes], bytes]] = {".json": bytes, ".json.gz": gzip.decompress}


class EngineState:
    """Pulumi's file backend in `directory`. A stack is named as in URNs, `<stack>::<project>`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / ".pulumi"

    def update_of(self, stack: str) -> str | None:
        """The name of the lock that the update at work holds; None when no update is at work, or several locks lie there."""
        name, _, project = stack.partition("::")
        locks = list((self._directory / "locks" / "organization" / project / name).glob("*.json"))
        return locks[0].stem if len(locks) == 1 else None

    def resources_of(self, stack: str) -> set[tuple[str, str]] | None:
        """Type and id of every resource; none for a stack without a state, None when the state cannot be read."""
        name, _, project = stack.partition("::")
        files = [self._directory / "stacks" / project / f"{name}{suffix}" for suffix in READERS]
        file = next((file for file in files if file.exists()), None)
        if file is None:
            return set()
        try:
            reader = READERS["".join(file.suffixes[-2:]) if file.suffix == ".gz" else file.suffix]
            latest = json.loads(reader(file.read_bytes()))["checkpoint"]["latest"] or {}
            resources = latest.get("resources") or []
            return {(resource["type"], resource.get("id", "")) for resource in resources}
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None
