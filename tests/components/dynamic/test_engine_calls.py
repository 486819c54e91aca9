"""What providers tell the engine beside their answers."""

import grpc
import pulumi
import pytest
from pulumi.runtime.proto import engine_pb2

from slipway.dynamic._engine_calls import end_without_traceback, progress_to
from tests.support.components.engine import Engine


def test_progress_is_a_line_beside_the_service_that_replaces_the_last_one(engine: Engine) -> None:
    progress_to("urn:shop")("shop:7: 1 of 2 tasks run")
    assert engine.told == [
        engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message="shop:7: 1 of 2 tasks run", urn="urn:shop", ephemeral=True
        )
    ]


class Context:
    """The gRPC context of a call, as far as ending it goes."""

    def __init__(self) -> None:
        self.ended: list[tuple[grpc.StatusCode, str]] = []

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        """As gRPC's own, which raises too."""
        self.ended.append((code, details))
        raise RuntimeError


grpc.ServicerContext.register(Context)


def test_a_call_ends_with_its_message_alone() -> None:
    made = Context()

    def call(context: Context) -> None:
        assert context is made
        end_without_traceback("one\ntwo")

    with pytest.raises(RuntimeError):
        call(made)
    assert made.ended == [(grpc.StatusCode.UNKNOWN, "one\ntwo")]


def test_without_a_call_to_end_the_message_is_raised() -> None:
    with pytest.raises(pulumi.RunError, match=r"^one$"):
        end_without_traceback("one")
