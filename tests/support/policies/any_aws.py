"""An aws provider for every resource of every type: previews then depend on policies only."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.serve import serve
from slipway_sandbox.provider.protocol.servicer import BaseServicer
from slipway_sandbox.provider.protocol.wire import Properties

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


class AnyAws(BaseServicer[Properties]):
    """Inputs are outputs; ids and ARNs are known once a resource is made, as with the real provider."""

    name = "aws"
    version = "7.51.1"

    def configure(self, values: Properties, engine: Engine) -> Properties:
        return values

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:  # noqa: N802 - the protocol's name
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:  # noqa: N802
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        kind, _, name = request.urn.rpartition("::")
        service = kind.rpartition("::")[2].split(":")[1].partition("/")[0]
        made = {"arn": f"arn:aws:{service}:eu-west-1:123456789012:{name}", "url": f"https://sqs/{name}", "name": name}
        return provider_pb2.CreateResponse(id=f"{name}-1", properties=_with(request.properties, made))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:  # noqa: N802
        inputs = struct_pb2.Struct()
        inputs.update({"name": request.id, "imageTagMutability": "MUTABLE"})
        outputs = _with(inputs, {"repositoryUrl": f"{REGISTRY}/{request.id}"})
        return provider_pb2.ReadResponse(id=request.id, inputs=inputs, properties=outputs)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)


def _with(properties: struct_pb2.Struct, more: dict[str, str]) -> struct_pb2.Struct:
    result = struct_pb2.Struct()
    result.update(more)
    result.MergeFrom(properties)
    return result


@contextmanager
def attached() -> Iterator[dict[str, str]]:
    """The environment variable for the engine to use this provider as aws, while it serves."""
    server, port = serve(AnyAws())
    yield {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
    server.stop(grace=5).wait()
