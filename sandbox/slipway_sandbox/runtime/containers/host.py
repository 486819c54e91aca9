"""The Docker daemon, as far as tasks and instances need it: images, containers and their ends."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator

from docker.errors import DockerException, NotFound

from slipway_sandbox import docker_daemon
from slipway_sandbox.corrections.ecs.namespaces import Namespace
from slipway_sandbox.runtime.containers import link_local, pause
from slipway_sandbox.runtime.containers.counters import Counters
from slipway_sandbox.runtime.containers.definitions import DockerArguments
from slipway_sandbox.runtime.containers.images import Images, words
from slipway_sandbox.runtime.containers.news import ContainerNews
from slipway_sandbox.runtime.containers.removals import LABEL, Removals
from slipway_sandbox.runtime.containers.seen import ContainerSeen
from slipway_sandbox.runtime.containers.specs import TaskError

TASK_LABEL = "slipway.task"
CALL_TIMEOUT_SECONDS = 60
SILENT_SECONDS = 15.0  # there is a look every few seconds
STARTS_AT_ONCE = 4  # more in parallel make none of them faster

log = logging.getLogger(__name__)


class DockerHost:
    """All containers of one sandbox. Raises DockerException when no daemon answers."""

    def __init__(self, owner: str, registry: str) -> None:
        self._client = docker_daemon.connect(CALL_TIMEOUT_SECONDS)
        info = self._client.info()
        self.cpus: int = info["NCPU"]
        self._architecture: str = info["Architecture"]
        self._owner = owner
        self._starting = threading.Semaphore(STARTS_AT_ONCE)
        self._joining = threading.Lock()
        self._seen: dict[str, ContainerSeen] = {}
        self._refreshed = threading.Condition()
        self.removals = Removals(self._client, owner)
        self.counters = Counters(self._client)
        self._news = ContainerNews(self._client, owner)
        self.images = Images(self._client, registry)
        self.daemon = docker_daemon.address()
        self._trouble = ""
        self._answered_at = time.monotonic()

    def close(self) -> None:
        """Close the connections to the daemon."""
        self._news.close()
        self._client.close()

    def refresh(self) -> None:
        """Look at all containers at once where there may be news, and wake who waits; `trouble` says whether the daemon answered."""
        if not self._news.take() and not self._trouble and not self.removals.are_waiting:
            return
        try:
            found = self._client.api.containers(all=True, filters={"label": f"{LABEL}={self._owner}"})
        except (DockerException, *docker_daemon.BROKEN_OFF) as error:
            self._trouble = words(error)
            raise
        self._trouble, self._answered_at = "", time.monotonic()
        self.removals.waiting()
        seen = {
            entry["Id"]: ContainerSeen.of(entry["State"], entry["Status"], (entry["Labels"] or {}).get(TASK_LABEL, ""))
            for entry in found
        }
        with self._refreshed:
            self._seen = seen
            self._refreshed.notify_all()

    @property
    def trouble(self) -> str:
        """Why the daemon did not answer the last look, or is still silent; empty when it did."""
        silent = time.monotonic() - self._answered_at
        return self._trouble or (f"no answer for {silent:.0f} s" if silent > SILENT_SECONDS else "")

    def wait(self, seconds: float, unless: Callable[[], bool]) -> None:
        """Until the next look or `wake`, at most so long; not at all where `unless` is true."""
        with self._refreshed:
            if not unless():
                self._refreshed.wait(seconds)

    def wake(self) -> None:
        """Wake who waits."""
        with self._refreshed:
            self._refreshed.notify_all()

    def seen(self, container: str) -> ContainerSeen | None:
        """The container as of the last refresh; None when it was not there."""
        return self._seen.get(container)

    def network_namespace(
        self, labels: dict[str, str], namespace: Namespace | None = None, arguments: DockerArguments | None = None
    ) -> str:
        """Start a container as the holder of a network namespace, and return its id. `arguments` are further ones."""
        if not self.images.has(pause.IMAGE):
            repository, tag = pause.IMAGE.split(":")
            content = pause.root_filesystem(self._architecture)
            self._client.api.import_image_from_data(content, repository=repository, tag=tag)
        own: DockerArguments = {"command": ["/pause"], "network_mode": "bridge"}
        holder = self.create(pause.IMAGE, own | (arguments or {}), labels)
        self.join(holder, namespace)
        self.start(holder)
        return holder

    def join(self, container: str, namespace: Namespace | None) -> None:
        """Let a container be found by its names, and find others, before it starts. Raises TaskError."""
        if namespace is None:
            return
        network = f"slipway-{self._owner}-{namespace.key}"
        try:
            with self._joining:
                if not self._client.networks.list(names=[network]):
                    self._client.networks.create(network, labels={LABEL: self._owner})
                self._client.api.connect_container_to_network(container, network, aliases=list(namespace.aliases))
        except DockerException as error:
            raise TaskError(f"CannotStartContainerError: Service Connect: {words(error)}") from error

    def create(self, image: str, arguments: DockerArguments, labels: dict[str, str]) -> str:
        """Create a container, not started, and return its id. Raises TaskError."""
        try:
            with self._starting:
                container = self._client.containers.create(
                    image,
                    labels={LABEL: self._owner, **labels},
                    detach=True,
                    **arguments,  # type: ignore[arg-type] # a port may be None, for any free one
                )
        except DockerException as error:
            raise TaskError(f"CannotCreateContainerError: {words(error)}") from error
        return str(container.id)

    def start(self, container: str) -> None:
        """Start a created container. Raises TaskError."""
        try:
            with self._starting:
                self._client.api.start(container)
                self._news.tell()
        except DockerException as error:
            raise TaskError(f"CannotStartContainerError: {words(error)}") from error

    def address(self, container: str) -> str:
        """IPv4 address of a running container on Docker's bridge, empty when it ended already."""
        networks = self._client.api.inspect_container(container)["NetworkSettings"]["Networks"]
        return str(networks["bridge"]["IPAddress"]) if "bridge" in networks else ""

    def run_as_root(self, container: str, script: str) -> None:
        """Run a script in a running container, with the container's capabilities. Raises TaskError."""
        try:
            made = self._client.api.exec_create(container, ["sh", "-ec", script], user="root")
            said = self._client.api.exec_start(made["Id"])
            code = self._client.api.exec_inspect(made["Id"])["ExitCode"]
        except DockerException as error:
            raise TaskError(f"CannotExecuteCommandError: {words(error)}") from error
        if code != 0:
            raise TaskError(f"CannotExecuteCommandError: {said.decode(errors='replace').strip()}")

    def published(self, container: str, port: int) -> int:
        """Published port of a running container's TCP port. Raises TaskError without one."""
        ports = self._client.api.inspect_container(container)["NetworkSettings"]["Ports"]
        for binding in ports.get(f"{port}/tcp") or []:
            return int(binding["HostPort"])
        raise TaskError(f"CannotStartContainerError: port {port} is not published")

    def link_local_address(self) -> str:
        """169.254.170.2 on this machine, for containers; empty where Docker cannot make it."""
        return link_local.link_local_address(self._client)

    def put(self, container: str, archive: bytes) -> None:
        """Unpack a tar archive at the root of a container. Raises TaskError."""
        try:
            self._client.api.put_archive(container, "/", archive)
        except DockerException as error:
            raise TaskError(f"CannotCreateContainerError: {words(error)}") from error

    def runs(self, container: str) -> bool:
        """Whether a container runs now. Raises OSError when the daemon does not answer."""
        try:
            return bool(self._client.api.inspect_container(container)["State"]["Running"])
        except NotFound:
            return False

    def lines(self, container: str, since: float = 0.0) -> Iterator[bytes]:
        """Both outputs of a container as they come, each entry with its time in front; ends when it ends.

        `since` is in seconds since the epoch. Default: from the beginning.
        """
        try:
            stream = self._client.api.logs(container, stream=True, follow=True, timestamps=True, since=since or None)
        except NotFound:
            return
        try:
            yield from stream
        finally:
            with contextlib.suppress(OSError):  # the daemon has closed it already
                stream.close()

    def stop(self, container: str, timeout_seconds: int) -> None:
        """SIGTERM (or the image's stop signal), then SIGKILL after the timeout."""
        with contextlib.suppress(NotFound):
            self._client.api.stop(container, timeout=timeout_seconds)

    def result(self, container: str) -> tuple[int | None, str]:
        """Exit code, and a reason in ECS's words or ""; no code where the container never ran."""
        try:
            state = self._client.api.inspect_container(container)["State"]
        except NotFound:
            return None, "the container was removed behind the sandbox's back"
        if state["OOMKilled"]:
            return state["ExitCode"], "OutOfMemoryError: Container killed due to memory usage"
        if state["Status"] == "created":
            return None, f"CannotStartContainerError: {state['Error']}" if state["Error"] else ""
        return state["ExitCode"], ""

    def remove_unknown(self, tasks: Collection[str]) -> None:
        """Kill and remove the containers of other tasks than these, at the next look."""
        self.removals.later([key for key, seen in self._seen.items() if seen.task and seen.task not in tasks], [])

    def create_volume(self, name: str) -> None:
        """A task's volume, labelled to be found after a crash."""
        self._client.volumes.create(name, labels={LABEL: self._owner})
