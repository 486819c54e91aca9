"""speed_up_program: what it switches off, when it does not, and whether the SDK still has what it switches off."""

import gc
import inspect
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime import resource, stack

from slipway.program import speed

PROGRAM = """
import gc, json, sys
import pulumi
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import engine_pb2

lines, traces = [], []


class Engine:
    def Log(self, request):
        lines.append(request.severity)

    def GetRootResource(self, request):
        return engine_pb2.GetRootResourceResponse(urn="")

    def SetRootResource(self, request):
        return engine_pb2.SetRootResourceResponse()


class Mocks(mocks.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", args.inputs

    def call(self, args):
        return {}


class Monitor(mocks.MockMonitor):
    def RegisterResource(self, request):
        traces.append((request.type, len(request.stackTrace.frames)))
        return super().RegisterResource(request)


mocks.set_mocks(Mocks(), monitor=Monitor(Mocks()))
settings.SETTINGS.engine = Engine()
import slipway

imported = [gc.isenabled(), pulumi.log.debug.__module__]
done = slipway.speed_up_program() if sys.argv[1] == "fast" else None


@pulumi.runtime.test
def program():
    return slipway.Queue("orders", {}).queue_arn


program()
# The stack itself is registered before a program runs.
print(json.dumps({"done": done, "imported": imported, "debug": lines.count(engine_pb2.DEBUG),
                  "frames": sum(n for kind, n in traces if kind != "pulumi:pulumi:Stack"), "resources": len(traces), "collector": gc.isenabled()}))
"""

# Fifty values that come one after the other, once the program waits for them.
WAITING = """
import asyncio, json, sys
import pulumi
from pulumi.runtime import mocks
import slipway


class Mocks(mocks.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", args.inputs

    def call(self, args):
        return {}


mocks.set_mocks(Mocks())
looks, values = [], []
wait = asyncio.wait


async def make_values():
    for number, value in enumerate(values):
        value.set_result(number)
        for _ in range(10):
            await asyncio.sleep(0)


def counted(outputs, **options):
    if not looks:
        asyncio.ensure_future(make_values())
    looks.append(len(outputs))
    return wait(outputs, **options)


asyncio.wait = counted
if sys.argv[1] == "fast":
    slipway.speed_up_program()


@pulumi.runtime.test
def program():
    for _ in range(50):
        values.append(asyncio.get_running_loop().create_future())
        pulumi.Output.from_input(values[-1])
    if sys.argv[2:] == ["fails"]:
        pulumi.Output.from_input(asyncio.get_running_loop().create_future())
        pulumi.Output.from_input(values[9]).apply(lambda number: [][number])


try:
    program()
    error = ""
except IndexError as failure:
    error = str(failure)
print(json.dumps({"looks": len(looks), "outputs": sum(looks), "error": error}))
"""


@dataclass(frozen=True)
class Seen:
    """What one run of the program did."""

    done: bool | None
    imported: list[object]
    debug: int
    frames: int
    resources: int
    collector: bool


@cache
def run(mode: str, **environment: str) -> Seen:
    env = {**os.environ, **environment}
    ended = subprocess.run([sys.executable, "-c", PROGRAM, mode], env=env, capture_output=True, text=True, check=True)
    return Seen(**json.loads(ended.stdout))


def test_a_program_that_does_not_ask_keeps_what_the_sdk_does() -> None:
    seen = run("plain")
    assert seen.imported == [True, "pulumi.log"], "importing slipway changes nothing"
    assert seen.collector is True
    assert seen.debug >= 6, "each registration logs, shown or not"
    assert seen.frames >= 6, "each registration carries its stack"


def test_a_program_that_asks_sends_no_debug_line_and_no_stack_and_has_no_collector() -> None:
    seen = run("fast")
    assert (seen.done, seen.debug, seen.frames, seen.collector) == (True, 0, 0, False)
    assert seen.resources == run("plain").resources


@pytest.mark.parametrize(
    ("mode", "ending", "looks", "outputs", "error"),
    [
        ("plain", "completes", 50, 2550, ""),
        ("fast", "completes", 1, 100, ""),
        ("plain", "fails", 11, 1044, "list index out of range"),
        ("fast", "fails", 2, 188, "list index out of range"),
    ],
)
def test_a_program_that_asks_waits_for_its_outputs_together_and_ends_at_the_first_that_fails(
    mode: str, ending: str, looks: int, outputs: int, error: str
) -> None:
    ended = subprocess.run([sys.executable, "-c", WAITING, mode, ending], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == {"looks": looks, "outputs": outputs, "error": error}


def test_debug_output_asked_for_by_the_environment_leaves_all_as_it_is() -> None:
    seen, plain = run("fast", PULUMI_OPTION_DEBUG="true"), run("plain")
    assert (seen.done, seen.collector) == (False, True)
    assert (seen.debug, seen.frames) == (plain.debug, plain.frames)


@pytest.mark.parametrize(
    ("flags", "debug"),
    [
        (["up", "--debug"], True),
        (["preview", "-d", "--yes"], True),
        (["up", "--logtostderr", "-v=9"], True),
        (["up", "--yes"], False),
        (["stack", "--debug-providers"], False),
    ],
)
def test_debug_output_is_seen_in_the_command_line_of_the_cli_above(
    tmp_path: Path, flags: list[str], debug: bool
) -> None:
    # A copy of the shell by the CLI's name, with a language host between it and the program.
    cli = tmp_path / "pulumi"
    cli.symlink_to("/bin/sh")
    script = f"{sys.executable} -c 'from slipway.program.speed import debug_requested as d; print(d())'; true"
    ended = subprocess.run(
        [str(cli), "-c", f'/bin/sh -c "{script}"; true', *flags], capture_output=True, text=True, check=True
    )
    assert ended.stdout == f"{debug}\n"


def test_the_sdk_still_has_what_is_switched_off() -> None:
    ours, theirs = inspect.signature(speed._no_debug_line), inspect.signature(pulumi.log.debug)  # noqa: SLF001
    assert list(ours.parameters) == list(theirs.parameters)
    walk = resource._get_stack_trace  # noqa: SLF001 - the SDK has no switch for it
    assert not inspect.signature(walk).parameters
    assert "_get_stack_trace()" in inspect.getsource(resource.register_resource)
    assert "extract_stack" in inspect.getsource(walk)
    ours, theirs = inspect.signature(speed._wait_for_outputs_together), inspect.signature(speed.SDK_WAIT)  # noqa: SLF001
    assert list(ours.parameters) == list(theirs.parameters)
    assert "pending_outputs, return_when=asyncio.FIRST_COMPLETED" in inspect.getsource(speed.SDK_WAIT)
    assert "await wait_for_rpcs()" in inspect.getsource(stack.run_pulumi_func)
    assert gc.isenabled(), "no test leaves the collector off"
