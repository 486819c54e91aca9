"""Switches off five habits of the Pulumi SDK that slow a program down.

The official language host and ours start a program alike, so the program itself is the place for this.
Source: docs/upstream.md, with measurements.
"""

import asyncio
import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePath

import pulumi
from pulumi.runtime import resource, settings, stack
from pulumi.runtime.proto import source_pb2

from ._on_demand import load_on_demand

DEBUG_VARIABLE = "PULUMI_OPTION_DEBUG"  # the CLI takes the default of --debug from it
DEBUG_FLAGS = ("--debug", "-d", "--logtostderr", "--tracing")
MOST_ANCESTORS = 5  # program, language host, its launcher, CLI
SDK_WAIT = stack.wait_for_rpcs


def speed_up_program() -> bool:
    """Make this program faster, and return whether that was done. Call it first in `__main__.py`.

    Example::

        import pulumi
        from slipway import speed_up_program

        speed_up_program()

    Five things end for the rest of the process:

    - Debug lines of the SDK. Each is a call that waits for the engine, shown or not.
    - The cyclic garbage collector. It walks outputs again and again, and they never become garbage.
    - The Python stack of each resource, which the SDK walks and encodes. Only the engine's own tools show it.
    - The wait for one output at a time at the end. The SDK looks at all outputs again each time one of them is there.
    - The import of whole packages of `pulumi_aws`. A module of one is loaded when one of its names is first used.

    Nothing changes where debug output is asked for: by `--debug`, `-d` or `--logtostderr` of the CLI that runs the
    program, or by PULUMI_OPTION_DEBUG. Importing `slipway` alone changes nothing.
    """
    if debug_requested():
        return False
    pulumi.log.debug = _no_debug_line
    resource._get_stack_trace = _no_stack_trace  # noqa: SLF001 - the SDK has no switch, see docs/upstream.md
    stack.wait_for_rpcs = _wait_for_outputs_together
    gc.disable()
    load_on_demand()
    return True


def debug_requested() -> bool:
    """Whether the user asked the Pulumi CLI that runs this program for debug output."""
    if os.environ.get(DEBUG_VARIABLE, "").lower() in ("1", "true"):
        return True
    return any(argument in DEBUG_FLAGS for argument in cli_arguments())


def cli_arguments() -> list[str]:
    """Arguments of the Pulumi CLI above this process; none where there is no such CLI, as in tests."""
    for command in _ancestors():
        if PurePath(command[0]).name in ("pulumi", "pulumi.exe"):
            return command[1:]
    return []


def _ancestors() -> Iterator[list[str]]:
    """Command lines of this process's parents, the nearest first."""
    process = os.getppid()
    for _ in range(MOST_ANCESTORS):
        if process <= 1:
            return
        command, process = _process(process)
        if command:
            yield command


def _process(number: int) -> tuple[list[str], int]:
    """Command line and parent of a process; none and 0 where it is gone or not ours to see."""
    folder = Path("/proc") / str(number)
    try:
        if folder.exists():
            command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            # The name in brackets may hold spaces; the parent is the second field after it.
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            return [argument for argument in command if argument], int(parent)
        asked = ["ps", "-o", "ppid=,args=", "-p", str(number)]
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.split()
        return shown[1:], int(shown[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return [], 0


def _no_debug_line(
    msg: str,
    resource: pulumi.Resource | None = None,
    stream_id: int | None = None,
    ephemeral: bool | None = None,
) -> None:
    """Takes the place of pulumi.log.debug, and sends nothing."""


def _no_stack_trace() -> source_pb2.StackTrace:
    """Takes the place of the walk over the Python stack."""
    return source_pb2.StackTrace()


async def _wait_for_outputs_together(await_all_outstanding_tasks: bool = True) -> None:
    """Takes the place of the wait at the end of the program: the SDK's own wait then finds at most a failed output."""
    if await_all_outstanding_tasks:
        await SDK_WAIT(await_all_outstanding_tasks=False)
        while outputs := _tracked_outputs():
            done, _ = await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)
            if any(output.cancelled() or output.exception() for output in done):
                break
    await SDK_WAIT(await_all_outstanding_tasks)


def _tracked_outputs() -> list[asyncio.Task[object]]:
    """Outputs that are not there yet, or failed."""
    with settings.SETTINGS.lock:
        return list(settings.SETTINGS.outputs)
