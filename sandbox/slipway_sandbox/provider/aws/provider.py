# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The sandbox's pulumi-aws: it answers the protocol with the declarations."""

import importlib.metadata
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.identities import administrator
from slipway_sandbox.provider import refusals, services
from slipway_sandbox.provider.aws import deletion, enums, lifecycle, preview
from slipway_sandbox.provider.aws.check import Request, check, check_arguments
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.configuration import settings
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.diff import Change, Versions, diff
from slipway_sandbox.provider.aws.identity.admission import as_owner_of, guard_alone, judged
from slipway_sandbox.provider.aws.identity.keys import Caller
from slipway_sandbox.provider.aws.interrupted import resumption
from slipway_sandbox.provider.aws.interrupted.creations import Creations
from slipway_sandbox.provider.aws.refresh import refresh
from slipway_sandbox.provider.aws.scope import Cloud, Scope, Settings
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.sealing import named, opened, sealed
from slipway_sandbox.provider.protocol.servicer import BaseServicer, check_response
from slipway_sandbox.provider.protocol.wire import Properties

if TYPE_CHECKING:
    from slipway_sandbox.identities.guard import Guard

AUTONAMING_DISABLED = provider_pb2.CheckRequest.AutonamingOptions.DISABLE


class AwsProvider(BaseServicer[Settings]):
    """pulumi-aws on moto in this process.

    `registry` is the address of the image registry in ECR's place, `region` the default region of programs,
    `retry_seconds` the longest wait of a delete for the users of the resource, `creations` the record of what was created, and
    `guard` judges what instances do. Default: no record is kept, and the guard is the provider's own.
    """

    name = "aws"
    schema = staticmethod(services.schema)

    def __init__(
        self,
        registry: str,
        region: str = "eu-west-1",
        retry_seconds: float = 30.0,
        creations: Creations | None = None,
        guard: "Guard | None" = None,
    ) -> None:
        super().__init__()
        self.version = importlib.metadata.version("pulumi-aws")
        self.region = region
        creations = creations or Creations()
        self.cloud = Cloud(AwsClient(entered=creations.gate.entered), registry, retry_seconds, creations)
        self._guard = guard or guard_alone()

    def configure(self, values: Properties, engine: Engine) -> Settings:
        """Settings of one instance. Raises ProviderError as `settings` does."""
        # Where the system does not show the engine's environment, its keys are the administrator's.
        return settings(values, self.region, engine.environment or administrator.VARIABLES, self._client_of)

    def check_configuration(self, values: Properties, engine: Engine) -> None:
        self.configure(values, engine)

    def _client_of(self, caller: Caller | None) -> AwsClient:
        return self.cloud.client.admitting(judged(self._guard, caller))

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        declaration = services.resource(request.type)
        news, secrets = opened(request.news)
        autonaming = request.autonaming if request.HasField("autonaming") else None
        asked = Request(
            name=request.name,
            inputs=news,
            old_inputs=resumption.old_inputs(self.cloud.creations, request),
            seed=request.randomSeed or os.urandom(32),
            proposed_name=autonaming.proposed_name if autonaming else "",
        )
        inputs, failures = check(declaration, asked)
        rule = declaration.autoname
        if rule and autonaming and autonaming.mode == AUTONAMING_DISABLED and rule.property not in news:
            failures.append((rule.property, f"set {rule.property!r}: pulumi:autonaming is off in this project"))
        if isinstance(region := inputs.get("region"), str) and region not in self.cloud.client.regions:
            failures.append(("region", f"must be an AWS region such as eu-west-1, got {region!r}"))
        failures = failures or enums.failures(self.cloud.client, declaration.token, inputs)
        if not failures:
            scope = self._scope(declaration, context, inputs)
            owner = self.cloud.client.admitting(as_owner_of(scope.account))  # the real provider looks nothing up here
            scope.cloud = replace(scope.cloud, client=owner)
            failures = refusals.failures(declaration.token, scope, asked.old_inputs)
        return check_response(wire.seal(inputs, secrets), failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        declaration = services.resource(request.type)
        news = wire.plain(wire.from_struct(request.news))
        change = self._diff(declaration, request, news, self.configuration(context))
        kinds = provider_pb2.PropertyDiff.Kind
        is_some = change.changed or lifecycle.INCOMPLETE in request.olds.fields
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if is_some else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted(change.changed),
            replaces=sorted(change.replaces),
            deleteBeforeReplace=change.delete_before_replace,
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=kinds.Value(kind), inputDiff=path != "tagsAll")
                for path, kind in change.details.items()
            },
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        declaration = services.resource(request.type)
        inputs, secrets = opened(request.properties)
        scope = self._scope(declaration, context, inputs)
        scope.timeout_seconds = request.timeout
        if request.preview:
            tags_all = scope.settings.tags_all(inputs)
            return provider_pb2.CreateResponse(
                properties=sealed(preview.creation(declaration, scope, tags_all), secrets)
            )
        with self.cloud.creations.kept(), named(f"{declaration.token} {request.name!r}", secrets):
            outputs = resumption.create(declaration, scope, request.urn, request.type)
        return provider_pb2.CreateResponse(id=scope.id, properties=sealed(outputs, secrets))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        declaration = services.resource(request.type)
        state, secrets = opened(request.properties)
        old_inputs, input_secrets = opened(request.inputs)
        scope = self._live(declaration, context, request, {}, state)
        with named(f"{declaration.token} {request.name!r}", secrets):
            present = refresh(declaration, scope, old_inputs)
        if present is None:
            return provider_pb2.ReadResponse()
        properties, inputs = present
        return provider_pb2.ReadResponse(
            id=scope.id,
            properties=sealed(properties, secrets | input_secrets),
            inputs=sealed(inputs, secrets | input_secrets),
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        declaration = services.resource(request.type)
        inputs, secrets = opened(request.news)
        state = wire.plain(wire.from_struct(request.olds))
        scope = self._live(declaration, context, request, inputs, state)
        scope.timeout_seconds = request.timeout
        scope.changed = self._diff(declaration, request, inputs, scope.settings).changed
        if request.preview:
            outputs = preview.change(declaration, state, inputs)
            if "tagsAll" in outputs:
                outputs["tagsAll"] = scope.settings.tags_all(inputs)
        else:
            with self.cloud.creations.kept(), named(f"{declaration.token} {request.name!r}", secrets):
                outputs = lifecycle.update(declaration, scope)
        return provider_pb2.UpdateResponse(properties=sealed(outputs, secrets))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        declaration = services.resource(request.type)
        state, secrets = opened(request.properties)
        scope = self._live(declaration, context, request, {}, state)
        scope.timeout_seconds = request.timeout
        with self.cloud.creations.kept(), named(f"{declaration.token} {request.name!r}", secrets):
            resumption.sweep(scope, request.urn)
            deletion.delete(declaration, scope)
            self.cloud.creations.forget(request.urn, request.id)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        declaration = services.function(request.tok)
        given, secrets = opened(request.args)
        arguments, failures = check_arguments(declaration.token, given)
        if failures:
            raise ProviderError(f"{request.tok}: " + "; ".join(f"{path}: {reason}" for path, reason in failures))
        settings = self.configuration(context)
        scope = Scope(self._cloud(settings), settings, declaration.service, arguments)
        try:
            result = dict(declaration.run(scope))
        except ProviderError as error:
            raise ProviderError(f"{request.tok}: {error}") from error
        if "region" not in result:
            result["region"] = scope.region
        struct = wire.to_struct({name: wire.Secret(value) if secrets else value for name, value in result.items()})
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(struct)
        return response

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        if context.peer() in self._configurations:
            self.configuration(context).cancelled.set()
        return empty_pb2.Empty()

    def _scope(self, declaration: Resource, context: grpc.ServicerContext, inputs: Properties) -> Scope:
        settings = self.configuration(context)
        scope = Scope(
            self._cloud(settings),
            settings,
            declaration.service,
            inputs,
            is_wanted=context.is_active,
            engine=self.engine(context),
        )
        tags = settings.tags_all(inputs)
        scope.tags = {key: str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {}
        return scope

    def _cloud(self, settings: Settings) -> Cloud:
        """The cloud as the instance's caller sees it."""
        return replace(self.cloud, client=self._client_of(settings.identity.caller))

    def _live(
        self,
        declaration: Resource,
        context: grpc.ServicerContext,
        request: provider_pb2.ReadRequest | provider_pb2.UpdateRequest | provider_pb2.DeleteRequest,
        inputs: Properties,
        state: Properties,
    ) -> Scope:
        """The scope of an existing resource."""
        scope = self._scope(declaration, context, inputs)
        scope.id, scope.state = request.id, state
        return scope

    def _diff(
        self,
        declaration: Resource,
        request: provider_pb2.DiffRequest | provider_pb2.UpdateRequest,
        news: Properties,
        settings: Settings,
    ) -> Change:
        state = wire.plain(wire.from_struct(request.olds))
        versions = Versions(
            old_inputs=wire.plain(wire.from_struct(request.old_inputs)),
            new_inputs=news,
            state=state,
            tags_all=settings.tags_all(news) if "tagsAll" in state else None,
            region=settings.region,
        )
        return diff(declaration, versions)
