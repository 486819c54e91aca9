"""What an image says of itself, read from its registry: processor, exposed ports, user.

Amazon ECR and registries on this machine are asked, nothing else. Source: https://distribution.github.io/distribution/spec/api/
"""

import ipaddress
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SECONDS = 20
ECR_HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
REFERENCE = re.compile(r"(?P<host>[^/]+)/(?P<name>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?")
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
PROCESSORS = {"amd64": "x86_64"}

Token = Callable[[str], str]
"""Region to ECR's authorization token there."""


class ImageMissingError(Exception):
    """The registry answers, and has no such image."""


class ImageUnreadableError(Exception):
    """The registry does not show the image; the message says why."""


@dataclass(frozen=True)
class ImageConfig:
    """What a task has to fit."""

    architectures: Sequence[str]
    """Processors in AWS's words; several for an image of several platforms."""
    ports: Sequence[int]
    """TCP ports that it exposes; none says nothing."""
    user: str
    """User that it runs as, as its Dockerfile says; empty for none."""


def image_config(image: str, architecture: str, token: Token) -> ImageConfig | None:
    """The configuration of an image for a processor; None for one of a registry that is not asked.

    Raises ImageMissingError and ImageUnreadableError.
    """
    parts = REFERENCE.fullmatch(image)
    if parts is None or not (ECR_HOST.fullmatch(parts["host"]) or on_this_machine(parts["host"])):
        return None
    registry = _Registry(parts["host"], parts["name"], token)
    manifest = registry.get(f"manifests/{parts['digest'] or parts['tag'] or 'latest'}")
    if "manifests" in manifest:
        # Attestations are listed beside images, of a platform called unknown.
        images = {_processor(it): it["digest"] for it in manifest["manifests"] if _processor(it) != "unknown"}
        if architecture not in images:
            return ImageConfig(sorted(images), [], "")
        manifest = registry.get(f"manifests/{images[architecture]}")
    config = registry.get(f"blobs/{manifest['config']['digest']}")
    return read_config(config)


def read_config(config: Mapping[str, Any]) -> ImageConfig:
    """An image's configuration file to what a task has to fit."""
    settings = config.get("config") or {}
    exposed = (port.partition("/") for port in settings.get("ExposedPorts") or {})
    ports = sorted(int(number) for number, _, protocol in exposed if protocol in ("", "tcp"))
    processor = config["architecture"]
    return ImageConfig([PROCESSORS.get(processor, processor)], ports, settings.get("User") or "")


def on_this_machine(host: str) -> bool:
    """Whether a registry, as host or host:port, is one of this machine."""
    name = host.rpartition(":")[0] or host
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _processor(entry: Mapping[str, Any]) -> str:
    processor = str(entry.get("platform", {}).get("architecture", "unknown"))
    return PROCESSORS.get(processor, processor)


class _Registry:
    def __init__(self, host: str, name: str, token: Token) -> None:
        ecr = ECR_HOST.fullmatch(host)
        self._base = f"{'https' if ecr else 'http'}://{host}/v2/{name}/"
        self._token = token(ecr["region"]) if ecr else ""
        self._opener = urllib.request.build_opener(*([] if ecr else [urllib.request.ProxyHandler({})]))

    def get(self, path: str) -> dict[str, Any]:
        accept = {"Accept": ", ".join(MANIFESTS)}
        request = urllib.request.Request(self._base + path, headers=accept)  # noqa: S310 - the scheme is set above
        if self._token:
            # ECR sends the reader of a blob on to S3, which refuses a token that is not its own.
            request.add_unredirected_header("Authorization", f"Basic {self._token}")
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    raise ImageMissingError from error
                raise ImageUnreadableError(f"the registry answers HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise ImageUnreadableError(f"the registry does not answer: {error}") from error
        return answer
