# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""A provider that does nothing: what is left of an update's time is the engine's, the program's and the wire's."""

import importlib.metadata
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.servicer import BaseServicer
from slipway_sandbox.provider.protocol.wire import Properties

ARN = "arn:aws:sqs:eu-west-1:123456789012:nothing"


class NoopProvider(BaseServicer[Properties]):
    """Stands for pulumi-aws, accepts everything and remembers nothing."""

    name = "aws"

    def __init__(self) -> None:
        super().__init__()
        self.version = importlib.metadata.version("pulumi-aws")

    def configure(self, values: Properties, engine: Engine) -> Properties:
        return values

    def Check(self, request: provider_pb2.CheckRequest, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: provider_pb2.DiffRequest, context: Any) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: provider_pb2.CreateRequest, context: Any) -> provider_pb2.CreateResponse:
        for name in ("arn", "url", "name"):
            if name not in request.properties:
                request.properties[name] = ARN
        return provider_pb2.CreateResponse(id=request.name, properties=request.properties)

    def Delete(self, request: provider_pb2.DeleteRequest, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()
