"""The inputs of docker:index/image:Image: refusals, defaults and differences.

Source: https://www.pulumi.com/registry/packages/docker/api-docs/image/
"""

import ipaddress
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docker.utils.build import match_tag

from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.shape import Block, Failures, ListOf, MapOf, check_shape
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Properties, Value

_SHAPE = Block(
    {
        "imageName": str,
        "skipPush": bool,
        "buildOnPreview": bool,
        "registry": Block({"server": str, "username": str, "password": str}),
        "build": Block(
            {
                "addHosts": ListOf(str),
                "args": MapOf(str),
                "builderVersion": str,
                "cacheFrom": Block({"images": ListOf(str)}),
                "context": str,
                "contextDigest": str,  # computed here, as in the real provider
                "dockerfile": str,
                "network": str,
                "platform": str,
                "target": str,
            }
        ),
    }
)
UNKNOWN_BUILD = ("context", "dockerfile", "platform")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_NO_DIFFERENCE = {"registry.username", "registry.password"}  # credentials change often and do not change the image


@dataclass(frozen=True)
class Reference:
    """An image name in its parts. `host` is "" for a name of Docker's public registry."""

    host: str
    repository: str
    tag: str

    @classmethod
    def parse(cls, name: str) -> "Reference":
        host, slash, rest = name.partition("/")
        if not slash or not ("." in host or ":" in host or host == "localhost"):
            host, rest = "", name
        repository, _, tag = rest.partition(":")
        return cls(host, repository, tag or "latest")


def is_loopback(server: str) -> bool:
    """Whether a registry (host, host:port or URL) is on this machine."""
    host = server.partition("://")[2] or server
    host = host.partition("/")[0].rpartition("@")[2]
    host = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(news: Properties, directory: Path | None, daemon_platform: str) -> tuple[dict[str, Value], Failures]:
    """The inputs with defaults, the context's digest and a secret password; and the broken rules.

    Relative paths start at the program's `directory`; None when it is unknown. `daemon_platform` is the Docker daemon's
    platform, such as linux/amd64.
    """
    failures: Failures = []
    values = wire.plain(dict(news))
    check_shape(_SHAPE, values, "", failures)
    if isinstance(values.get("skipPush"), wire.Unknown):
        failures.append(("skipPush", "must be known in a preview: pulumi-docker ends in a panic where it is not"))
    if "imageName" not in values:
        failures.append(("imageName", "missing required property 'imageName'"))
    if failures:
        return dict(news), failures
    _check_names(values, failures)
    inputs: dict[str, Value] = {"buildOnPreview": False, "skipPush": False, **news}
    registry = inputs.get("registry")
    if isinstance(registry, Mapping):
        inputs["registry"] = wire.seal(registry, {"password"})
    input_build = inputs.get("build", {})
    build = input_build.value if isinstance(input_build, wire.Secret) else input_build
    if isinstance(build, Mapping):
        completed = _complete(dict(build), directory, daemon_platform, failures)
        inputs["build"] = wire.Secret(completed) if isinstance(input_build, wire.Secret) else completed
    return inputs, failures


def outputs(inputs: Properties) -> dict[str, Value]:
    """Outputs known from checked inputs without secrets. The push adds the digest."""
    known, registry = inputs["build"], inputs.get("registry", {})
    build: Properties = known if isinstance(known, Mapping) else dict.fromkeys(UNKNOWN_BUILD, wire.UNKNOWN)
    context, dockerfile = build["context"], build.get("dockerfile", wire.UNKNOWN)
    if isinstance(context, str) and isinstance(dockerfile, str):
        dockerfile = posixpath.relpath(dockerfile, context)
    return {
        "baseImageName": inputs["imageName"],
        "imageName": inputs["imageName"],
        "context": context,
        "dockerfile": dockerfile,
        "platform": build["platform"],
        "registryServer": registry.get("server", "") if isinstance(registry, Mapping) else wire.UNKNOWN,
        "repoDigest": wire.UNKNOWN,
    }


def differences(old: Properties, new: Properties, path: str = "") -> dict[str, str]:
    """Property paths with different inputs, without secrets, each with "add", "delete" or "update"."""
    kinds: dict[str, str] = {}
    for name in sorted({*old, *new}):
        here = f"{path}{name}"
        if here in _NO_DIFFERENCE:
            continue
        if name not in old:
            kinds[here] = "add"
        elif name not in new:
            kinds[here] = "delete"
        else:
            before, after = old[name], new[name]
            if isinstance(before, Mapping) and isinstance(after, Mapping):
                kinds |= differences(before, after, f"{here}.")
            elif before != after:
                kinds[here] = "update"
    return kinds


