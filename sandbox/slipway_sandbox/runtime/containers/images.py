"""The images of the Docker daemon, pulled where they are not there yet."""

import contextlib
import threading

import docker
from docker.errors import DockerException, ImageNotFound

from slipway_sandbox.ecr_hosts import in_registry
from slipway_sandbox.runtime.containers.specs import TaskError


class Images:
    """Local images first, then their registries. `registry` stands for ECR (`localhost:5000`)."""

    def __init__(self, client: docker.DockerClient, registry: str) -> None:
        self._client, self._registry = client, registry
        self._pulling = threading.Lock()

    def id_of(self, reference: str) -> str:
        """Image id for a reference. Raises TaskError as ECS words it."""
        name = in_registry(reference, self._registry)
        with contextlib.suppress(ImageNotFound):
            return str(self._client.images.get(name).id)
        with self._pulling:
            with contextlib.suppress(ImageNotFound):  # another task has pulled it meanwhile
                return str(self._client.images.get(name).id)
            try:
                pulled = self._client.images.pull(name) if "@" in name else self._client.images.pull(*_tagged(name))
                return str(pulled.id)
            except DockerException as error:
                raise TaskError(
                    f"CannotPullContainerError: pull image manifest has been retried 1 time(s): "
                    f"failed to resolve ref {reference}: {words(error)}"
                ) from error

    def has(self, image: str) -> bool:
        """Whether a local image is there."""
        try:
            self._client.images.get(image)
        except ImageNotFound:
            return False
        return True


def words(error: Exception) -> str:
    """What the daemon says."""
    return str(getattr(error, "explanation", None) or error)


def _tagged(name: str) -> tuple[str, str]:
    repository, _, tag = name.rpartition(":")
    return (repository, tag) if repository and "/" not in tag else (name, "latest")
