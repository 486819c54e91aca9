# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The part of the provider protocol that is the same for every provider of the sandbox."""

from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError


class BaseServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Everything but Check, Diff, Create, Read, Update, Delete and Invoke, which a provider adds.

    One process serves all instances of a provider in all programs: `configuration(context)` is what the instance that
    calls was configured with, told apart by its connection.
    """

    name: str
    """Package name, such as aws."""
    version: str
    """Version of the provider that this one stands for."""

    def __init__(self) -> None:
        self._configurations: dict[str, dict[str, Any]] = {}

    def configure(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What to keep of a provider's configuration. Raises ProviderError on a value that cannot be accepted."""
        return dict(values)

    def configuration(self, context: grpc.ServicerContext) -> dict[str, Any]:
        """What `configure` returned for the provider instance behind this call. Raises ProviderError when it never was."""
        try:
            return self._configurations[context.peer()]
        except KeyError:
            raise ProviderError(
                f"the {self.name} provider was restarted during the update; run the same command again"
            ) from None

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.GetSchemaResponse:
        raise ProviderError(
            f"the sandbox's {self.name} provider has no schema: it follows the installed pulumi-{self.name} SDK; "
            f"run `pulumi package get-schema {self.name}` in a shell without PULUMI_DEBUG_PROVIDERS"
        )

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        # The engine then compares. After DIFF_NONE it would go on with the old configuration, and nobody would see a new tag.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        self._configurations[context.peer()] = self.configure(wire.plain(wire.from_struct(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    def Construct(self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext) -> Any:
        raise ProviderError(
            f"the sandbox's {self.name} provider has no component {request.type!r}; use plain resources"
        )

    def Call(self, request: provider_pb2.CallRequest, context: grpc.ServicerContext) -> Any:
        raise ProviderError(f"the sandbox's {self.name} provider has no method {request.tok!r}")

    def Parameterize(self, request: Any, context: grpc.ServicerContext) -> Any:
        raise ProviderError(f"the sandbox's {self.name} provider takes no parameters")
