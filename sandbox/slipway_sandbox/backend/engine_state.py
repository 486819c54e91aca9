"""The engine's own files in the sandbox's backend: which update works on a stack, what the state has, what is pending."""

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from slipway_sandbox.process.home import write_private

OURS = ("aws:", "docker:", "pulumi-python:dynamic:")  # types of whose creations the sandbox knows, or which repeat them
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

    def end_creations(self) -> dict[str, int]:
        """Takes the creations of killed updates out of the state, where Pulumi would warn of them for ever.

        Returns their number by stack. The provider has a record of its own of what they made.
        """
        ended = {}
        for file in sorted((self._directory / "stacks").glob("*/*.json")):
            if list((self._directory / "locks" / "organization" / file.parent.name / file.stem).glob("*.json")):
                continue
            try:
                document = json.loads(file.read_bytes())
                latest = document["checkpoint"]["latest"] or {}
                pending = latest.get("pending_operations") or []
                kept = [operation for operation in pending if not _is_creation_of_ours(operation)]
            except (OSError, ValueError, KeyError, TypeError):
                continue  # it is damaged, and `start` says so
            if len(kept) < len(pending):
                latest["pending_operations"] = kept
                write_private(file, json.dumps(document, indent=4).encode())
                ended[file.stem] = len(pending) - len(kept)
        return ended


def _is_creation_of_ours(operation: Mapping[str, object]) -> bool:
    resource = operation.get("resource")
    return (
        operation.get("type") == "creating"
        and isinstance(resource, dict)
        and str(resource.get("type")).startswith(OURS)
    )
