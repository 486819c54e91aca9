"""The stacks' state: whether it belongs to the present cloud, and is free to be worked on."""

import gzip
import json
import os
import socket
from pathlib import Path

from slipway_sandbox.errors import RESET, SandboxError
from slipway_sandbox.process.home import Home, write_private

STACKS = Path(".pulumi", "stacks")
LOCKS = Path(".pulumi", "locks")
SUFFIXES = (".json", ".json.gz")


def bind(home: Home, cloud_id: str, *, restored: bool) -> None:
    """Ties the stacks' state to the cloud, restored from its snapshot or new.

    Raises SandboxError for resources in a lost cloud, and for a lost or damaged state.
    """
    known = home.cloud_id.read_text().strip() if home.cloud_id.exists() else None
    if known == cloud_id:
        return
    if restored and known is None:
        raise SandboxError(
            f"the cloud of this sandbox was deployed by stacks whose state in {home.state} was removed; "
            f"put the state back, or run {RESET} to begin again with an empty cloud and an empty state"
        )
    for stack, resources in resources_by_stack(home).items():
        if resources:
            gone = (
                "a cloud that is not the one in the snapshot"
                if restored
                else "a cloud that is gone: it has no snapshot"
            )
            raise SandboxError(
                f"stack {stack!r} has {resources} resources in {gone}; "
                f"run {RESET} to begin again with an empty cloud and an empty state"
            )
    write_private(home.cloud_id, f"{cloud_id}\n".encode())


def resources_by_stack(home: Home) -> dict[str, int]:
    """Number of resources in the cloud, by stack. Raises SandboxError for a damaged state."""
    found = {}
    for path in sorted((home.state / STACKS).rglob("*")):
        suffix = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)
        if suffix is None or not path.is_file():
            continue
        try:
            content = path.read_bytes()
            latest = json.loads(gzip.decompress(content) if suffix.endswith(".gz") else content)["checkpoint"]["latest"]
            resources = (latest or {}).get("resources") or []
            found[path.name.removesuffix(suffix)] = sum(_is_in_the_cloud(resource["type"]) for resource in resources)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
            raise SandboxError(
                f"the stack's state {path} is damaged ({error}); put {path.name}.bak beside it in its place, "
                f"or run {RESET} to begin again with an empty cloud and an empty state"
            ) from error
    return found


def release_dead_locks(home: Home) -> list[int]:
    """Removes the locks of killed `pulumi` processes of this machine; returns the process numbers."""
    dead = []
    for path in sorted((home.state / LOCKS).rglob("*.json")):
        try:
            lock = json.loads(path.read_bytes())
            pid, host = int(lock["pid"]), lock["hostname"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written or taken away, or not of this form: Pulumi says what it makes of it
        if host == socket.gethostname() and not _lives(pid):
            path.unlink(missing_ok=True)
            dead.append(pid)
    return dead


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _is_in_the_cloud(resource_type: str) -> bool:
    return resource_type.startswith("aws:")
