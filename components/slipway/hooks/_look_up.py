"""A look-up from a hook, by the component's own provider, so with its credentials, account and region.

The SDK's own look-up waits for one of its 32 threads. They may all wait for resources, which wait for the engine, which
waits for the hooks that look up; so this look-up has a thread of its own.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc
from pulumi_aws import _utilities

from slipway.common import Context

THREAD = ThreadPoolExecutor(1, "hooks")  # makes its thread with the first look-up
RETURNED = "returned an error: "


def has_engine() -> bool:
    """Whether an engine calls hooks. Mocks announce hooks, but have no server to call them."""
    return isinstance(pulumi.runtime.settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub)


async def look_up(context: Context, token: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Result of a look-up of the AWS provider, in camel case, with secrets in the plain. Raises grpc.RpcError."""
    parent = context.child.parent
    provider = parent.get_provider(token) if parent is not None else None
    reference = f"{await provider.urn.future()}::{await provider.id.future() or rpc.UNKNOWN}" if provider else ""
    inputs = Struct()
    inputs.update(args)
    # The version of the component's own default provider: another one would have to be made first.
    version = _utilities.get_version()  # type: ignore[no-untyped-call]
    request = resource_pb2.ResourceInvokeRequest(
        tok=token, args=inputs, provider=reference, version=version, acceptResources=True
    )
    monitor = cast("resource_pb2_grpc.ResourceMonitorStub", pulumi.runtime.settings.get_monitor())
    answer = await asyncio.get_running_loop().run_in_executor(THREAD, monitor.Invoke, request)
    found = rpc.deserialize_properties(getattr(answer, "return"))
    return {key: rpc.unwrap_rpc_secret(value) for key, value in found.items()}


def cause(error: grpc.RpcError) -> str:
    """The provider's words in the engine's answer."""
    return " ".join(str(error.details()).rpartition(RETURNED)[2].split())
