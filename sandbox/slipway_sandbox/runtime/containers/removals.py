"""Removes containers, volumes and networks; what a silent daemon cannot remove waits until it answers again."""

import contextlib
import http
import logging

import docker
from docker.errors import APIError, DockerException, NotFound

from slipway_sandbox.docker_daemon import BROKEN_OFF

LABEL = "slipway.sandbox"

log = logging.getLogger(__name__)


class Removals:
    """Removes what one sandbox, the owner, has made."""

    def __init__(self, client: docker.DockerClient, owner: str) -> None:
        self._client = client
        self._mine = {"label": f"{LABEL}={owner}"}
        self._waiting: list[tuple[list[str], list[str]]] = []

    def now(self, containers: list[str], volumes: list[str]) -> None:
        """Kill and remove; some may be gone already."""
        for container in containers:
            try:
                self._client.api.remove_container(container, force=True, v=True)
            except NotFound:
                continue
            except APIError as error:
                if error.status_code != http.HTTPStatus.CONFLICT:  # another thread is removing it
                    raise
        for volume in volumes:
            with contextlib.suppress(NotFound):
                self._client.api.remove_volume(volume)

    def later(self, containers: list[str], volumes: list[str]) -> None:
        """Kill and remove as soon as the daemon answers."""
        self._waiting.append((containers, volumes))

    @property
    def are_waiting(self) -> bool:
        """Whether something waits for the daemon."""
        return bool(self._waiting)

    def waiting(self) -> None:
        """The daemon answers: remove what waits for it."""
        waiting, self._waiting = self._waiting, []
        for containers, volumes in waiting:
            try:
                self.now(containers, volumes)
            except (DockerException, *BROKEN_OFF) as error:
                log.warning("what an ended task left cannot be removed yet: %s", error)
                self.later(containers, volumes)

    def everything(self) -> int:
        """Kill and remove every container, volume and network of this sandbox; returns how many containers there were."""
        containers = [entry["Id"] for entry in self._client.api.containers(all=True, filters=self._mine)]
        volumes = [volume.name for volume in self._client.volumes.list(filters=self._mine)]
        try:
            self.now(containers, volumes)
            for network in self._client.networks.list(filters=self._mine):
                network.remove()
        except APIError as error:
            log.warning("a container, volume or network of the sandbox could not be removed: %s", error)
        return len(containers)
