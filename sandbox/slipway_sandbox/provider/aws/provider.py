# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The provider that stands for pulumi-aws in the sandbox: the protocol on one side, the declarations on the other."""

import difflib
import importlib.metadata
import ipaddress
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from pulumi_aws import ProviderArgs

from slipway_sandbox.provider import refusals, services
from slipway_sandbox.provider.aws import enums, lifecycle, preview
from slipway_sandbox.provider.aws.check import check
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.diff import Change, diff
from slipway_sandbox.provider.aws.refresh import refresh
from slipway_sandbox.provider.aws.scope import ACCOUNT, Cloud, Scope, Settings
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.servicer import BaseServicer

AUTONAMING_DISABLED = provider_pb2.CheckRequest.AutonamingOptions.DISABLE


class AwsProvider(BaseServicer):
    """pulumi-aws on moto in this process.

    `registry` is the address of the image registry that stands for ECR, `region` the one for programs that set none, and
    `retry_seconds` how long a delete waits for what still uses the resource.
    """

    name = "aws"

    def __init__(self, registry: str, region: str = "eu-west-1", retry_seconds: float = 30.0) -> None:
        super().__init__()
        self.version = importlib.metadata.version("pulumi-aws")
        self.region = region
        self.cloud = Cloud(AwsClient(), registry, retry_seconds)

    def configure(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Settings of one instance.

        Raises ProviderError on a key that pulumi-aws has not, a region that AWS has not, an endpoint elsewhere, another account.
        """
        known = [*sdk.properties(ProviderArgs), "version"]
        for key in values.keys() - known:
            close = difflib.get_close_matches(key, known, 1)
            hint = (
                f"did you mean aws:{close[0]}?"
                if close
                else "choose another namespace where it is not for the provider"
            )
            raise ProviderError(f"aws:{key} is not a key of the aws provider; {hint}")
        region = values.get("region") or self.region
        if region not in self.cloud.client.regions:
            raise ProviderError(f"aws:region must be an AWS region such as eu-west-1, got {region!r}")
        for endpoint in _decoded(values.get("endpoints", [])):
            for service, url in endpoint.items():
                _require_loopback(service, url)
        allowed, forbidden = (_decoded(values.get(f"{name}AccountIds", [])) for name in ("allowed", "forbidden"))
        if (allowed and ACCOUNT not in allowed) or ACCOUNT in forbidden:
            raise ProviderError(
                f"AWS account ID not allowed: {ACCOUNT}; it is the sandbox's, so aws:allowedAccountIds and "
                "aws:forbiddenAccountIds are set in the stacks on the real AWS only"
            )
        tags = _decoded(values.get("defaultTags", {})).get("tags", {})
        return {"settings": Settings(region, {key: str(value) for key, value in tags.items()})}

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        declaration = services.resource(request.type)
        given = wire.from_struct(request.news)
        secrets = {name for name, value in given.items() if wire.has_secret(value)}
        autonaming = request.autonaming if request.HasField("autonaming") else None
        inputs, failures = check(
            declaration,
            request.name,
            wire.plain(given),
            wire.plain(wire.from_struct(request.olds)),
            request.randomSeed or os.urandom(32),
            autonaming.proposed_name if autonaming else "",
        )
        rule = declaration.autoname
        if rule and autonaming and autonaming.mode == AUTONAMING_DISABLED and rule.property not in given:
            failures.append((rule.property, f"set {rule.property!r}: pulumi:autonaming is off in this project"))
        failures = failures or enums.failures(self.cloud.client, declaration.token, inputs)
        failures = failures or refusals.failures(declaration.token, self._scope(declaration, context, inputs))
        return provider_pb2.CheckResponse(
            inputs=wire.to_struct(wire.seal(inputs, secrets)),
            failures=[provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        declaration = services.resource(request.type)
        news = wire.plain(wire.from_struct(request.news))
        found = self._diff(declaration, request, news, self._settings(context))
        kinds = provider_pb2.PropertyDiff.Kind
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found.changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted(found.changed),
            replaces=sorted(found.replaces),
            deleteBeforeReplace=found.delete_before_replace,
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=kinds.Value(kind), inputDiff=path != "tagsAll")
                for path, kind in found.details.items()
            },
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        declaration = services.resource(request.type)
        inputs, secrets = _opened(request.properties)
        scope = self._scope(declaration, context, inputs, timeout_seconds=request.timeout)
        if request.preview:
            tags_all = _tags_all(inputs, scope.settings)
            return provider_pb2.CreateResponse(
                properties=_sealed(preview.creation(declaration, scope, tags_all), secrets)
            )
        with _named(declaration, request.name, secrets):
            outputs = lifecycle.create(declaration, scope)
        return provider_pb2.CreateResponse(id=scope.id, properties=_sealed(outputs, secrets))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        declaration = services.resource(request.type)
        state, secrets = _opened(request.properties)
        old_inputs, input_secrets = _opened(request.inputs)
        scope = self._scope(declaration, context, {}, id=request.id, state=state)
        with _named(declaration, request.name, secrets):
            found = refresh(declaration, scope, old_inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=scope.id,
            properties=_sealed(found[0], secrets | input_secrets),
            inputs=_sealed(found[1], secrets | input_secrets),
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        declaration = services.resource(request.type)
        inputs, secrets = _opened(request.news)
        state = wire.plain(wire.from_struct(request.olds))
        scope = self._scope(declaration, context, inputs, id=request.id, state=state, timeout_seconds=request.timeout)
        scope.changed = self._diff(declaration, request, inputs, scope.settings).changed
        if request.preview:
            outputs = preview.change(declaration, state, inputs)
            if "tagsAll" in outputs:
                outputs["tagsAll"] = _tags_all(inputs, scope.settings)
        else:
            with _named(declaration, request.name, secrets):
                outputs = lifecycle.update(declaration, scope)
        return provider_pb2.UpdateResponse(properties=_sealed(outputs, secrets))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        declaration = services.resource(request.type)
        state, secrets = _opened(request.properties)
        scope = self._scope(declaration, context, {}, id=request.id, state=state, timeout_seconds=request.timeout)
        with _named(declaration, request.name, secrets):
            lifecycle.delete(declaration, scope)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        declared = services.function(request.tok)
        arguments, secrets = _opened(request.args)
        scope = Scope(self.cloud, self._settings(context), declared.service, arguments)
        try:
            result = dict(declared.run(scope))
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
            self._settings(context).cancelled.set()
        return empty_pb2.Empty()

    def _settings(self, context: grpc.ServicerContext) -> Settings:
        settings: Settings = self.configuration(context)["settings"]
        return settings

    def _scope(
        self, declaration: Resource, context: grpc.ServicerContext, inputs: Mapping[str, Any], **more: Any
    ) -> Scope:
        settings = self._settings(context)
        scope = Scope(self.cloud, settings, declaration.service, inputs, is_wanted=context.is_active, **more)
        tags = _tags_all(inputs, scope.settings)
        scope.tags = tags if isinstance(tags, Mapping) else {}
        return scope

    def _diff(self, declaration: Resource, request: Any, news: Mapping[str, Any], settings: Settings) -> Change:
        old_inputs = wire.plain(wire.from_struct(request.old_inputs))
        state = wire.plain(wire.from_struct(request.olds))
        tags_all = _tags_all(news, settings) if "tagsAll" in state else None
        return diff(declaration, old_inputs, news, state, tags_all, settings.region)


@contextmanager
def _named(declaration: Resource, name: str, secrets: set[str]) -> Iterator[None]:
    """Says in an error which resource it was, and keeps the secrets of an incomplete one."""
    label = f"{declaration.token} {name!r}"
    try:
        yield
    except IncompleteResourceError as error:
        properties, inputs = (wire.seal(part, secrets) for part in (error.properties, error.inputs))
        raise IncompleteResourceError(f"{label}: {error}", error.id, properties, inputs) from error
    except ProviderError as error:
        raise ProviderError(f"{label}: {error}") from error


def _opened(struct: Any) -> tuple[dict[str, Any], set[str]]:
    values = wire.from_struct(struct)
    return wire.plain(values), {name for name, value in values.items() if wire.has_secret(value)}


def _sealed(values: Mapping[str, Any], secrets: set[str]) -> Any:
    return wire.to_struct(wire.seal(values, secrets | {"tagsAll"} if "tags" in secrets else secrets))


def _tags_all(inputs: Mapping[str, Any], settings: Settings) -> Any:
    tags = inputs.get("tags") or {}
    return wire.UNKNOWN if isinstance(tags, wire.Unknown) else {**settings.default_tags, **tags}


def _decoded(value: Any) -> Any:
    """Blocks of a provider's configuration arrive as JSON text."""
    return json.loads(value) if isinstance(value, str) else value


def _require_loopback(service: str, url: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ProviderError(
            f"aws:endpoints has {url!r} for {service}, and the sandbox's provider only talks to this machine; "
            "remove it, or unset PULUMI_DEBUG_PROVIDERS to use the released provider"
        )
