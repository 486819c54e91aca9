"""Serving a provider: errors come back as sentences, and instances are told apart by their connection."""

import logging
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.serve import serve
from slipway_sandbox.provider.protocol.servicer import BaseServicer


class Example(BaseServicer[wire.Properties]):
    """Answers Read with its configuration, and Create with an error by name."""

    name = "example"
    version = "1.2.3"

    def configure(self, values: wire.Properties, engine: Engine) -> wire.Properties:
        return values

    def Read(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:  # noqa: N802
        return provider_pb2.ReadResponse(id=request.id, properties=wire.to_struct(self.configuration(context)))

    def Create(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:  # noqa: N802
        if request.name == "incomplete":
            raise IncompleteResourceError("half made", "i-1", {"a": wire.Secret(1)}, {"b": 2})
        if request.name == "refused":
            raise ProviderError("no such thing; ask for another")
        raise KeyError(request.name)


@pytest.fixture
def port() -> Iterator[int]:
    server, port = serve(Example())
    yield port
    server.stop(None).wait()


@pytest.fixture
def stub(port: int) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def test_the_plugin_says_which_version_it_stands_for(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"


def test_a_refusal_is_shown_as_it_is(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest(name="refused"))
    assert (caught.value.code(), caught.value.details()) == (
        grpc.StatusCode.UNKNOWN,
        "no such thing; ask for another",
    )


def test_an_incomplete_resource_is_handed_to_the_engine_for_its_state(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest(name="incomplete"))
    metadata: dict[str, Any] = dict(list(caught.value.trailing_metadata() or ()))  # type: ignore[arg-type]
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("i-1", ["half made"])
    assert wire.from_struct(detail.properties) == {"a": wire.Secret(1)}
    assert wire.from_struct(detail.inputs) == {"b": 2}


def test_a_bug_is_an_error_and_the_server_lives_on(
    stub: provider_pb2_grpc.ResourceProviderStub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest(name="bug"))
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert str(caught.value.details()).startswith(
        "the sandbox's provider failed in Create: KeyError: 'bug'; the traceback"
    )
    assert "Traceback" in caplog.text
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"


def test_a_bug_shows_no_secret_to_the_user_and_none_to_the_log(
    stub: provider_pb2_grpc.ResourceProviderStub, caplog: pytest.LogCaptureFixture
) -> None:
    request = provider_pb2.CreateRequest(name="hush-hush", properties=wire.to_struct({"a": wire.Secret("hush-hush")}))
    with caplog.at_level(logging.DEBUG), pytest.raises(grpc.RpcError) as caught:
        stub.Create(request)
    assert "KeyError: '[secret]'; the traceback" in str(caught.value.details())
    assert "KeyError: '[secret]'" in caplog.text
    assert "hush" not in f"{caplog.text} {caught.value.details()}"


def test_instances_keep_their_own_configuration(port: int) -> None:
    regions = ["eu-west-1", "us-east-1"]
    channels = [grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)]) for _ in regions]
    stubs = [provider_pb2_grpc.ResourceProviderStub(channel) for channel in channels]
    for stub, region in zip(stubs, regions, strict=True):
        stub.Configure(provider_pb2.ConfigureRequest(args=wire.to_struct({"region": region})))
    read = [wire.from_struct(stub.Read(provider_pb2.ReadRequest(id="1")).properties)["region"] for stub in stubs]
    assert read == regions
    for channel in channels:
        channel.close()


def test_a_call_on_a_connection_that_was_never_configured_is_refused(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    with pytest.raises(grpc.RpcError, match="the example provider was restarted during the update"):
        stub.Read(provider_pb2.ReadRequest(id="1"))


def test_a_taken_port_is_named(port: int) -> None:
    with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 is taken"):
        serve(Example(), port)
