"""Docker's part of the pods: what a pod's thread asks of it, beside what ECS's tasks do."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from docker.errors import DockerException, NotFound

from slipway_sandbox import docker_daemon
from slipway_sandbox.runtime.containers.host import CALL_TIMEOUT_SECONDS
from slipway_sandbox.runtime.containers.removals import LABEL

MEMORY = {
    "type": "tmpfs",
    "device": "tmpfs",
    "o": "mode=1777",
}  # an emptyDir is everybody's, in each container of its pod


@dataclass(frozen=True)
class Ended:
    """How a container ended."""

    code: int
    reason: str
    """Kubernetes's word: Completed, Error or OOMKilled."""
    started_at: str
    finished_at: str


class PodDocker:
    """Calls of Docker. Raises DockerException when no daemon answers."""

    def __init__(self, owner: str) -> None:
        self._client = docker_daemon.connect(CALL_TIMEOUT_SECONDS)
        self._owner = owner

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def create_memory_volume(self, name: str) -> None:
        """A volume in memory, there while one of its containers runs."""
        self._client.volumes.create(name, driver="local", driver_opts=MEMORY, labels={LABEL: self._owner})

    def remove_volumes(self, names: list[str]) -> None:
        """Removes volumes that nothing uses; some may be gone already."""
        for name in names:
            with contextlib.suppress(NotFound):
                self._client.api.remove_volume(name, force=True)

    def user_of(self, image: str) -> str:
        """The user that an image names."""
        return str(self._client.images.get(image).attrs["Config"].get("User") or "")

    def started_at(self, container: str) -> str:
        """When a container started, in RFC 3339."""
        return _seconds(self._client.api.inspect_container(container)["State"]["StartedAt"])

    def ended(self, container: str) -> Ended | None:
        """How a container ended; None while it runs."""
        try:
            state = self._client.api.inspect_container(container)["State"]
        except NotFound:
            return Ended(137, "Error", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")
        if state["Running"] or state["Status"] in ("created", "restarting"):
            return None
        code = int(state["ExitCode"])
        reason = "OOMKilled" if state["OOMKilled"] else "Completed" if code == 0 else "Error"
        return Ended(code, reason, _seconds(state["StartedAt"]), _seconds(state["FinishedAt"]))

    def run(self, container: str, command: list[str]) -> tuple[int, str]:
        """Runs a command in a container: exit code and output."""
        try:
            made = self._client.api.exec_create(container, command)
            said = self._client.api.exec_start(made["Id"])
            code = self._client.api.exec_inspect(made["Id"])["ExitCode"]
        except DockerException as error:
            return -1, str(getattr(error, "explanation", None) or error)
        return int(code), said.decode(errors="replace")

    def log(self, container: str, options: Mapping[str, str]) -> Iterator[bytes]:
        """Output of a container, with the options of Kubernetes's logs."""
        tail: int | Literal["all"] = int(options["tailLines"]) if "tailLines" in options else "all"
        is_timed = options.get("timestamps") == "true"
        if options.get("follow") == "true":
            yield from self._client.api.logs(container, tail=tail, timestamps=is_timed, stream=True, follow=True)
        else:
            yield bytes(self._client.api.logs(container, tail=tail, timestamps=is_timed))


def _seconds(moment: str) -> str:
    return f"{moment[:19]}Z"
