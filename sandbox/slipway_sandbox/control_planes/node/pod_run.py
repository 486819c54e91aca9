"""One pod as Docker containers, from its first volume to its last exit code, in a thread of its own.

It never writes to Kubernetes: the node reads `status` and writes it there.
Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle
"""

import logging
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docker.errors import DockerException

from slipway_sandbox.docker_daemon import BROKEN_OFF
from slipway_sandbox.documents import Document, as_text, objects
from slipway_sandbox.runtime.containers.definitions import DockerArguments
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.specs import TaskError

from .container_run import PULL_ERROR, ContainerRun
from .containers import docker_arguments, require_non_root
from .kube_api import ApiError, KubeApi
from .pod_docker import PodDocker
from .pod_status import PodStatus
from .pods import Pod, PodError
from .values import Values

LOOK_SECONDS = 0.5
RETRY_SECONDS = 5.0
UNSUPPORTED = "UnsupportedPod"  # the phase's reason; Kubernetes has no word for it

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machine:
    """What pods run on."""

    host: DockerHost
    docker: PodDocker
    api: KubeApi
    files: Path
    """Folder of the files that pods read; Docker mounts them."""


class PodRun:
    """Runs once made. `stop` asks the pod to end; `is_over` says that nothing of it runs any more."""

    def __init__(self, machine: Machine, pod: Pod) -> None:
        self.pod, self._machine = pod, machine
        self.is_over = False
        self._shown = PodStatus()
        self._holder = ""
        self._mounts: dict[str, str] = {}
        policy = pod.restart_policy
        of_init = "OnFailure" if policy == "Always" else policy
        self._init = [ContainerRun(each, of_init, machine.docker) for each in pod.init_containers]
        self._main = [ContainerRun(each, policy, machine.docker) for each in pod.containers]
        self._restore()
        self._stopping = threading.Event()
        self._grace_seconds = pod.grace_seconds
        self._thread = threading.Thread(target=self._run, name=f"pod {pod.namespace}/{pod.name}", daemon=True)
        self._thread.start()

    def stop(self, grace_seconds: int) -> None:
        """Asks the pod to end; returns at once."""
        self._grace_seconds = grace_seconds
        self._stopping.set()

    def join(self, seconds: float) -> None:
        """Waits for its end, at most so long."""
        self._thread.join(seconds)

    def container(self, name: str) -> str:
        """Docker's id of the container of this name, or of the one that ended last; empty where there is none."""
        return next((each.id or each.ended_id for each in [*self._init, *self._main] if each.name == name), "")

    def status(self) -> Document:
        """The pod's status, as Kubernetes shows it."""
        return self._shown.status(self._init, self._main)

    def _restore(self) -> None:
        """After a stop of the sandbox: every container starts once more."""
        before = {as_text(each.get("name")): each for each in objects(self.pod.status.get("containerStatuses"))}
        for each in self._main:
            restarts = before.get(each.name, {}).get("restartCount")
            if isinstance(restarts, int) and before[each.name].get("containerID"):
                each.restarts = restarts + 1

    def _run(self) -> None:
        try:
            if refused := self.pod.refusal():
                self._shown.phase, self._shown.reason, self._shown.message = "Failed", UNSUPPORTED, refused
                for each in [*self._init, *self._main]:
                    each.state = {"waiting": {"reason": UNSUPPORTED, "message": refused}}
            elif self._prepare() and self._initialize():
                self._watch()
            if not self._stopping.is_set():  # it has ended; its logs stay until it is deleted
                self._remove_holder()
                self._stopping.wait()
        except Exception as error:
            log.exception("pod %s/%s", self.pod.namespace, self.pod.name)
            self._shown.phase, self._shown.reason, self._shown.message = (
                "Failed",
                "InternalError",
                f"{type(error).__name__}: {error}",
            )
        try:
            self._finish()
        except (DockerException, *BROKEN_OFF) as error:
            log.warning("pod %s/%s is cleaned up once Docker answers: %s", self.pod.namespace, self.pod.name, error)
            left = [each.id or each.ended_id for each in [*self._init, *self._main]]
            self._machine.host.removals.later([each for each in [self._holder, *left] if each], self._volumes())
        self.is_over = True

    @property
    def _folder(self) -> Path:
        return self._machine.files / self.pod.uid

    def _volumes(self) -> list[str]:
        return [source for source in self._mounts.values() if not source.startswith("/")]

    def _prepare(self) -> bool:
        """Makes volumes and network; tries again until it works. False when the pod is to end."""
        while not self._stopping.is_set():
            try:
                self._make()
            except (PodError, TaskError, ApiError, OSError, DockerException) as error:
                for each in [*self._init, *self._main]:
                    each.state = {"waiting": {"reason": "ContainerCreating", "message": str(error)}}
            else:
                return True
            self._stopping.wait(RETRY_SECONDS)
        return False

    def _make(self) -> None:
        machine, values = self._machine, Values(self._machine.api, self.pod, "")
        for volume in objects(self.pod.spec.get("volumes")):
            name = as_text(volume.get("name"))
            if "emptyDir" in volume:
                self._mounts[name] = f"slipway-{self.pod.uid}-{name}"
                machine.docker.create_memory_volume(self._mounts[name])
            else:
                values.volume(volume, self._folder / name)
                self._mounts[name] = str(self._folder / name)
        if not self._holder:
            volumes = {source: {"bind": f"/{index}", "mode": "rw"} for index, source in enumerate(self._volumes())}
            own: DockerArguments = {"volumes": volumes, "hostname": self.pod.name[:63].rstrip("-.")}
            self._holder = machine.host.network_namespace(self._labels("network"), arguments=own)
            self._shown.has_network = True
            self._shown.address = machine.host.address(self._holder)

    def _labels(self, container: str) -> dict[str, str]:
        return {"slipway.pod": f"{self.pod.namespace}/{self.pod.name}", "slipway.container": container}

    def _initialize(self) -> bool:
        """Runs the init containers, one after the other. False when the pod ends with one of them."""
        for each in self._init:
            while not each.is_over:
                self._step(each)
                if self._stopping.wait(LOOK_SECONDS):
                    return False
            if each.exit_code != 0:
                self._shown.phase = "Failed"
                return False
        return True

    def _watch(self) -> None:
        while not self._stopping.is_set():
            for each in self._main:
                self._step(each)
            if all(each.is_over for each in self._main):
                failed = any(each.exit_code != 0 for each in self._main)
                self._shown.phase = "Failed" if failed else "Succeeded"
                return
            if self._shown.phase == "Pending" and all(each.id or each.restarts or each.is_over for each in self._main):
                self._shown.phase = "Running"
            self._stopping.wait(LOOK_SECONDS)

    def _step(self, container: ContainerRun) -> None:
        if container.id:
            try:
                self._look(container)
            except (OSError, DockerException) as error:  # Docker is away: the container is as it was
                log.warning("container %s of pod %s is not seen: %s", container.name, self.pod.name, error)
        elif container.is_due:
            try:
                self._start(container)
            except PodError as error:
                container.failed_to_start(error)
            except (ApiError, TaskError, OSError, DockerException) as error:
                container.failed_to_start(PodError("RunContainerError", str(error)))

    def _look(self, container: ContainerRun) -> None:
        made, before = container.id, container.ended_id
        if killed := container.look():
            log.info("container %s of pod %s is killed: %s", container.name, self.pod.name, killed)
            self._machine.host.stop(made, self._grace_seconds)
            container.look()
        if not container.id and before:
            self._machine.host.removals.now([before], [])

    def _start(self, container: ContainerRun) -> None:
        machine, definition = self._machine, container.definition
        reference = as_text(definition.get("image"))
        try:
            image = machine.host.images.id_of(reference)
        except TaskError as error:
            cause = error.__cause__ or error
            words = str(getattr(cause, "explanation", None) or cause)
            raise PodError(PULL_ERROR, f'failed to pull image "{reference}": {words}') from error
        require_non_root(self.pod, definition, machine.docker.user_of(image))
        environment: Mapping[str, str] = Values(machine.api, self.pod, self._shown.address).environment(definition)
        arguments = docker_arguments(self.pod, definition, environment, self._mounts)
        arguments["network_mode"] = f"container:{self._holder}"
        made = machine.host.create(image, arguments, self._labels(container.name))
        try:
            machine.host.start(made)
        except TaskError:
            machine.host.removals.later([made], [])
            raise
        container.started(made, image, self._shown.address)

    def _finish(self) -> None:
        running = [each for each in [*self._init, *self._main] if each.id]
        threads = [threading.Thread(target=self._end, args=(each,)) for each in running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._remove_holder()
        dead = [each.ended_id for each in [*self._init, *self._main] if each.ended_id]
        self._machine.host.removals.now(dead, [])
        self._machine.docker.remove_volumes(self._volumes())
        shutil.rmtree(self._folder, ignore_errors=True)

    def _remove_holder(self) -> None:
        """Ends the pod's network, and the volumes in memory with their last container."""
        if self._holder:
            self._machine.host.removals.now([self._holder], [])
            self._holder = ""

    def _end(self, container: ContainerRun) -> None:
        made, began = container.id, time.monotonic()
        container.before_stop(lambda seconds: time.sleep(min(seconds, self._grace_seconds)))
        self._machine.host.stop(made, max(0, round(self._grace_seconds - (time.monotonic() - began))))
        container.end(self._machine.docker.ended(made))
