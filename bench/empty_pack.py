#!/usr/bin/env python3
# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""A policy pack that answers each call at once: the part of a preview that the engine's calls and gRPC take.

`bench/policies.py` starts it with its own interpreter, in place of the pack.
"""

import grpc
from pulumi.runtime.proto import analyzer_pb2

from slipway_policies.engine.pack import Pack
from slipway_policies.engine.server import Analyzer, serve


class EmptyPack(Analyzer):
    """Looks at nothing."""

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        return analyzer_pb2.AnalyzeResponse()


serve(EmptyPack(Pack([])))
