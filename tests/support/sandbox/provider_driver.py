"""Drives a provider over gRPC as the engine does, one resource at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from slipway_sandbox.provider.protocol import wire
from tests.support.commands import HANG_SECONDS

Values = Mapping[str, Any]


class ProviderCallError(Exception):
    """The engine's message for the user, and the incomplete resource for the state."""

    detail: provider_pb2.ErrorResourceInitFailed | None = None


@dataclass
class Live:
    """A resource as the state would record it."""

    token: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def urn(self) -> str:
        return urn(self.token, self.name)


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::test::{token}::{name}"


def named(reason: str) -> tuple[str, str]:
    """The property's path and the broken rule, from the reason of a failure."""
    path, _, rule = reason.partition(": ")
    return path, rule


class Driver:
    """One provider instance."""

    def __init__(self, port: int, configuration: Values | None = None) -> None:
        self.port = port
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)])
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self._call("Configure", provider_pb2.ConfigureRequest(args=wire.to_struct(configuration or {})))

    def close(self) -> None:
        self.channel.close()

    def cancel(self) -> None:
        self._call("Cancel", empty_pb2.Empty())

    def check(self, token: str, name: str, inputs: Values, olds: Values | None = None) -> tuple[dict[str, Any], Any]:
        request = provider_pb2.CheckRequest(
            urn=urn(token, name), name=name, type=token, news=wire.to_struct(inputs), olds=wire.to_struct(olds or {})
        )
        request.randomSeed = name.encode()
        reply = self._call("Check", request)
        assert [failure.property for failure in reply.failures if failure.property] == [], "the engine prints its value"
        return wire.from_struct(reply.inputs), [named(failure.reason) for failure in reply.failures]

    def checked(self, token: str, name: str, inputs: Values, olds: Values | None = None) -> dict[str, Any]:
        checked, failures = self.check(token, name, inputs, olds)
        assert failures == []
        return checked

    def preview(self, token: str, name: str, inputs: Values) -> dict[str, Any]:
        properties = wire.to_struct(self.checked(token, name, inputs))
        request = provider_pb2.CreateRequest(
            urn=urn(token, name), name=name, type=token, properties=properties, preview=True
        )
        return wire.from_struct(self._call("Create", request).properties)

    def create(self, token: str, name: str, inputs: Values, timeout_seconds: float = HANG_SECONDS) -> Live:
        checked = self.checked(token, name, inputs)
        request = provider_pb2.CreateRequest(urn=urn(token, name), name=name, type=token, timeout=timeout_seconds)
        request.properties.CopyFrom(wire.to_struct(checked))
        reply = self._call("Create", request)
        return Live(token, name, reply.id, checked, wire.from_struct(reply.properties))

    def incomplete(self, error: ProviderCallError, token: str, name: str) -> Live:
        """The incomplete resource, as the state records it."""
        assert error.detail is not None
        inputs, outputs = wire.from_struct(error.detail.inputs), wire.from_struct(error.detail.properties)
        return Live(token, name, error.detail.id, inputs, outputs)

    def diff(self, live: Live, inputs: Values) -> dict[str, Any]:
        """Changed and replaced properties, and the kinds by path; the inputs are checked first."""
        request = provider_pb2.DiffRequest(
            urn=live.urn,
            name=live.name,
            type=live.token,
            id=live.id,
            olds=wire.to_struct(live.outputs),
            old_inputs=wire.to_struct(live.inputs),
            news=wire.to_struct(self.checked(live.token, live.name, inputs, live.inputs)),
        )
        reply = self._call("Diff", request)
        kinds = provider_pb2.PropertyDiff.Kind
        return {
            "changed": list(reply.diffs),
            "replaces": list(reply.replaces),
            "before": reply.deleteBeforeReplace,
            "details": {path: kinds.Name(diff.kind) for path, diff in reply.detailedDiff.items()},
        }

    def update(self, live: Live, inputs: Values) -> Live:
        checked, outputs = self._update(live, inputs, preview=False)
        return Live(live.token, live.name, live.id, checked, outputs)

    def preview_update(self, live: Live, inputs: Values) -> dict[str, Any]:
        return self._update(live, inputs, preview=True)[1]

    def _update(self, live: Live, inputs: Values, *, preview: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        checked = self.checked(live.token, live.name, inputs, live.inputs)
        request = provider_pb2.UpdateRequest(
            urn=live.urn,
            name=live.name,
            type=live.token,
            id=live.id,
            olds=wire.to_struct(live.outputs),
            old_inputs=wire.to_struct(live.inputs),
            news=wire.to_struct(checked),
            timeout=HANG_SECONDS,
            preview=preview,
        )
        return checked, wire.from_struct(self._call("Update", request).properties)

    def read(self, live: Live) -> Live | None:
        return self._read(live, wire.to_struct(live.outputs), wire.to_struct(live.inputs))

    def imported(self, token: str, name: str, resource_id: str) -> Live | None:
        return self._read(Live(token, name, resource_id, {}, {}), wire.to_struct({}), wire.to_struct({}))

    def delete(self, live: Live) -> None:
        request = provider_pb2.DeleteRequest(
            urn=live.urn, name=live.name, type=live.token, id=live.id, properties=wire.to_struct(live.outputs)
        )
        self._call("Delete", request)

    def invoke(self, token: str, arguments: Values) -> dict[str, Any]:
        reply = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=wire.to_struct(arguments)))
        return wire.from_struct(getattr(reply, "return"))

    def _read(self, live: Live, properties: Any, inputs: Any) -> Live | None:
        request = provider_pb2.ReadRequest(
            urn=live.urn, name=live.name, type=live.token, id=live.id, properties=properties, inputs=inputs
        )
        reply = self._call("Read", request)
        if not reply.id:
            return None
        return Live(live.token, live.name, reply.id, wire.from_struct(reply.inputs), wire.from_struct(reply.properties))

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            shown = ProviderCallError(error.details())
            metadata: Any = dict(list(error.trailing_metadata() or ()))  # type: ignore[arg-type]
            if status := metadata.get("grpc-status-details-bin"):
                shown.detail = provider_pb2.ErrorResourceInitFailed()
                status_pb2.Status.FromString(status).details[0].Unpack(shown.detail)
            raise shown from error
