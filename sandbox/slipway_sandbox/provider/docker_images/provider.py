# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""The docker provider of the sandbox: it really builds images, and pushes them to the sandbox's registry.

It builds and pushes docker:index/image:Image. It builds docker:index/remoteImage:RemoteImage with secrets, and keeps it on
this machine. image.py and remote_image.py have the refusals and differences. It differs from pulumi-docker: the registry
must be on this machine, a refresh notices a missing image, and delete removes the local tag. As in pulumi-docker, the
registry keeps the image for a rollback.

Source: https://github.com/pulumi/pulumi-docker/blob/master/provider/provider.go
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import docker
import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.provider.docker_images import daemon, image, remote_image
from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.image import Reference
from slipway_sandbox.provider.docker_images.remote_image import REMOTE_IMAGE
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.engine_connection import Engine, Say, progress
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.hiding import hider, request_hider, secret_strings
from slipway_sandbox.provider.protocol.readers import block, text
from slipway_sandbox.provider.protocol.servicer import BaseServicer, check_response
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.registry import repositories

IMAGE = "docker:index/image:Image"
_Making: TypeAlias = provider_pb2.CreateRequest | provider_pb2.UpdateRequest
KINDS = {
    "add": provider_pb2.PropertyDiff.ADD,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "update": provider_pb2.PropertyDiff.UPDATE,
    "add_replace": provider_pb2.PropertyDiff.ADD_REPLACE,
    "delete_replace": provider_pb2.PropertyDiff.DELETE_REPLACE,
    "update_replace": provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


@dataclass(frozen=True)
class Settings:
    """Configuration of one provider instance."""

    host: str | None
    """Address of the Docker daemon. Default: as for the docker command."""
    platform: str
    """The daemon's platform, such as linux/amd64."""


class DockerProvider(BaseServicer[Settings]):
    """Serves pulumi-docker's Image and RemoteImage. Without a Docker daemon, Configure raises ProviderError with the fix."""

    name = "docker"
    version = "4.11.2"

    def configure(self, values: Properties, engine: Engine) -> Settings:
        """Keeps `host` and asks its daemon for the platform."""
        unknown = sorted(set(values) - {"host", "version", "pluginDownloadURL"})
        if unknown:
            raise ProviderError(
                f"the sandbox's docker provider does not know the setting {unknown[0]!r}, only 'host'; "
                "set it on stacks that use the released provider"
            )
        host = text(values, "host", "") or None
        with daemon.daemon(host) as client:
            return Settings(host, daemon.platform(client))

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        _only_images(request.urn)
        news, platform = wire.from_struct(request.news), self.configuration(context).platform
        if _is_remote(request.urn):
            inputs, failures = remote_image.check(news, platform)
        else:
            inputs, failures = image.check(news, self.engine(context).folder, platform)
        return check_response(inputs, failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        old, new = wire.plain(wire.from_struct(request.old_inputs)), wire.plain(wire.from_struct(request.news))
        compare = remote_image.replaced if _is_remote(request.urn) else image.differences
        kinds = compare(old, new)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if kinds else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({path.partition(".")[0] for path in kinds}),
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=KINDS[kind], inputDiff=True) for path, kind in kinds.items()
            },
            replaces=sorted({path.partition(".")[0] for path, kind in kinds.items() if kind.endswith("_replace")}),
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        if _is_remote(request.urn):
            return self._create_remote(request, context)
        outputs = self._make(request, wire.from_struct(request.properties), context)
        id_ = "" if request.preview else text(wire.plain(outputs), "imageName")
        return provider_pb2.CreateResponse(id=id_, properties=wire.to_struct(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        if _is_remote(request.urn):  # only the options of its removal
            news = wire.from_struct(request.news)
            outputs = remote_image.outputs(news, wire.from_struct(request.olds)["imageId"])
        else:
            outputs = self._make(request, wire.from_struct(request.news), context)
        return provider_pb2.UpdateResponse(properties=wire.to_struct(outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        state = wire.plain(wire.from_struct(request.properties))
        if _is_remote(request.urn) and "name" in state:
            with self._daemon(context) as client:
                is_present = daemon.has(client, text(state, "name"))
            return _as_recorded(request) if is_present else provider_pb2.ReadResponse()
        if "repoDigest" not in state:
            raise ProviderError(
                f"{IMAGE} cannot be imported: neither a registry nor the daemon knows how {request.id} was built; "
                "declare it and let `pulumi up` build it"
            )
        _, pushed, digest = text(state, "repoDigest").partition("@")
        if pushed:
            reference = Reference.parse(text(state, "imageName"))
            is_present = repositories.digest(reference.host, reference.repository, digest) is not None
        else:
            with self._daemon(context) as client:
                is_present = daemon.has(client, text(state, "repoDigest"))
        if not is_present:
            return provider_pb2.ReadResponse()  # the engine will create it again
        return _as_recorded(request)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        state = wire.plain(wire.from_struct(request.properties))
        if state.get("keepLocally") is not True:
            with self._progress(request, context) as say, self._daemon(context) as client:
                daemon.untag(client, text(state, "name" if _is_remote(request.urn) else "imageName"), say)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        raise ProviderError(f"the sandbox's docker provider has {IMAGE} and no function, got {request.tok!r}")

    def _create_remote(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        sealed = wire.from_struct(request.properties)
        inputs = wire.plain(sealed)
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire.to_struct(remote_image.outputs(sealed)))
        engine = self.engine(context)
        with self._progress(request, context) as say, self._daemon(context) as client:
            program = remote_image.Program(engine.folder, engine.environment)
            image_id = remote_image.build(client, inputs, program, say)
        outputs = remote_image.outputs(sealed, image_id)
        return provider_pb2.CreateResponse(id=f"{image_id}{inputs['name']}", properties=wire.to_struct(outputs))

    def _make(self, request: _Making, sealed: Properties, context: grpc.ServicerContext) -> dict[str, Value]:
        """Outputs of an image. A preview builds it only with buildOnPreview, and never pushes."""
        inputs, preview = wire.plain(dict(sealed)), request.preview
        outputs = image.outputs(inputs)
        if preview and (inputs["buildOnPreview"] is not True or wire.has_unknown(inputs)):
            return _sealed_like(sealed, outputs)
        build, name = block(inputs, "build"), text(inputs, "imageName")
        with self._progress(request, context) as say, self._daemon(context) as client:
            folder = self.engine(context).folder or Path("/")
            files = Context(folder / text(build, "context"), folder / text(build, "dockerfile"))
            image_id = daemon.build(client, inputs, files, say, hider(secret_strings(sealed)))
            if inputs["skipPush"]:
                outputs["repoDigest"] = image_id
            elif not preview:
                reference = Reference.parse(name)
                repositories.refuse_taken(reference.host, reference.repository, reference.tag)
                registry = block(inputs, "registry")
                login = {key: text(registry, key) for key in registry if key in ("username", "password")}
                digest = daemon.push(client, name, login, say)
                outputs["repoDigest"] = f"{reference.host}/{reference.repository}@{digest}"
        return _sealed_like(sealed, outputs)

    @contextmanager
    def _progress(self, request: _Making | provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Iterator[Say]:
        """Shows lines without the secrets of the request."""
        hide = request_hider(request)
        with progress(self.engine(context).address, request.urn) as say:
            yield lambda line: say(hide(line))

    @contextmanager
    def _daemon(self, context: grpc.ServicerContext) -> Iterator[docker.DockerClient]:
        with daemon.daemon(self.configuration(context).host) as client:
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


def _sealed_like(inputs: Properties, outputs: Properties) -> dict[str, Value]:
    """The outputs; a repeated secret input makes its output secret, too."""
    secret = {"imageName", "baseImageName", "repoDigest"} if isinstance(inputs["imageName"], wire.Secret) else set()
    if isinstance(inputs.get("registry"), wire.Secret):
        secret |= {"registryServer"}
    if isinstance(inputs["build"], wire.Secret):
        secret |= {"context", "dockerfile", "platform"}
    return wire.seal(outputs, secret)
