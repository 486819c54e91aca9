"""The inputs of docker:index/image:Image: what is refused, what is filled in, and what makes a difference.

Source: https://www.pulumi.com/registry/packages/docker/api-docs/image/
"""

import difflib
import ipaddress
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.utils.build import match_tag

from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.protocol import wire

Failures = list[tuple[str, str]]
"""Property path and reason."""

# A type is what a value must be; a map names its properties, a list holds the type of every item.
_SHAPE: dict[str, Any] = {
    "imageName": str,
    "skipPush": bool,
    "buildOnPreview": bool,
    "registry": {"server": str, "username": str, "password": str},
    "build": {
        "addHosts": [str],
        "args": {None: str},
        "builderVersion": str,
        "cacheFrom": {"images": [str]},
        "context": str,
        "contextDigest": str,  # worked out here, as the real provider does
        "dockerfile": str,
        "network": str,
        "platform": str,
        "target": str,
    },
}
_WORDS = {str: "a string", bool: "true or false"}
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_NO_DIFFERENCE = {"registry.username", "registry.password"}  # credentials change often and do not change the image


@dataclass(frozen=True)
class Reference:
    """An image name in its parts: `host` is "" for a name that would mean Docker's public registry."""

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
    """Whether a registry, given as host, host:port or URL, can only be on this machine."""
    host = server.partition("://")[2] or server
    host = host.partition("/")[0].rpartition("@")[2]
    host = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(news: Mapping[str, Any], directory: Path | None, daemon_platform: str) -> tuple[dict[str, Any], Failures]:
    """The inputs with defaults and the context's digest filled in and the password sealed, and what is wrong with them.

    Relative paths start at `directory`, the program's; None when that cannot be told. `daemon_platform` is what the
    Docker daemon builds, such as linux/amd64.
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
    inputs = {"buildOnPreview": False, "skipPush": False, **news}
    if isinstance(inputs.get("registry"), Mapping):
        inputs["registry"] = wire.seal(inputs["registry"], {"password"})
    given = inputs.get("build", {})
    build = given.value if isinstance(given, wire.Secret) else given
    if isinstance(build, Mapping):
        build = _complete(dict(build), directory, daemon_platform, failures)
        inputs["build"] = wire.Secret(build) if isinstance(given, wire.Secret) else build
    return inputs, failures


def outputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of an image as far as they follow from checked inputs without secrets; the digest comes with the push."""
    build, registry = inputs["build"], inputs.get("registry", {})
    build = build if isinstance(build, Mapping) else dict.fromkeys(("context", "dockerfile", "platform"), wire.UNKNOWN)
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


def differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Property paths in which two sets of inputs without secrets differ, each with "add", "delete" or "update"."""
    found: dict[str, str] = {}
    for name in sorted({*old, *new}):
        here = f"{path}{name}"
        if here in _NO_DIFFERENCE:
            continue
        if name not in old:
            found[here] = "add"
        elif name not in new:
            found[here] = "delete"
        elif isinstance(old[name], Mapping) and isinstance(new[name], Mapping):
            found |= differences(old[name], new[name], f"{here}.")
        elif old[name] != new[name]:
            found[here] = "update"
    return found


def check_shape(shape: Any, value: Any, path: str, failures: Failures) -> None:
    """Add what is unknown or of another type to the failures."""
    if isinstance(value, wire.Unknown):
        return
    if isinstance(shape, dict):
        if not isinstance(value, Mapping):
            failures.append((path, f"must be an object, got {value!r}"))
            return
        for name, item in value.items():
            here = f"{path}.{name}" if path else name
            if None in shape or name in shape:
                check_shape(shape.get(None) or shape[name], item, here, failures)
            else:
                close = difflib.get_close_matches(name, shape, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(shape))}"
                failures.append((here, f"unknown property {name!r}; {hint}"))
    elif isinstance(shape, list):
        if not isinstance(value, list):
            failures.append((path, f"must be a list, got {value!r}"))
            return
        for index, item in enumerate(value):
            check_shape(shape[0], item, f"{path}[{index}]", failures)
    elif not isinstance(value, shape):
        failures.append((path, f"must be {_WORDS[shape]}, got {value!r}"))


def _check_names(values: Mapping[str, Any], failures: Failures) -> None:
    """The sandbox is hermetic: nothing is pushed to or read from another machine."""
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
    build: dict[str, Any], directory: Path | None, daemon_platform: str, failures: Failures
) -> dict[str, Any]:
    """The real provider's defaults, the digest of the context where it is known, and the daemon's platform."""
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


def other_platform(platform: Any, daemon_platform: str) -> Failures:
    """What is wrong with a platform that the daemon does not build."""
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
    """linux/x86_64 and linux/arm64/v8 as Docker itself calls them."""
    system, _, rest = platform.lower().partition("/")
    architecture = rest.partition("/")[0]
    return f"{system}/{_ARCHITECTURES.get(architecture, architecture)}"
