"""The stacks' state: whether it belongs to the present cloud."""

from slipway_sandbox.backend import StackFile, cloud_resources, stack_files
from slipway_sandbox.errors import RESET, SandboxError
from slipway_sandbox.process.home import Home, write_private


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
    for file in stack_files(home.state):
        try:
            found[file.stack] = cloud_resources(file.path)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the stack's state {file.path} is damaged ({error}){_remedy(file)}") from error
    return found


def _remedy(file: StackFile) -> str:
    if file.readable_copy():
        return "; run `slipway sandbox start`, which puts the newest of Pulumi's copies in its place"
    return (
        " and none of Pulumi's copies of it can be read; put a copy of yours in its place, "
        f"or run {RESET} to begin again with an empty cloud and an empty state"
    )
