"""The Docker daemon of this machine: at DOCKER_HOST, else at the current context, as for the docker command."""

import contextlib
import os
import struct

import docker
from docker.context import ContextAPI
from docker.errors import DockerException
from urllib3.exceptions import HTTPError

ANSWER_SECONDS = 5.0
# What a call raises whose answer breaks off: docker-py passes its libraries' errors on.
BROKEN_OFF = (OSError, HTTPError, struct.error)


def connect(timeout_seconds: float, host: str | None = None) -> docker.DockerClient:
    """A client of the daemon. Raises DockerException or OSError when none answers."""
    if host is not None:
        return docker.DockerClient(base_url=host, timeout=timeout_seconds)  # type: ignore[arg-type] # requests takes fractions
    if "DOCKER_HOST" in os.environ:
        return docker.from_env(timeout=timeout_seconds)  # type: ignore[arg-type] # as above
    context = ContextAPI.get_current_context()
    return docker.DockerClient(base_url=context.Host, tls=context.TLSConfig, timeout=timeout_seconds)  # type: ignore[arg-type]


def address() -> str:
    """Where the daemon is looked for, in words."""
    return os.environ.get("DOCKER_HOST") or str(ContextAPI.get_current_context().Host or "its usual place")


def answers() -> bool:
    """Whether a daemon answers there."""
    try:
        with contextlib.closing(connect(ANSWER_SECONDS)) as client:
            return bool(client.ping())
    except (DockerException, OSError):
        return False
