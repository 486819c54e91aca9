"""Runs a construction under mocks to its end, and records it."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks as sdk
from pulumi.runtime import resource, rpc, stack
from pulumi.runtime.settings import SETTINGS

from slipway.program import speed_up_program

from ._mocks import Mocks
from ._recording import Recording, Registered

STACK_TYPE = "pulumi:pulumi:Stack"


def build(construct: Callable[[], object], mocks: Mocks | None = None) -> Recording:
    """Build components under mocks, wait for all of their outputs, and return what was registered.

    `construct` takes nothing and makes components, as a program does. `mocks` answers. Default: `Mocks()`. Example::

        from slipway import Queue
        from slipway.testing import build

        work = build(lambda: Queue("work", {"max_receives": 3}))
        policy = work.find("RedrivePolicy", "work").inputs["redrivePolicy"]
        assert '"maxReceiveCount": 3' in policy

    The working directory is the program's folder. Raises what `construct` raises, such as ArgumentError.
    """
    recording = Recording()
    record(construct, mocks or Mocks(), recording)
    return recording


def record(construct: Callable[[], object], mocks: Mocks, recording: Recording) -> None:
    """The same, into a recording that is there already."""
    with own_loop(), quick_sdk():
        sdk.set_mocks(mocks, monitor=Monitor(mocks, recording))
        SETTINGS.root_directory = str(Path.cwd())  # a program in a folder, and not an inline one
        pulumi.runtime.test(construct)()  # type: ignore[no-untyped-call]


class Monitor(sdk.MockMonitor):
    """Keeps what the mocks do not: options, look-ups and registered outputs."""

    def __init__(self, mocks: Mocks, recording: Recording) -> None:
        super().__init__(mocks)
        self.recording = recording

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's
        """Answer and record a look-up."""
        args = rpc.deserialize_properties(request.args)
        self.recording.calls.append(sdk.MockCallArgs(token=request.tok, args=args, provider=request.provider))
        with own_loop():
            return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's
        """Register and record a resource."""
        with own_loop():
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != STACK_TYPE:
            inputs = rpc.deserialize_properties(request.object)
            inputs.pop("__provider", None)
            self.recording.resources.append(
                Registered(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs=inputs,
                    outputs=rpc.deserialize_properties(response.object) if request.custom else {},
                    depends_on={short(urn) for urn in request.dependencies},
                    ignore_changes=list(request.ignoreChanges),
                    replace_on_changes=list(request.replaceOnChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                    provider=request.provider,
                    replacement_trigger=trigger(request),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's
        """Record a component's outputs."""
        outputs = rpc.deserialize_properties(request.outputs)
        for registered in self.recording.resources:
            if registered.urn == request.urn:
                registered.outputs = outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def trigger(request: Any) -> object:
    """The value whose change replaces the resource; None without one."""
    if not request.HasField("replacement_trigger"):
        return None
    wrapped = Struct(fields={"trigger": request.replacement_trigger})
    return rpc.deserialize_properties(wrapped)["trigger"]


def short(urn: str) -> str:
    """URN to its type's last part and its name."""
    *_, types, name = urn.split("::")
    return f"{types.rsplit(':', maxsplit=1)[-1]} {name}"


@contextmanager
def own_loop() -> Iterator[None]:
    """An event loop for this thread that is closed in the end; the SDK's mocks leave theirs open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def quick_sdk() -> Iterator[None]:
    """The SDK without its brakes, as in a program that asks for speed; afterwards as it was."""
    debug, stack_trace, collects = pulumi.log.debug, resource._get_stack_trace, gc.isenabled()  # noqa: SLF001 - no switch
    wait = stack.wait_for_rpcs
    speed_up_program()
    try:
        yield
    finally:
        pulumi.log.debug = debug
        resource._get_stack_trace = stack_trace  # noqa: SLF001
        stack.wait_for_rpcs = wait
        if collects:
            gc.enable()
