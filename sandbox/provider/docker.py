# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The docker provider of the sandbox: docker:index/image:Image really built, really pushed to the sandbox's registry.

What is refused and what makes a difference is in docker_image.py. It differs from pulumi-docker where a sandbox has to:
the registry must be on this machine; a refresh notices that an image is gone; and delete takes the tag out of the
registry and off this machine, which pulumi-docker leaves there, so that nothing is left of a destroyed stack. Update
leaves the tag before, as pulumi-docker does: it is what a rollback needs.

Source: https://github.com/pulumi/pulumi-docker/blob/master/provider/provider.go
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from sandbox.provider import docker_daemon, docker_engine, docker_image, docker_registry, wire
from sandbox.provider.base import BaseServicer
from sandbox.provider.docker_context import Context
from sandbox.provider.docker_image import Reference
from sandbox.provider.errors import ProviderError

IMAGE = "docker:index/image:Image"
KINDS = {
    "add": provider_pb2.PropertyDiff.ADD,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "update": provider_pb2.PropertyDiff.UPDATE,
}


class DockerProvider(BaseServicer):
    """Serves pulumi-docker's Image. A dead Docker daemon is a ProviderError with the fix, before anything is built."""

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
        with docker_daemon.daemon(host) as client:
            return {"host": host, "platform": docker_daemon.platform(client)}

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        _only_images(request.urn)
        news = wire.from_struct(request.news)
        inputs, failures = docker_image.check(news, self._directory(context), self.configuration(context)["platform"])
        return provider_pb2.CheckResponse(
            inputs=wire.to_struct(inputs),
            failures=[provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        old, new = wire.plain(wire.from_struct(request.old_inputs)), wire.plain(wire.from_struct(request.news))
        found = docker_image.differences(old, new)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({path.partition(".")[0] for path in found}),
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=KINDS[kind], inputDiff=True) for path, kind in found.items()
            },
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        outputs = self._make(request.urn, wire.from_struct(request.properties), request.preview, context)
        id_ = "" if request.preview else outputs["imageName"]
        return provider_pb2.CreateResponse(id=id_, properties=wire.to_struct(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        outputs = self._make(request.urn, wire.from_struct(request.news), request.preview, context)
        return provider_pb2.UpdateResponse(properties=wire.to_struct(outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        state = wire.plain(wire.from_struct(request.properties))
        if "repoDigest" not in state:
            raise ProviderError(
                f"{IMAGE} cannot be imported: neither a registry nor the daemon knows how {request.id} was built; "
                "declare it and let `pulumi up` build it"
            )
        _, pushed, digest = state["repoDigest"].partition("@")
        if pushed:
            there = docker_registry.digest(Reference.parse(state["imageName"]), digest) is not None
        else:
            with self._daemon(context) as client:
                there = docker_daemon.has(client, state["repoDigest"])
        if not there:
            return provider_pb2.ReadResponse()  # the engine takes it for deleted and makes it anew
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        state = wire.plain(wire.from_struct(request.properties))
        reference = Reference.parse(state["imageName"])
        if "@" in state["repoDigest"]:
            docker_registry.delete_tag(reference)
        with self._progress(request.urn, context) as say, self._daemon(context) as client:
            docker_daemon.untag(client, state["imageName"], say)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        raise ProviderError(f"the sandbox's docker provider has {IMAGE} and no function, got {request.tok!r}")

    def _make(
        self, urn: str, sealed: Mapping[str, Any], preview: bool, context: grpc.ServicerContext
    ) -> dict[str, Any]:
        """Outputs of an image, built where it has to be; in a preview, what is not known before the push is unknown."""
        inputs = wire.plain(dict(sealed))
        outputs = docker_image.outputs(inputs)
        if preview and (inputs["buildOnPreview"] is not True or wire.has_unknown(inputs)):
            return _sealed_like(sealed, outputs)
        build, registry = inputs["build"], inputs.get("registry", {})
        with self._progress(urn, context) as say, self._daemon(context) as client:
            folder = self._directory(context) or Path("/")
            files = Context(folder / build["context"], folder / build["dockerfile"])
            image_id = docker_daemon.build(client, inputs, files, say, _hider(sealed))
            if inputs["skipPush"]:
                outputs["repoDigest"] = image_id
            elif not preview:
                login = {key: registry[key] for key in ("username", "password") if key in registry}
                digest = docker_daemon.push(client, inputs["imageName"], login, say)
                reference = Reference.parse(inputs["imageName"])
                outputs["repoDigest"] = f"{reference.host}/{reference.repository}@{digest}"
        return _sealed_like(sealed, outputs)

    def _directory(self, context: grpc.ServicerContext) -> Path | None:
        engine = self._engines.get(context.peer())
        return docker_engine.program_directory(engine) if engine else None

    @contextmanager
    def _progress(self, urn: str, context: grpc.ServicerContext) -> Iterator[docker_engine.Say]:
        with docker_engine.progress(self._engines.get(context.peer()), urn) as say:
            yield say

    @contextmanager
    def _daemon(self, context: grpc.ServicerContext) -> Iterator[Any]:
        with docker_daemon.daemon(self.configuration(context)["host"]) as client:
            yield client


def _only_images(urn: str) -> None:
    token = urn.split("::")[2].rpartition("$")[2]
    if token != IMAGE:
        raise ProviderError(f"the sandbox's docker provider has {IMAGE} only, got {token}; run it on a real stack")


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
