"""Builds, pushes and removes images with the Docker daemon.

The classic builder does the work: the daemon of a machine without buildx has no other.
"""

import logging
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound
from urllib3.exceptions import HTTPError

from slipway_sandbox import docker_daemon
from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.image import Reference
from slipway_sandbox.provider.protocol.engine_connection import Say
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.hiding import Hide
from slipway_sandbox.provider.protocol.readers import block, text, texts
from slipway_sandbox.provider.protocol.wire import Properties

SHOWN_LINES = 10  # of a failed build
SILENCE_SECONDS = 600  # a daemon silent for longer while pushing counts as dead

# Its debug lines have whole URLs with the build's arguments, and these may be secret.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def daemon(host: str | None) -> Iterator[docker.DockerClient]:
    """A client of the daemon at `host`. Default: DOCKER_HOST or the current context, as for the docker command.

    Raises ProviderError with the fix when the daemon does not answer, or stops answering.
    """
    client = None
    try:
        client = docker_daemon.connect(SILENCE_SECONDS, host)
        yield client
    except APIError as error:
        raise ProviderError(f"the Docker daemon refused: {error.explanation or error}") from error
    except (DockerException, requests.exceptions.RequestException, HTTPError) as error:
        where = host or docker_daemon.address()
        raise ProviderError(
            f"no Docker daemon answers at {where}; `python3 -m setup.docker_daemon` starts one, then run the same command again"
        ) from error
    finally:
        if client is not None:
            client.close()


def platform(client: docker.DockerClient) -> str:
    """The daemon's platform, such as linux/amd64."""
    version = client.version()
    return f"{version['Os']}/{version['Arch']}"


def build(client: docker.DockerClient, inputs: Properties, context: Context, say: Say, hide: Hide) -> str:
    """Builds and tags the image of `inputs`, without its secrets; returns its ID, sha256:...

    Raises ProviderError with the last lines of a failed build.
    """
    options, name = block(inputs, "build"), text(inputs, "imageName")
    dockerfile = text(options, "dockerfile")
    cache_from = texts(block(options, "cacheFrom"), "images")
    for image in cache_from:
        _pull(client, image, say)
    try:
        archive, dockerfile_name = context.archive()
    except OSError as error:
        raise ProviderError(f"the build context {context.root} cannot be read: {error}") from error
    lines: deque[str] = deque(maxlen=SHOWN_LINES)
    with archive:
        try:
            for event in client.api.build(
                fileobj=archive,
                custom_context=True,
                dockerfile=dockerfile_name,
                tag=name,
                buildargs=block(options, "args"),
                cache_from=cache_from,
                target=text(options, "target", "") or None,
                network_mode=text(options, "network", "") or None,
                extra_hosts=texts(options, "addHosts") or None,
                rm=True,
                forcerm=True,
                decode=True,
                use_config_proxy=False,
            ):
                if "error" in event:
                    raise ProviderError(failure(dockerfile, hide(event["error"]), lines))
                for line in ESCAPES.sub("", hide(event.get("stream", ""))).splitlines():
                    if line.strip():
                        lines.append(line.rstrip())
                    if line.startswith("Step "):
                        say(line)
        except APIError as error:
            raise ProviderError(failure(dockerfile, hide(error.explanation or str(error)), lines)) from error
    return str(client.images.get(name).id)


def push(client: docker.DockerClient, name: str, login: Mapping[str, str], say: Say) -> str:
    """Pushes a local image; returns the digest of its manifest in the registry. Raises ProviderError."""
    reference = Reference.parse(name)
    repository = f"{reference.host}/{reference.repository}"
    say(f"pushing {name}")
    pushed = ""
    # With an empty login, docker-py does not run the user's own credential helpers.
    for event in client.api.push(repository, reference.tag, stream=True, decode=True, auth_config=dict(login)):
        if "error" in event:
            raise ProviderError(
                f"pushing {name} failed: {event['error'].strip()}; see `slipway sandbox status` for the registry"
            )
        pushed = event.get("aux", {}).get("Digest", pushed)
    if not pushed:
        raise ProviderError(f"the Docker daemon pushed {name} and named no digest; run the same command again")
    return pushed


def has(client: docker.DockerClient, image_id: str) -> bool:
    """Whether an image is on this machine."""
    try:
        client.images.get(image_id)
    except ImageNotFound:
        return False
    return True


def untag(client: docker.DockerClient, name: str, say: Say) -> None:
    """Removes a local tag, and the image without any other."""
    try:
        client.images.remove(name, force=True)
    except ImageNotFound:
        return
    except APIError as error:
        if error.status_code != requests.codes.conflict:
            raise ProviderError(f"the local image {name} cannot be removed: {error.explanation}") from error
        say(f"{name} stays on this machine: {error.explanation}")


def _pull(client: docker.DockerClient, image: str, say: Say) -> None:
    try:
        client.images.pull(image)
    except APIError as error:  # as in the real provider: the build works without a cache, too
        say(f"cacheFrom image {image} is not available: {error.explanation}")


def failure(dockerfile: str, error: str, lines: deque[str]) -> str:
    """The message of a failed build: its error, its last lines, and the fix where it is known."""
    shown = "".join(f"\n    {line}" for line in lines)
    message = f"the build of {dockerfile} failed: {error.strip()}" + (f"; it ended with{shown}" if shown else "")
    base = re.fullmatch(r"Step \d+/\d+ : FROM (\S+).*", lines[-1]) if lines else None
    if base is not None:
        message += (
            f"\n{base[1]} is not on this machine and cannot be pulled; `python3 -m setup.base_image` makes "
            "slipway-sandbox/python:3.12, and `docker load` brings any other"
        )
    elif any("No matching distribution found" in line for line in lines):
        message += (
            "\nslipway-sandbox/python:3.12 has the packages that app/requirements.txt pinned when it was made; "
            "`python3 -m setup.base_image` brings it up to date"
        )
    return message
