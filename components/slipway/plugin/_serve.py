"""Serves the plugin to the engine.

Source: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/python/lib/pulumi/provider/server.py
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
import grpc.aio
import pulumi
from pulumi.provider.server import ProviderServicer
from pulumi.runtime import proto
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from ._plugin import Plugin
from ._resources import Resources

Context = grpc.aio.ServicerContext
# The SDK has no class for the failure of a look-up, whose reason is AWS's or the engine's, and no fault of the plugin.
# Source: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/python/lib/pulumi/runtime/invoke.py
LOOKUP_FAILED = "invoke of "
ENGINE_STOPS = "grpc: the client connection is closing"
STOPPED = "the update stopped before it was made; the other errors say why"


class _Servicer(Resources, ProviderServicer):
    """The SDK's servicer, with refusals that stand alone.

    A component may also refuse an output, once that is known. And at the first refusal the engine ends all that is under way,
    each with an error of its own, `grpc: the client connection is closing`; a look-up fails with these words, too.
    """

    provider: Plugin

    def __init__(self, provider: Plugin, arguments: list[str]) -> None:
        super().__init__(provider, arguments, engine_address=arguments[0])
        self.engine_address = Engine(arguments[0], provider.sentence)  # type: ignore[assignment]  # the SDK takes a stub, too
        self._under_way = 0
        self._ended = asyncio.Condition()

    async def _construct(self, request: proto.ConstructRequest, context: Context) -> proto.ConstructResponse:  # type: ignore[type-arg]
        refusal: Exception
        self._under_way += 1
        try:
            return await super()._construct(request, context)
        except pulumi.RunError as error:  # such as a red verdict; the SDK shows its class beside it
            sentence = self.provider.sentence(str(error), request.type.rpartition(":")[2])
            refusal = pulumi.InputPropertiesError(sentence, [])
        except Exception as error:  # noqa: BLE001 - raised below
            refusal = told(error)
        finally:
            self._under_way -= 1
            async with self._ended:
                self._ended.notify_all()
        # An update stops at once; a preview makes nothing, and may tell every refusal.
        if request.dryRun:
            async with self._ended:
                await self._ended.wait_for(lambda: self._under_way == 0)
        raise refusal


def told(error: Exception) -> Exception:
    """An error of a construction as the engine shows it: a sentence where it is no fault of the plugin."""
    text = str(error)
    if ENGINE_STOPS in text:
        return pulumi.InputPropertiesError(STOPPED, [])
    return pulumi.InputPropertiesError(text, []) if text.startswith(LOOKUP_FAILED) else error


class Engine:
    """The engine, to which warnings and lines of progress go with the names that the program uses."""

    def __init__(self, address: str, wording: Callable[[str], str]) -> None:
        self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address, options=_GRPC_CHANNEL_OPTIONS))
        self._wording = wording

    def __getattr__(self, call: str) -> object:
        """Any other call."""
        return getattr(self._stub, call)

    def Log(self, request: engine_pb2.LogRequest) -> object:  # noqa: N802 - the engine's name
        """A message to the user."""
        request.message = self._wording(request.message)
        return self._stub.Log(request)


def serve(plugin: Plugin, arguments: list[str]) -> None:
    """Serve until the engine ends the process. The first argument is the engine's address."""

    async def until_ended() -> None:
        # Questions without an answer here, such as DiffConfig, need a thread. The loop's own may all wait for resources, for
        # which the engine waits with its question.
        threads = ThreadPoolExecutor(2, "unanswered")
        server = grpc.aio.server(migration_thread_pool=threads, options=_GRPC_CHANNEL_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(plugin, arguments), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        print(port, flush=True)
        await server.wait_for_termination()

    try:
        asyncio.run(until_ended())
    except KeyboardInterrupt:
        sys.exit(130)
