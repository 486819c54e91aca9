"""Resources that the plugin has itself, such as the key file of a bastion: the engine's questions, and their providers' answers.

In a program in Python they are dynamic resources, with the same providers.
Source: https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/provider.proto
"""
# ruff: noqa: N802 - the engine's names

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeVar

import grpc
import grpc.aio
import pulumi
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi import dynamic
from pulumi.runtime import proto, rpc

from slipway.dynamic import served_providers

from ._plugin import Plugin

Context = grpc.aio.ServicerContext
T = TypeVar("T")
Props = dict[str, Any]
# Of its own: the SDK's few threads may all wait for resources, for which the engine waits for an answer from here.
THREADS = ThreadPoolExecutor(4, "resources")


class Resources:
    """A servicer's answers about the resources that the plugin has; every other type is refused."""

    _providers: Mapping[str, dynamic.ResourceProvider] = served_providers()
    provider: Plugin

    async def Check(self, request: proto.CheckRequest, context: Context[Any, Any]) -> proto.CheckResponse:
        """The inputs, with what the provider knows of the outputs."""
        provider = await self._provider(request.urn, context)
        olds, news = props_of(request.olds), props_of(request.news)
        found = await self._answer(context, lambda: provider.check(olds, news))
        failures = [proto.CheckFailure(property=it.property, reason=it.reason) for it in found.failures]
        return proto.CheckResponse(inputs=struct(found.inputs), failures=failures)

    async def Diff(self, request: proto.DiffRequest, context: Context[Any, Any]) -> proto.DiffResponse:
        """Whether the resource changes, and what replaces it."""
        provider = await self._provider(request.urn, context)
        olds, news = props_of(request.olds), props_of(request.news)
        found = await self._answer(context, lambda: provider.diff(request.id, olds, news))
        changes = proto.DiffResponse.DIFF_SOME if found.changes else proto.DiffResponse.DIFF_NONE
        return proto.DiffResponse(changes=changes, replaces=found.replaces)

    async def Create(self, request: proto.CreateRequest, context: Context[Any, Any]) -> proto.CreateResponse:
        """The id and the outputs of a new resource."""
        provider = await self._provider(request.urn, context)
        made = await self._answer(context, lambda: provider.create(props_of(request.properties)))
        return proto.CreateResponse(id=made.id, properties=struct(made.outs or {}))

    async def Read(self, request: proto.ReadRequest, context: Context[Any, Any]) -> proto.ReadResponse:
        """The outputs of a resource that exists."""
        provider = await self._provider(request.urn, context)
        found = await self._answer(context, lambda: provider.read(request.id, props_of(request.properties)))
        return proto.ReadResponse(id=found.id or request.id, properties=struct(found.outs or {}), inputs=request.inputs)

    async def Update(self, request: proto.UpdateRequest, context: Context[Any, Any]) -> proto.UpdateResponse:
        """The outputs of a changed resource."""
        provider = await self._provider(request.urn, context)
        olds, news = props_of(request.olds), props_of(request.news)
        changed = await self._answer(context, lambda: provider.update(request.id, olds, news))
        return proto.UpdateResponse(properties=struct(changed.outs or {}))

    async def Delete(self, request: proto.DeleteRequest, context: Context[Any, Any]) -> Empty:
        """Nothing, once the resource is gone."""
        provider = await self._provider(request.urn, context)
        await self._answer(context, lambda: provider.delete(request.id, props_of(request.properties)))
        return Empty()

    async def _provider(self, urn: str, context: Context[Any, Any]) -> dynamic.ResourceProvider:
        kind = urn.split("::")[2].rpartition("$")[2]
        if kind not in self._providers:
            await refuse(context, f"{kind} is no resource; the resources are {', '.join(sorted(self._providers))}")
        return self._providers[kind]

    async def _answer(self, context: Context[Any, Any], ask: Callable[[], T]) -> T:
        """The answer of a provider, which may read files or ask AWS. An error is its sentence alone."""
        try:
            return await asyncio.get_running_loop().run_in_executor(THREADS, ask)
        except (pulumi.RunError, OSError) as error:
            await refuse(context, self.provider.sentence(str(error)))


async def refuse(context: Context[Any, Any], sentence: str) -> NoReturn:
    """End the call with this sentence."""
    await context.abort(grpc.StatusCode.UNKNOWN, sentence)
    raise AssertionError  # abort raises


def props_of(message: Struct) -> Props:
    """Properties in the engine's message, an unknown one as the SDK's mark. None is secret."""
    found: Props = rpc.deserialize_properties(message, keep_unknowns=True)
    return found


def struct(props: Mapping[str, Any]) -> Struct:
    """Properties as a message."""
    message = Struct()
    message.update(props)
    return message
