"""One ECS task as Docker containers, from the first pull to the last exit code, in a thread of its own.

It never touches moto: the controller reads `phase` and the rest, and writes them where the API shows them.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from docker.errors import DockerException

from slipway_sandbox.corrections.ecs.namespaces import Namespace
from slipway_sandbox.docker_daemon import BROKEN_OFF
from slipway_sandbox.runtime.containers.definitions import DockerArguments
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.log_lines import LogLines
from slipway_sandbox.runtime.containers.names import name_of_container
from slipway_sandbox.runtime.containers.specs import ContainerSpec, TaskError

POLL_SECONDS = 1.0  # at the latest; news of containers wake it earlier
HOST_LOST = "HostUnavailable: the sandbox's Docker daemon did not answer"

log = logging.getLogger(__name__)


@dataclass
class ContainerRun:
    """State of one container; written by the task's thread, read by anyone."""

    spec: ContainerSpec
    id: str = ""
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str = ""
    health: str = "UNKNOWN"
    lines: LogLines | None = None


@dataclass
class TaskRun:
    """A running task. `start` begins it, `stop` asks it to end; `phase` is ECS's lastStatus."""

    id: str
    host: DockerHost
    specs: Sequence[ContainerSpec]
    labels: dict[str, str]
    volumes: Sequence[str] = ()
    namespace: Namespace | None = None
    name: str = ""
    """Of its container, or of the one with its network. Default: Docker chooses."""
    phase: str = "PROVISIONING"
    address: str = ""
    running_since: float = 0.0
    """time.monotonic() when all containers ran."""
    times: dict[str, float] = field(default_factory=dict)
    """time.time() of created, pull_started, pull_stopped, started, stopping, stopped."""
    stop_code: str = ""
    stopped_reason: str = ""
    containers: dict[str, ContainerRun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.containers = {spec.name: ContainerRun(spec) for spec in self.specs}
        self._stop_asked = threading.Event()
        self._holder = ""
        self._thread = threading.Thread(target=self._run, name=f"task-{self.id}", daemon=True)
        self.times["created"] = time.time()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def fail(self, reason: str) -> None:
        """Instead of `start`: the task ends before it has any container."""
        self._end("TaskFailedToStart", reason)
        self.times["stopped"] = time.time()
        self.phase = "STOPPED"

    def stop(self, code: str, reason: str) -> None:
        """Ask the task to end; returns at once. The first reason given stays."""
        if not self._stop_asked.is_set() and not self.stop_code:
            self.stop_code, self.stopped_reason = code, reason
        self._stop_asked.set()
        self.host.wake()

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when it is not there after so many seconds."""
        if self._thread.ident is None:  # it failed before it began
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def stop_asked(self) -> bool:
        """Whether it was asked to end, rather than ending by itself."""
        return self._stop_asked.is_set()

    def _run(self) -> None:
        try:
            self._begin()
            self._watch()
        except TaskError as error:
            self._end("TaskFailedToStart", str(error))
        except DockerException as error:  # an answer of Docker's is an OSError, too
            self._end("TaskFailedToStart", f"CannotStartContainerError: {error}")
        except BROKEN_OFF as error:  # neither image nor program is to blame, and no deployment fails for it
            self._end("TerminationNotice", f"{HOST_LOST} ({error})")
        except Exception as error:
            log.exception("task %s", self.id)
            self._end("TaskFailedToStart", f"InternalError: {type(error).__name__}: {error}")
        try:
            self._finish()
        except (DockerException, *BROKEN_OFF) as error:
            log.warning("task %s is cleaned up once Docker answers: %s", self.id, error)
            self.host.removals.later(self._made(), list(self.volumes))
        self.times["stopped"] = time.time()
        self.phase = "STOPPED"

    def _end(self, code: str, reason: str) -> None:
        if not self.stop_code:
            self.stop_code, self.stopped_reason = code, reason

    def _begin(self) -> None:
        self.phase = "PENDING"
        self.times["pull_started"] = time.time()
        images = {spec.name: self.host.images.id_of(spec.image) for spec in self.specs}
        self.times["pull_stopped"] = time.time()
        for volume in self.volumes:
            self.host.create_volume(volume)
        network = "bridge"
        if len(self.specs) > 1:
            self._holder = self.host.network_namespace(self.labels, self.namespace, self._named(self.name))
            self.address = self.host.address(self._holder)
            network = f"container:{self._holder}"
        waiting = list(self.containers.values())
        began = time.monotonic()
        while waiting and not self._stop_asked.is_set():
            ready = [container for container in waiting if self._may_start(container, began)]
            for container in ready:
                self._start_container(container, images[container.spec.name], network)
            waiting = [container for container in waiting if container not in ready]
            if waiting:
                self.host.wait(POLL_SECONDS, self._stop_asked.is_set)
                self._look()
        if waiting:
            return
        self.times["started"], self.running_since, self.phase = time.time(), time.monotonic(), "RUNNING"

    def _start_container(self, container: ContainerRun, image: str, network: str) -> None:
        spec = container.spec
        labels = {**self.labels, "slipway.container": spec.name}
        try:
            name = name_of_container(self.name, spec.name) if self._holder else self.name
            arguments = spec.arguments | {"network_mode": network} | self._named(name)
            container.id = self.host.create(image, arguments, labels)
            if not self._holder:
                self.host.join(container.id, self.namespace)
            self.host.start(container.id)
        except TaskError as error:
            container.reason = str(error)
            raise
        container.status = "RUNNING"
        if spec.log:
            container.lines = LogLines(spec.log, self.host, container.id)
        if not self._holder:
            self.address = self.host.address(container.id)

    def _named(self, name: str) -> DockerArguments:
        return {"name": name} if self.name else {}

    def _may_start(self, container: ContainerRun, began: float) -> bool:
        for name, condition in container.spec.depends_on:
            other = self.containers[name]
            if condition == "START" and other.status != "PENDING":
                continue
            if condition in ("COMPLETE", "SUCCESS") and other.status == "STOPPED":
                if condition == "SUCCESS" and other.exit_code != 0:
                    raise TaskError(f"Dependency container {name} exited with code {other.exit_code}")
                continue
            if condition == "HEALTHY" and other.health == "HEALTHY":
                continue
            if condition == "HEALTHY" and (other.status == "STOPPED" or other.health == "UNHEALTHY"):
                raise TaskError(f"Dependency container {name} is not healthy")
            if time.monotonic() - began > other.spec.start_timeout_seconds:
                raise TaskError(f"Dependency container {name} did not reach {condition} in its start timeout")
            return False
        return True

    def _watch(self) -> None:
        while not self._stop_asked.is_set():
            self._look()
            ended = [run for run in self.containers.values() if run.spec.essential and run.status == "STOPPED"]
            if ended:
                self._end("EssentialContainerExited", "Essential container in task exited")
                return
            self.host.wait(POLL_SECONDS, self._stop_asked.is_set)

    def _look(self) -> None:
        for container in self.containers.values():
            seen = self.host.seen(container.id) if container.id else None
            if seen is None or container.status == "STOPPED":
                continue
            if container.spec.has_health_check:
                container.health = seen.health
            if seen.state in ("exited", "dead"):
                container.exit_code, container.reason = self.host.result(container.id)
                container.status = "STOPPED"

    def _finish(self) -> None:
        self.times["stopping"], self.phase = time.time(), "STOPPING"
        for group in self._stop_groups():
            threads = [threading.Thread(target=self._stop_container, args=(run,)) for run in group]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for container in self.containers.values():
            if container.id and container.status != "STOPPED":
                container.exit_code, reason = self.host.result(container.id)
                container.reason = container.reason or reason
            container.status = "STOPPED"
            if container.lines:
                container.lines.wait()
        self.phase = "DEPROVISIONING"
        self.host.removals.now(self._made(), list(self.volumes))

    def _made(self) -> list[str]:
        """Ids of the containers that there are, without those whose creation was not answered."""
        return [run.id for run in self.containers.values() if run.id] + ([self._holder] if self._holder else [])

    def _stop_container(self, container: ContainerRun) -> None:
        try:
            self.host.stop(container.id, container.spec.stop_timeout_seconds)
        except (DockerException, *BROKEN_OFF) as error:  # its removal kills it
            log.warning("task %s: container %s did not stop: %s", self.id, container.spec.name, error)

    def _stop_groups(self) -> list[list[ContainerRun]]:
        """Running containers in the order to stop them: each after the ones depending on it."""
        left = [run for run in self.containers.values() if run.id and run.status == "RUNNING"]
        groups: list[list[ContainerRun]] = []
        while left:
            needed = {name for run in left for name, _ in run.spec.depends_on}
            group = [run for run in left if run.spec.name not in needed] or left
            groups.append(group)
            left = [run for run in left if run not in group]
        return groups
