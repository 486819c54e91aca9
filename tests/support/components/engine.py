"""An engine that keeps what it is told, for tests of providers that run in a process of their own."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class Engine(engine_pb2_grpc.EngineServicer):
    """What the engine is told, and answers."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.told.append(request)
        return engine_pb2.LogRequest()


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine whose address this process was started with, as that of a provider is."""
    made = Engine()
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        engine_pb2_grpc.add_EngineServicer_to_server(made, server)
        monkeypatch.setattr(sys, "argv", ["provider", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"])
        server.start()
        yield made
        server.stop(None).wait()
