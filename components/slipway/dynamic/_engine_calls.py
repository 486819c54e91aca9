"""Messages of a dynamic resource's provider to the engine: progress, and errors without a traceback.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/engine.proto
"""

import inspect
import sys
from collections.abc import Callable
from typing import NoReturn

import grpc
import pulumi


def progress_to(urn: str) -> Callable[[str], None]:
    """A function to show progress: each line replaces the last one, beside the resource of the URN."""
    # Imported where the resource runs: a program only declares it and does not need this.
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc  # noqa: PLC0415

    # The engine hands its address to every provider's process as the first argument.
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))

    def say(line: str) -> None:
        engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True))

    return say


def end_without_traceback(message: str) -> NoReturn:
    """End the call with this message alone: an exception would be shown as a traceback, with a prefix.

    The SDK gives providers no gRPC context, so this takes the context of the running call from the stack of frames.
    Raises RunError outside of a call.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if isinstance(context := frame.f_locals.get("context"), grpc.ServicerContext):
            context.abort(grpc.StatusCode.UNKNOWN, message)
        frame = frame.f_back
    raise pulumi.RunError(message)
