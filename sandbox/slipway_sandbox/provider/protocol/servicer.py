# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The common part of the provider protocol, for every provider of the sandbox."""

import os
from collections.abc import Iterable
from typing import Generic, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.served_stacks import is_served, refusal

Settings = TypeVar("Settings")
"""A provider's own configuration, read once for each instance."""


class BaseServicer(provider_pb2_grpc.ResourceProviderServicer, Generic[Settings]):
    """All methods but Check, Diff, Create, Read, Update, Delete and Invoke. Each provider adds those.

    One process serves all instances of a provider in all programs. Each instance has its own connection, and
    `configuration(context)` answers with the settings of the calling instance.
    """

    name: str
    """Package name, such as aws."""
    version: str
    """Version of the real provider."""

    def __init__(self) -> None:
        self._configurations: dict[str, Settings] = {}
        self._engines: dict[str, Engine] = {}

    def configure(self, values: Properties, engine: Engine) -> Settings:
        """The settings of one instance. Raises ProviderError on a wrong value."""
        raise NotImplementedError

    def check_configuration(self, values: Properties, engine: Engine) -> None:
        """Looks at the settings of an instance before the first resource. Raises ProviderError. Default: looks at nothing."""

    def schema(self) -> str:
        """Pulumi's package schema as JSON. Raises ProviderError where there is none."""
        raise ProviderError(
            f"the sandbox's {self.name} provider has no schema: it follows the installed pulumi-{self.name} SDK; "
            f"run `pulumi package get-schema {self.name}` in a shell without PULUMI_DEBUG_PROVIDERS"
        )

    def configuration(self, context: grpc.ServicerContext) -> Settings:
        """The settings of the calling instance. Raises ProviderError for an instance without Configure call."""
        try:
            return self._configurations[context.peer()]
        except KeyError:
            raise ProviderError(
                f"the {self.name} provider was restarted during the update; run the same command again"
            ) from None

    def engine(self, context: grpc.ServicerContext) -> Engine:
        """The engine of the calling instance, with its program's folder."""
        return self._engines.get(context.peer(), Engine())

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._engines[context.peer()] = Engine(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=self.schema())

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        # The engine asks before the first resource of a program, and not for refresh and destroy.
        stack = request.urn.removeprefix("urn:pulumi:").partition("::")[0]
        # Where the system does not show the engine's environment, the sandbox's own counts.
        if not is_served(stack, os.environ) and not is_served(stack, self.engine(context).environment):
            # A failure of the check, since the engine shows an error with gRPC's words before it.
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=refusal(stack))])
        values = wire.plain(wire.from_struct(request.news))
        if not wire.has_unknown(values):
            try:
                self.check_configuration(values, self.engine(context))
            except ProviderError as error:
                return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        # The engine then compares. After DIFF_NONE it would go on with the old configuration, and nobody would see a new tag.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        values = wire.plain(wire.from_struct(request.args))
        self._configurations[context.peer()] = self.configure(values, self.engine(context))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetMapping(
        self, request: provider_pb2.GetMappingRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    def GetMappings(
        self, request: provider_pb2.GetMappingsRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        raise ProviderError(
            f"the sandbox's {self.name} provider has no component {request.type!r}; use plain resources"
        )

    def Call(self, request: provider_pb2.CallRequest, context: grpc.ServicerContext) -> provider_pb2.CallResponse:
        raise ProviderError(f"the sandbox's {self.name} provider has no method {request.tok!r}")

    def Parameterize(
        self, request: provider_pb2.ParameterizeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        raise ProviderError(f"the sandbox's {self.name} provider takes no parameters")


def check_response(inputs: Properties, failures: Iterable[tuple[str, str]]) -> provider_pb2.CheckResponse:
    """The answer of a Check: inputs, and a property's path and a reason for each broken rule.

    The path stands in the reason, as in the real provider. The engine prints the value of a property named apart from the
    reason: all of it, secrets too.
    """
    named = [provider_pb2.CheckFailure(reason=f"{path}: {reason}") for path, reason in failures]
    return provider_pb2.CheckResponse(inputs=wire.to_struct(inputs), failures=named)
