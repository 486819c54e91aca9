"""What Docker has counted of a container: processor time and memory."""

import docker
from docker.errors import DockerException

from slipway_sandbox import docker_daemon
from slipway_sandbox.documents import Document


class Counters:
    """The counters of running containers. Docker is asked once for each look; nothing is streamed."""

    def __init__(self, client: docker.DockerClient) -> None:
        self._client = client

    def of(self, container: str) -> Document | None:
        """The counters as Docker's API has them; None where the container is gone or Docker does not answer."""
        try:
            counted: Document = self._client.api.stats(container, stream=False, one_shot=True)
        except (DockerException, *docker_daemon.BROKEN_OFF):
            return None
        return counted
