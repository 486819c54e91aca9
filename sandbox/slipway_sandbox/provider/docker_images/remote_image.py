"""docker:index/remoteImage:RemoteImage with a build: an image with build secrets, on this machine, never pushed.

As in the real provider, a secret is a file or a variable of the engine's environment, and almost every change replaces the
image. Two differences: the sandbox pulls nothing, and it refuses a missing secret.
Source: https://www.pulumi.com/registry/packages/docker/api-docs/remoteimage/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import docker

from slipway_sandbox.provider.docker_images import buildkit
from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.image import differences, other_platform
from slipway_sandbox.provider.docker_images.shape import Block, Failures, ListOf, MapOf, check_shape
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.assets import located
from slipway_sandbox.provider.protocol.engine_connection import Say
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.hiding import hider
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage"
_SHAPE = Block(
    {
        "name": str,
        "keepLocally": bool,
        "forceRemove": bool,
        "triggers": MapOf(str),
        "build": Block(
            {
                "context": str,
                "dockerfile": str,
                "buildArgs": MapOf(str),
                "platform": str,
                "target": str,
                "secrets": ListOf(Block({"id": str, "env": str, "src": str})),
            }
        ),
    }
)
_IN_PLACE = ("keepLocally", "forceRemove")


def check(news: Properties, daemon_platform: str) -> tuple[dict[str, Value], Failures]:
    """The inputs with the Dockerfile's default name, and the broken rules."""
    failures: Failures = []
    values = wire.plain(dict(news))
    check_shape(_SHAPE, values, "", failures)
    if "name" not in values:
        failures.append(("name", "missing required property 'name'"))
    build = values.get("build")
    if build is None:
        failures.append(("build", "the sandbox pulls no images; build one, or bring it with `docker load`"))
    if failures or not isinstance(build, Mapping):
        return dict(news), failures
    if "context" not in build:
        failures.append(("build.context", "missing required property 'context'"))
    failures += other_platform(build.get("platform"), daemon_platform)
    for index, secret in enumerate(blocks(build, "secrets")):
        if "id" not in secret:
            failures.append((f"build.secrets[{index}].id", "missing required property 'id'"))
    return {**news, "build": _with_dockerfile(news["build"])}, failures


def _with_dockerfile(build: Value) -> Value:
    """The block with the default name of a Dockerfile. Its secrets stay secret."""
    if isinstance(build, wire.Secret):
        return wire.Secret(_with_dockerfile(build.value))
    return {"dockerfile": "Dockerfile", **build} if isinstance(build, Mapping) else build


def replaced(old: Properties, new: Properties) -> dict[str, str]:
    """Property paths with different inputs, each with its kind. All but the options of its removal replace the image."""
    kinds = differences(old, new)
    return {path: kind if path in _IN_PLACE else f"{kind}_replace" for path, kind in kinds.items()}


def outputs(inputs: Properties, image_id: Value = wire.UNKNOWN) -> dict[str, Value]:
    """Outputs of an image. Without an ID, before the build, some are unknown."""
    return {**inputs, "imageId": image_id, "repoDigest": wire.UNKNOWN if image_id is wire.UNKNOWN else ""}


@dataclass(frozen=True)
class Program:
    """The program with the resource."""

    folder: Path | None
    """None when it cannot be told."""
    environment: Mapping[str, str]


def build(client: docker.DockerClient, inputs: Properties, program: Program, say: Say) -> str:
    """Builds the image; returns its ID. Raises ProviderError."""
    options = block(inputs, "build")
    root = located(text(options, "context"), program.folder)
    dockerfile = (program.folder or root) / text(options, "dockerfile")
    if not dockerfile.is_file():  # as in the real provider: first relative to the program, then to the context
        dockerfile = root / text(options, "dockerfile")
    if not root.is_dir() or not dockerfile.is_file():
        raise ProviderError(f"there is no {root if not root.is_dir() else dockerfile} to build; correct the path")
    secrets = {text(source, "id"): _secret(source, program) for source in blocks(options, "secrets")}
    request = buildkit.Build(text(inputs, "name"), options, Context(root, dockerfile), secrets)
    lines = {line.strip() for value in secrets.values() for line in value.decode(errors="replace").splitlines()}
    return buildkit.run(client, request, say, hider(lines))


def _secret(source: Properties, program: Program) -> bytes:
    name, path = text(source, "id"), text(source, "src", "")
    if path:
        try:
            return located(path, program.folder).read_bytes()
        except OSError as error:
            raise ProviderError(f"the build secret {name!r} cannot be read: {error}") from error
    variable = text(source, "env", "") or name
    if variable not in program.environment:
        raise ProviderError(f"the build secret {name!r} is not there: set the variable {variable} and run it again")
    return program.environment[variable].encode()
