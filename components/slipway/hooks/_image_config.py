"""Configuration of an image, read from its registry: processor, exposed ports, user.

Only Amazon ECR and registries on this machine are read. Source: https://distribution.github.io/distribution/spec/api/
"""

import ipaddress
import json
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from slipway.common import ecr_host

SECONDS = 20
REFERENCE = re.compile(r"(?P<host>[^/]+)/(?P<name>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?")
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
PROCESSORS = {"amd64": "x86_64"}


class ImageMissingError(Exception):
    """The registry answers, and has no such image."""


class ImageUnreadableError(Exception):
    """The registry does not show the image; the message gives the reason."""


class Platform(TypedDict):
    """Platform of an image in an index."""

    architecture: NotRequired[str]


class Descriptor(TypedDict):
    """Reference to a document of the registry."""

    digest: str
    platform: NotRequired[Platform]


class Manifest(TypedDict):
    """An image of one platform, or an index of several."""

    config: Descriptor
    manifests: NotRequired[list[Descriptor]]


class Settings(TypedDict):
    """Part of a configuration file: the settings for containers of the image."""

    ExposedPorts: NotRequired[dict[str, object] | None]
    User: NotRequired[str | None]


class ConfigFile(TypedDict):
    """Configuration file of an image."""

    architecture: str
    config: NotRequired[Settings | None]


@dataclass(frozen=True)
class ImageConfig:
    """Properties of an image that a task has to fit."""

    architectures: Sequence[str]
    """Processors in AWS's words; several for an image of several platforms."""
    ports: Sequence[int]
    """Exposed TCP ports; empty where the image names none."""
    user: str
    """User of its processes, as in the Dockerfile; empty for none."""


def image_config(image: str, architecture: str, token: str) -> ImageConfig | None:
    """The configuration of an image for a processor; None for another registry than those read here.

    `token` is ECR's, for an image there.

    Raises ImageMissingError and ImageUnreadableError.
    """
    parts = REFERENCE.fullmatch(image)
    if parts is None or not (ecr_host(parts["host"]) or on_this_machine(parts["host"])):
        return None
    registry = _Registry(parts["host"], parts["name"], token)
    manifest = registry.manifest(parts["digest"] or parts["tag"] or "latest")
    if "manifests" in manifest:
        # An index lists attestations beside images, with a platform called unknown.
        images = {_processor(entry): entry["digest"] for entry in manifest["manifests"]}
        images.pop("unknown", None)
        if architecture not in images:
            return ImageConfig(sorted(images), [], "")
        manifest = registry.manifest(images[architecture])
    return read_config(registry.config_file(manifest["config"]["digest"]))


def read_config(config: ConfigFile) -> ImageConfig:
    """Configuration file of an image to the properties that a task has to fit."""
    settings = config.get("config") or {}
    exposed = (port.partition("/") for port in settings.get("ExposedPorts") or {})
    ports = sorted(int(number) for number, _, protocol in exposed if protocol in ("", "tcp"))
    processor = config["architecture"]
    return ImageConfig([PROCESSORS.get(processor, processor)], ports, settings.get("User") or "")


def on_this_machine(host: str) -> bool:
    """Whether a registry, as host or host:port, runs on this machine."""
    name = host.rpartition(":")[0] or host
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _processor(entry: Descriptor) -> str:
    processor = entry.get("platform", {}).get("architecture", "unknown")
    return PROCESSORS.get(processor, processor)


class _Registry:
    def __init__(self, host: str, name: str, token: str) -> None:
        ecr = ecr_host(host)
        self._base = f"{'https' if ecr else 'http'}://{host}/v2/{name}/"
        self._token = token
        self._opener = urllib.request.build_opener(*([] if ecr else [urllib.request.ProxyHandler({})]))

    def manifest(self, reference: str) -> Manifest:
        return cast("Manifest", self._read(f"manifests/{reference}"))

    def config_file(self, digest: str) -> ConfigFile:
        return cast("ConfigFile", self._read(f"blobs/{digest}"))

    def _read(self, path: str) -> object:
        accept = {"Accept": ", ".join(MANIFESTS)}
        request = urllib.request.Request(self._base + path, headers=accept)  # noqa: S310 - the scheme is set above
        if self._token:
            # ECR redirects the reader of a blob to S3, which refuses a token of ECR.
            request.add_unredirected_header("Authorization", f"Basic {self._token}")
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                document: object = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    raise ImageMissingError from error
                raise ImageUnreadableError(f"the registry answers HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise ImageUnreadableError(f"the registry does not answer: {error}") from error
        return document