def _check_names(values: Properties, failures: Failures) -> None:
    """Refuses names of other machines: the sandbox neither pushes to them nor reads from them."""
    name, registry, build = values["imageName"], values.get("registry"), values.get("build")
    push = values.get("skipPush") is not True
    if isinstance(name, str) and not match_tag(name):
        failures.append(("imageName", f"must be [registry/]repository[:tag] in lower case, got {name!r}"))
    elif isinstance(name, str) and push and not is_loopback(Reference.parse(name).host):
        failures.append(("imageName", _elsewhere(name, "pushes only to its own registry", "its repository URL")))
    server = registry.get("server") if isinstance(registry, Mapping) else None
    if isinstance(server, str) and server and push and not is_loopback(server):
        failures.append(("registry.server", _elsewhere(server, "pushes only to its own registry", "its address")))
    cache = build.get("cacheFrom") if isinstance(build, Mapping) else None
    images = cache.get("images", []) if isinstance(cache, Mapping) else []
    for index, image in enumerate(images if isinstance(images, list) else []):
        if isinstance(image, str) and not is_loopback(Reference.parse(image).host):
            where = f"build.cacheFrom.images[{index}]"
            failures.append((where, _elsewhere(image, "reads caches only from its own registry", "an image there")))


def _elsewhere(value: str, rule: str, use: str) -> str:
    return f"the sandbox {rule} on this machine, got {value!r}; use {use} (localhost:<port>/...)"


def _complete(
    build: dict[str, Value], directory: Path | None, daemon_platform: str, failures: Failures
) -> dict[str, Value]:
    """The block with the real provider's defaults, the context's digest if known, and the daemon's platform."""
    version = wire.plain(build.get("builderVersion"))
    if version not in (None, wire.UNKNOWN, "BuilderV1", "BuilderBuildKit"):
        failures.append(("build.builderVersion", f"must be BuilderV1 or BuilderBuildKit, got {version!r}"))
    platform = wire.plain(build.setdefault("platform", daemon_platform))
    failures += other_platform(platform, daemon_platform)
    context = wire.plain(build.setdefault("context", "."))
    if isinstance(context, str):
        default = posixpath.normpath(posixpath.join(context, "Dockerfile"))
        dockerfile = wire.plain(build.setdefault("dockerfile", default))
        if isinstance(dockerfile, str):
            digest = _context_digest(context, dockerfile, directory, failures)
            if digest is not None:
                build["contextDigest"] = digest
    return build


def other_platform(platform: Value, daemon_platform: str) -> Failures:
    """Refuses a platform other than the daemon's."""
    if not isinstance(platform, str) or _normal(platform) == _normal(daemon_platform):
        return []
    reason = f"the Docker daemon here builds and runs {daemon_platform}, got {platform!r}"
    return [("build.platform", f"{reason}; set {daemon_platform} in the sandbox's stack")]


def _context_digest(context: str, dockerfile: str, directory: Path | None, failures: Failures) -> str | None:
    if directory is None and not (Path(context).is_absolute() and Path(dockerfile).is_absolute()):
        reason = f"is relative, and the program's folder cannot be told on this system, got {context!r}"
        failures.append(("build.context", f"{reason}; write absolute paths for context and dockerfile"))
        return None
    start = directory or Path("/")
    root, file = start / context, start / dockerfile
    if not root.is_dir():
        failures.append(("build.context", f"must be a folder, got {context!r}; there is none at {root}"))
        return None
    if not file.is_file():
        inside = posixpath.normpath(posixpath.join(context, dockerfile))
        fix = f"write {inside!r}" if (start / inside).is_file() else "create it or correct the path"
        reason = f"must be the Dockerfile's path from the program's folder, got {dockerfile!r}"
        failures.append(("build.dockerfile", f"{reason}; there is no file at {file}: {fix}"))
        return None
    try:
        return Context(root, file).digest()
    except OSError as error:
        failures.append(("build.context", f"cannot be read: {error.strerror}: {error.filename}; exclude it or fix it"))
        return None


def _normal(platform: str) -> str:
    """linux/x86_64 and linux/arm64/v8 in Docker's own words."""
    system, _, rest = platform.lower().partition("/")
    architecture = rest.partition("/")[0]
    return f"{system}/{_ARCHITECTURES.get(architecture, architecture)}"
