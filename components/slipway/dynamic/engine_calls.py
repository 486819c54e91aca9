"""What a dynamic resource's provider tells the engine beside its answers: progress, warnings, and errors without a traceback.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/engine.proto
"""

import inspect
import sys
from collections.abc import Callable
from typing import NoReturn

import grpc
import pulumi


def progress_to(urn: str) -> Callable[[str], None]:
    """A line that replaces the last one, beside the resource in the engine's display, or of the update where none is named."""
    return _log("INFO", urn, ephemeral=True)


def warn(line: str) -> None:
    """A warning of the update."""
    _log("WARNING")(line)


def _log(severity: str, urn: str = "", *, ephemeral: bool = False) -> Callable[[str], None]:
    # Only where the resource runs: a program, which only declares it, does not need it.
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc  # noqa: PLC0415

    # The engine hands its address to every provider's process as the first argument.
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))

    def say(line: str) -> None:
        level = engine_pb2.LogSeverity.Value(severity)
        engine.Log(engine_pb2.LogRequest(severity=level, message=line, urn=urn, ephemeral=ephemeral))

    return say


def end_without_traceback(message: str) -> NoReturn:
    """End the call with this message alone: an exception would be shown as a traceback, with a prefix.

    The SDK hands providers no gRPC context, so this takes that of the call it runs in. Raises RunError outside of a call.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if isinstance(context := frame.f_locals.get("context"), grpc.ServicerContext):
            context.abort(grpc.StatusCode.UNKNOWN, message)
        frame = frame.f_back
    raise pulumi.RunError(message)
