"""One container of a pod: started, probed, started again when it ends, and what Kubernetes shows of it.

Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from slipway_sandbox.documents import Document, as_object, as_text, texts

from .pod_docker import Ended, PodDocker
from .pods import PodError, Probe
from .probing import Probing, checker
from .values import CONFIG_ERROR

FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 10.0, 300.0
CONFIG_SECONDS = 2.0
FORGIVEN_SECONDS = 600.0  # a container that ran so long begins its pauses anew
PULL_ERROR, PULL_BACKOFF, CRASH_BACKOFF = "ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff"


@dataclass
class ContainerRun:
    """State of one container; written by the pod's thread alone."""

    definition: Document
    restart_policy: str
    docker: PodDocker
    id: str = ""
    """Of Docker's container; empty where there is none."""
    ended_id: str = ""
    """Of the one before, which is kept for its log."""
    image_id: str = ""
    restarts: int = 0
    state: Document = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last_state: Document = field(default_factory=dict)
    is_over: bool = False
    """Whether it has ended and is not started again."""
    exit_code: int | None = None
    is_ready: bool = False
    has_started: bool = False

    def __post_init__(self) -> None:
        self._backoff = 0.0
        self._not_before = 0.0
        self._began = 0.0
        self._probings: dict[str, Probing] = {}

    @property
    def name(self) -> str:
        return as_text(self.definition.get("name"))

    @property
    def is_due(self) -> bool:
        """Whether it is to be started now."""
        return not self.id and not self.is_over and time.monotonic() >= self._not_before

    def started(self, container: str, image_id: str, address: str) -> None:
        """It runs as this container of Docker's."""
        self.id, self.image_id, self._began = container, image_id, time.monotonic()
        self.state = {"running": {"startedAt": self.docker.started_at(container)}}
        check = checker(self.docker, container, address, self.definition)
        found = {name: Probe.of(self.definition, f"{name}Probe") for name in ("startup", "liveness", "readiness")}
        self._probings = {
            name: Probing(probe, check, passed=name == "liveness") for name, probe in found.items() if probe is not None
        }
        self.has_started = "startup" not in self._probings
        self.is_ready = self.has_started and "readiness" not in self._probings

    def failed_to_start(self, error: PodError) -> None:
        """It could not be started; it is tried again after a pause."""
        reason, message = error.reason, str(error)
        if reason == PULL_ERROR and self._backoff:
            image = as_text(self.definition.get("image"))
            reason, message = PULL_BACKOFF, f'Back-off pulling image "{image}": ErrImagePull: {message}'
        self.state = {"waiting": {"reason": reason, "message": message}}
        if reason == CONFIG_ERROR:  # somebody may make the missing object at any time
            self._not_before = time.monotonic() + CONFIG_SECONDS
        else:
            self._pause()

    def look(self) -> str:
        """Looks at a running container. Returns why it is to be killed; empty where it goes on, or has ended by itself."""
        ended = self.docker.ended(self.id)
        if ended is not None:
            self.has_ended(ended)
            return ""
        startup = self._probings.get("startup")
        if startup is not None and not self.has_started:
            self.has_started = startup.look()
            return f"startup probe failed: {startup.says}" if startup.misses >= startup.probe.failures else ""
        liveness = self._probings.get("liveness")
        if liveness is not None and not liveness.look():
            return f"liveness probe failed: {liveness.says}"
        readiness = self._probings.get("readiness")
        self.is_ready = readiness is None or readiness.look()
        return ""

    def has_ended(self, ended: Ended) -> None:
        """It has ended: for good, or until its next start."""
        terminated: Document = {
            "exitCode": ended.code,
            "reason": ended.reason,
            "startedAt": ended.started_at,
            "finishedAt": ended.finished_at,
            "containerID": f"docker://{self.id}",
        }
        self.id, self.ended_id = "", self.id
        self.is_ready, self.has_started, self.exit_code = False, False, ended.code
        again = self.restart_policy == "Always" or (self.restart_policy == "OnFailure" and ended.code != 0)
        if not again:
            self.state, self.is_over = {"terminated": terminated}, True
            return
        self.last_state = {"terminated": terminated}
        self.restarts += 1
        if time.monotonic() - self._began > FORGIVEN_SECONDS:
            self._backoff = 0.0
        pause = self._backoff
        self._pause()
        if not pause:  # the first time it is started again at once
            self._not_before, self.state = 0.0, {"waiting": {"reason": "ContainerCreating"}}
            return
        message = f"back-off {pause:.0f}s restarting failed container={self.name}"
        self._not_before = time.monotonic() + pause
        self.state = {"waiting": {"reason": CRASH_BACKOFF, "message": message}}

    def end(self, ended: Ended | None) -> None:
        """Its pod ends."""
        if ended is not None and not self.is_over:
            self.restart_policy = "Never"
            self.has_ended(ended)
        self.is_over, self.is_ready = True, False

    def before_stop(self, wait: Callable[[float], object]) -> None:
        """What the container wants done before it gets SIGTERM."""
        hook = as_object(as_object(self.definition.get("lifecycle")).get("preStop"))
        if sleep := as_object(hook.get("sleep")):
            seconds = sleep.get("seconds")
            wait(float(seconds) if isinstance(seconds, int | float) else 0.0)
        elif command := as_object(hook.get("exec")):
            self.docker.run(self.id, texts(command.get("command")))

    def status(self) -> Document:
        """Its entry among the pod's containerStatuses."""
        return {
            "name": self.name,
            "image": as_text(self.definition.get("image")),
            "imageID": self.image_id,
            "containerID": f"docker://{self.id}" if self.id else "",
            "ready": self.is_ready,
            "started": self.has_started,
            "restartCount": self.restarts,
            "state": self.state,
            "lastState": self.last_state,
        }

    def _pause(self) -> None:
        self._not_before = time.monotonic() + (self._backoff or FIRST_BACKOFF_SECONDS)
        self._backoff = min(max(FIRST_BACKOFF_SECONDS, self._backoff * 2), LONGEST_BACKOFF_SECONDS)
