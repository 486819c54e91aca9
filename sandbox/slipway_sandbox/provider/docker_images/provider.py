# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The docker provider of the sandbox: images really built, and really pushed to the sandbox's registry.

docker:index/image:Image is built and pushed; docker:index/remoteImage:RemoteImage is built with secrets, and stays on this
machine. What is refused and what makes a difference is in image.py and remote_image.py. It differs from
pulumi-docker where a sandbox has to: the registry must be on this machine; a refresh notices that an image is gone; and
delete takes the tag off this machine. In the registry it stays, as with pulumi-docker: it is what a rollback needs.

Source: https://github.com/pulumi/pulumi-docker/blob/master/provider/provider.go
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from slipway_sandbox.provider.docker_images import daemon, engine_connection, image, remote_image
from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.image import Reference
from slipway_sandbox.provider.docker_images.remote_image import REMOTE_IMAGE
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.servicer import BaseServicer
from slipway_sandbox.registry import repositories

IMAGE = "docker:index/image:Image"
KINDS = {
    "add": provider_pb2.PropertyDiff.ADD,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "update": provider_pb2.PropertyDiff.UPDATE,
    "add_replace": provider_pb2.PropertyDiff.ADD_REPLACE,
    "delete_replace": provider_pb2.PropertyDiff.DELETE_REPLACE,
    "update_replace": provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class DockerProvider(BaseServicer):
    """Serves pulumi-docker's Image and RemoteImage. A dead Docker daemon is a ProviderError with the fix, before anything is built."""

    name = "docker"
    version = "4.11.2"

    def __init__(self) -> None:
        super().__init__()
        self._engines: dict[str, str] = {}

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._engines[context.peer()] = request.address
        return empty_pb2.Empty()

    def configure(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps `host` and asks the daemon there what it builds."""
        unknown = sorted(set(values) - {"host", "version", "pluginDownloadURL"})
        if unknown:
            raise ProviderError(
                f"the sandbox's docker provider does not know the setting {unknown[0]!r}, only 'host'; "
                "set it on stacks that use the released provider"
            )
        host = values.get("host")
        with daemon.daemon(host) as client:
            return {"host": host, "platform": daemon.platform(client)}

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        _only_images(request.urn)
        news, platform = wire.from_struct(request.news), self.configuration(context)["platform"]
        if _is_remote(request.urn):
            inputs, failures = remote_image.check(news, platform)
        else:
            inputs, failures = image.check(news, self._directory(context), platform)
        return provider_pb2.CheckResponse(
            inputs=wire.to_struct(inputs),
            failures=[provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        old, new = wire.plain(wire.from_struct(request.old_inputs)), wire.plain(wire.from_struct(request.news))
        compare = remote_image.replaced if _is_remote(request.urn) else image.differences
        found = compare(old, new)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({path.partition(".")[0] for path in found}),
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=KINDS[kind], inputDiff=True) for path, kind in found.items()
            },
            replaces=sorted({path.partition(".")[0] for path, kind in found.items() if kind.endswith("_replace")}),
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        if _is_remote(request.urn):
            return self._create_remote(request, context)
        outputs = self._make(request.urn, wire.from_struct(request.properties), request.preview, context)
        id_ = "" if request.preview else outputs["imageName"]
        return provider_pb2.CreateResponse(id=id_, properties=wire.to_struct(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        if _is_remote(request.urn):  # only what steers its removal
            news = wire.from_struct(request.news)
            outputs = remote_image.outputs(news, wire.from_struct(request.olds)["imageId"])
        else:
            outputs = self._make(request.urn, wire.from_struct(request.news), request.preview, context)
        return provider_pb2.UpdateResponse(properties=wire.to_struct(outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        state = wire.plain(wire.from_struct(request.properties))
        if _is_remote(request.urn) and "name" in state:
            with self._daemon(context) as client:
                there = daemon.has(client, state["name"])
            return _as_recorded(request) if there else provider_pb2.ReadResponse()
        if "repoDigest" not in state:
            raise ProviderError(
                f"{IMAGE} cannot be imported: neither a registry nor the daemon knows how {request.id} was built; "
                "declare it and let `pulumi up` build it"
            )
        _, pushed, digest = state["repoDigest"].partition("@")
        if pushed:
            reference = Reference.parse(state["imageName"])
            there = repositories.digest(reference.host, reference.repository, digest) is not None
        else:
            with self._daemon(context) as client:
                there = daemon.has(client, state["repoDigest"])
        if not there:
            return provider_pb2.ReadResponse()  # the engine takes it for deleted and makes it anew
        return _as_recorded(request)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        state = wire.plain(wire.from_struct(request.properties))
        if state.get("keepLocally") is not True:
            with self._progress(request.urn, context) as say, self._daemon(context) as client:
                daemon.untag(client, state["name"] if _is_remote(request.urn) else state["imageName"], say)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        raise ProviderError(f"the sandbox's docker provider has {IMAGE} and no function, got {request.tok!r}")

    def _create_remote(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        inputs = wire.plain(wire.from_struct(request.properties))
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire.to_struct(remote_image.outputs(inputs)))
        engine = self._engines.get(context.peer())
        environment = engine_connection.environment(engine) if engine else {}
        with self._progress(request.urn, context) as say, self._daemon(context) as client:
            folder = self._directory(context) or Path("/")
            image_id = remote_image.build(client, inputs, folder, environment, say)
        outputs = remote_image.outputs(inputs, image_id)
        return provider_pb2.CreateResponse(id=f"{image_id}{inputs['name']}", properties=wire.to_struct(outputs))

    def _make(
        self, urn: str, sealed: Mapping[str, Any], preview: bool, context: grpc.ServicerContext
    ) -> dict[str, Any]:
        """Outputs of an image, built where it has to be; in a preview, what is not known before the push is unknown."""
        inputs = wire.plain(dict(sealed))
        outputs = image.outputs(inputs)
        if preview and (inputs["buildOnPreview"] is not True or wire.has_unknown(inputs)):
            return _sealed_like(sealed, outputs)
        build, registry = inputs["build"], inputs.get("registry", {})
        with self._progress(urn, context) as say, self._daemon(context) as client:
            folder = self._directory(context) or Path("/")
            files = Context(folder / build["context"], folder / build["dockerfile"])
            image_id = daemon.build(client, inputs, files, say, _hider(sealed))
            if inputs["skipPush"]:
                outputs["repoDigest"] = image_id
            elif not preview:
                reference = Reference.parse(inputs["imageName"])
                repositories.refuse_taken(reference.host, reference.repository, reference.tag)
                login = {key: registry[key] for key in ("username", "password") if key in registry}
                digest = daemon.push(client, inputs["imageName"], login, say)
                outputs["repoDigest"] = f"{reference.host}/{reference.repository}@{digest}"
        return _sealed_like(sealed, outputs)

    def _directory(self, context: grpc.ServicerContext) -> Path | None:
        engine = self._engines.get(context.peer())
        return engine_connection.program_directory(engine) if engine else None

    @contextmanager
    def _progress(self, urn: str, context: grpc.ServicerContext) -> Iterator[engine_connection.Say]:
        with engine_connection.progress(self._engines.get(context.peer()), urn) as say:
            yield say

    @contextmanager
    def _daemon(self, context: grpc.ServicerContext) -> Iterator[Any]:
        with daemon.daemon(self.configuration(context)["host"]) as client:
            yield client


def _as_recorded(request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
    return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)


def _token(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _is_remote(urn: str) -> bool:
    return _token(urn) == REMOTE_IMAGE


def _only_images(urn: str) -> None:
    if _token(urn) not in (IMAGE, REMOTE_IMAGE):
        rule = f"the sandbox's docker provider has {IMAGE} and {REMOTE_IMAGE} only"
        raise ProviderError(f"{rule}, got {_token(urn)}; run it on a real stack")


def _sealed_like(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs with those marked secret that repeat an input which is secret as a whole."""
    secret = {"imageName", "baseImageName", "repoDigest"} if isinstance(inputs["imageName"], wire.Secret) else set()
    if isinstance(inputs.get("registry"), wire.Secret):
        secret |= {"registryServer"}
    if isinstance(inputs["build"], wire.Secret):
        secret |= {"context", "dockerfile", "platform"}
    return wire.seal(outputs, secret)


def _hider(values: Mapping[str, Any]) -> Callable[[str], str]:
    """Takes every secret string among `values` out of a line of output."""
    secrets = sorted(set(_secret_strings(values, False)), key=len, reverse=True)

    def hide(line: str) -> str:
        for secret in secrets:
            line = line.replace(secret, "[secret]")
        return line

    return hide


def _secret_strings(value: Any, secret: bool) -> Iterator[str]:
    if isinstance(value, wire.Secret):
        yield from _secret_strings(value.value, True)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secret_strings(item, secret)
    elif isinstance(value, list):
        for item in value:
            yield from _secret_strings(item, secret)
    elif secret and isinstance(value, str) and value:
        yield value
