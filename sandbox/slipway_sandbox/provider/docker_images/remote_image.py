"""docker:index/remoteImage:RemoteImage as far as it builds: an image with build secrets, on this machine and not pushed.

As the real one it takes secrets by where they are, a file or a variable of the engine's environment, and is replaced by
whatever changes. It differs where a sandbox has to: it pulls nothing, and a secret that is not there is refused.
Source: https://www.pulumi.com/registry/packages/docker/api-docs/remoteimage/
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docker

from slipway_sandbox.provider.docker_images import buildkit
from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.daemon import Hide
from slipway_sandbox.provider.docker_images.engine_connection import Say
from slipway_sandbox.provider.docker_images.image import Failures, check_shape, differences, other_platform
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError

REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage"
_SHAPE: dict[str, Any] = {
    "name": str,
    "keepLocally": bool,
    "forceRemove": bool,
    "triggers": {None: str},
    "build": {
        "context": str,
        "dockerfile": str,
        "buildArgs": {None: str},
        "platform": str,
        "target": str,
        "secrets": [{"id": str, "env": str, "src": str}],
    },
}
_IN_PLACE = ("keepLocally", "forceRemove")


def check(news: Mapping[str, Any], daemon_platform: str) -> tuple[dict[str, Any], Failures]:
    """The inputs with the Dockerfile's name filled in, and what is wrong with them."""
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
    for index, secret in enumerate(build.get("secrets", [])):
        if "id" not in secret:
            failures.append((f"build.secrets[{index}].id", "missing required property 'id'"))
    return {**news, "build": {"dockerfile": "Dockerfile", **build}}, failures


def replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Property paths that differ, each with its kind; all of them replace the image but what only steers its removal."""
    found = differences(old, new)
    return {path: kind if path in _IN_PLACE else f"{kind}_replace" for path, kind in found.items()}


def outputs(inputs: Mapping[str, Any], image_id: Any = wire.UNKNOWN) -> dict[str, Any]:
    """Outputs of an image; what is not known before it is built is unknown."""
    return {**inputs, "imageId": image_id, "repoDigest": wire.UNKNOWN if image_id is wire.UNKNOWN else ""}


def build(
    client: docker.DockerClient,
    inputs: Mapping[str, Any],
    folder: Path,
    environment: Mapping[str, str],
    say: Say,
) -> str:
    """Build the image; its ID. Raises ProviderError."""
    options = inputs["build"]
    root = folder / options["context"]
    dockerfile = folder / options["dockerfile"]
    if not dockerfile.is_file():  # as the real one, relative to the program first and to the context then
        dockerfile = root / options["dockerfile"]
    if not root.is_dir() or not dockerfile.is_file():
        raise ProviderError(f"there is no {root if not root.is_dir() else dockerfile} to build; correct the path")
    secrets = {it["id"]: _secret(it, folder, environment) for it in options.get("secrets", [])}
    return buildkit.build(client, inputs["name"], options, Context(root, dockerfile), secrets, say, _hide(secrets))


def _secret(source: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> bytes:
    if source.get("src"):
        try:
            return Path(folder / source["src"]).read_bytes()
        except OSError as error:
            raise ProviderError(f"the build secret {source['id']!r} cannot be read: {error}") from error
    name = source.get("env") or source["id"]
    if name not in environment:
        raise ProviderError(f"the build secret {source['id']!r} is not there: set the variable {name} and run it again")
    return environment[name].encode()


def _hide(secrets: Mapping[str, bytes]) -> Hide:
    lines = {line.strip() for value in secrets.values() for line in value.decode(errors="replace").splitlines()}
    hidden = sorted((line for line in lines if line), key=len, reverse=True)

    def hide(text: str) -> str:
        for line in hidden:
            text = text.replace(line, "[secret]")
        return text

    return hide
