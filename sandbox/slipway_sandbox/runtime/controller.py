"""Makes AWS live: follows moto's ECS, EC2 and load balancers with Docker containers and ports on this machine.

One thread looks at moto's backends twice a second and is the only writer there; Docker's work is done in other threads.
"""

import contextlib
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from docker.errors import DockerException
from moto.ecs.models import EC2ContainerServiceBackend

from slipway_sandbox import corrections, docker_daemon, machine
from slipway_sandbox.corrections.ecs.objects import EcsService, EcsTask, all_tasks, backends_of_ecs, services_of
from slipway_sandbox.corrections.ecs.tasks import runs_on_fargate, starts_on_fargate
from slipway_sandbox.runtime.balancing import balancers, targets
from slipway_sandbox.runtime.clockwork import Clockwork
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.specs import TaskError
from slipway_sandbox.runtime.ec2 import instance_spec
from slipway_sandbox.runtime.ec2.instance_identity import InstanceIdentities
from slipway_sandbox.runtime.ec2.instance_spec import WayIn
from slipway_sandbox.runtime.ec2.instances import Instances
from slipway_sandbox.runtime.ec2.metadata_service import MetadataService
from slipway_sandbox.runtime.ecs import tasks as moto_tasks
from slipway_sandbox.runtime.ecs.counts import Outage, count_of_clusters
from slipway_sandbox.runtime.ecs.services import Scheduler
from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities
from slipway_sandbox.runtime.ecs.task_run import TaskRun
from slipway_sandbox.runtime.metrics.sources import measured

TICK_SECONDS = 0.5
STOP_SECONDS = 10.0  # what `stop` gives the containers before it kills them

log = logging.getLogger(__name__)


class Controller:
    """Runs ECS tasks on Fargate, EC2 instances, and application load balancers, of the moto in this process.

    `identities` are those of the tasks, `registry` stands for ECR (`localhost:5000`).
    `entered` stands around every look at moto's backends. Default: nothing does.
    `keys` holds the private keys for `ways_in`. Default: it names none.
    """

    def __init__(
        self,
        identities: TaskIdentities,
        registry: str,
        home: Path,
        entered: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
        keys: Path | None = None,
    ) -> None:
        self._registry = registry
        self._home = home
        self._entered = entered
        self._keys = keys
        self._identities = identities
        # Containers are found again by this after a crash; the same for every start in the same directory.
        self.owner = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        self._never_began = ""
        self._outage = Outage()
        self._runs: dict[str, TaskRun] = {}
        self._troubles: dict[str, str] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="runtime", daemon=True)
        self._host: DockerHost | None = None

    def start(self) -> None:
        """Begin. Without a Docker daemon nothing is run; `off_because` says so."""
        try:
            self._host = DockerHost(self.owner, self._registry)
            left = self._host.removals.everything()
        except (DockerException, OSError) as error:
            self._never_began = machine.docker_is_missing(error)
            log.warning("no containers are run: %s", self._never_began)
            return
        if left:
            log.info("removed %d containers that an earlier sandbox left behind", left)
        corrections.install()
        self._health = targets.TargetHealth()
        self._balancers = balancers.Balancers(self._home / "load-balancers.json", self._health)
        self._scheduler = Scheduler(self._runs, self._health, self._balancers.in_flight)
        known = self._identities
        metadata = MetadataService(known.api, InstanceIdentities(known.sessions, known.denials), self._entered)
        self._instances = Instances(self._host, self._home / "instances", self._keys, metadata)
        self._clockwork = Clockwork(known.denials, measured(self._runs, self._host, self._balancers, self._health))
        with self._entered():
            self._end_tasks_without_containers()
        self._thread.start()

    def stop(self) -> None:
        """End every task and remove every container, volume and open port; moto keeps services and instances."""
        if self._host is None:
            return
        self._stopped.set()
        self._thread.join()
        self._clockwork.stop()
        self._instances.stop()
        for run in list(self._runs.values()):
            run.stop("TerminationNotice", "The sandbox was stopped")
        deadline = time.monotonic() + STOP_SECONDS
        for run in list(self._runs.values()):
            run.join(max(0.0, deadline - time.monotonic()))
        self._host.removals.everything()
        for run in list(self._runs.values()):
            run.join(STOP_SECONDS)  # its containers are gone: it ends at once
        with self._entered():
            self._show_tasks()
            self._end_tasks_without_containers()
        self._identities.close()
        self._health.stop()
        self._balancers.stop()
        self._host.close()

    @property
    def off_because(self) -> str:
        """Why no container runs, or nobody knows; empty when they do."""
        if self._host is not None and self._host.trouble:
            return machine.docker_is_gone(self._host.daemon, self._host.trouble)
        return self._never_began

    def lacking(self) -> list[str]:
        """Missing parts of this machine for containers, each with its remedy."""
        if self.off_because:
            return [self.off_because]
        if self._host is None:
            return []
        try:
            return [] if self._host.images.has(instance_spec.IMAGE) else [instance_spec.image_is_missing()]
        except (DockerException, *docker_daemon.BROKEN_OFF) as error:  # gone since the last look
            return [machine.docker_is_gone(self._host.daemon, str(error))]

    def urls(self) -> dict[str, str]:
        """URL of every open listener, by `<load balancer name>:<listener port>`."""
        return {} if self._host is None else self._balancers.urls()

    def ways_in(self) -> dict[str, WayIn]:
        """How to connect to each running EC2 instance with a key, by its id."""
        return {} if self._host is None else self._instances.ways_in()

    def _loop(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            assert self._host is not None  # noqa: S101 - for the type checker: `start` has made it
            self._try("Docker", self._host.refresh)
            with self._entered():
                self._show_tasks()
                self._try("target health", self._health.tick)
                self._try("load balancers", self._balancers.tick)
                self._try("instances", self._instances.tick)
                if self._host.trouble:  # what stands still is shown so, and decided when Docker answers again
                    self._outage.show(backends_of_ecs(), self.off_because)
                    continue
                self._go_on()
                for what, step in self._clockwork.steps.items():
                    self._try(what, step)
                for backend in backends_of_ecs():
                    for service in services_of(backend):
                        self._try(f"service {service.name}", lambda: self._look_at(service, backend))  # noqa: B023 - called here
                    self._start_tasks(backend)
                    self._try("clusters", lambda: count_of_clusters(backend))  # noqa: B023 - called here

    def _go_on(self) -> None:
        """After an outage: a container of no task was made by a call without an answer, and goes."""
        if self._host is not None and self._outage.is_shown:
            self._outage.end()
            self._host.remove_unknown({run.id for run in self._runs.values() if run.phase != "STOPPED"})

    def _try(self, what: str, step: Callable[[], None]) -> None:
        """One part's trouble is not the others'; it is logged once, not twice a second."""
        try:
            step()
        except Exception as error:
            if self._troubles.get(what) != str(error):
                log.warning("%s: %s", what, error, exc_info=not isinstance(error, DockerException | OSError))
            self._troubles[what] = str(error)
        else:
            self._troubles.pop(what, None)

    def _look_at(self, service: EcsService, backend: EC2ContainerServiceBackend) -> None:
        if starts_on_fargate(service, backend):
            self._scheduler.tick(service, backend)

    def _start_tasks(self, backend: EC2ContainerServiceBackend) -> None:
        for task in all_tasks(backend):
            if task.task_arn not in self._runs and task.last_status != "STOPPED" and runs_on_fargate(task):
                self._start(task, backend)

    def _start(self, task: EcsTask, backend: EC2ContainerServiceBackend) -> None:
        assert self._host is not None  # noqa: S101 - as above
        labels = {"slipway.task": task.id, "slipway.group": task.group, "slipway.cluster": task.cluster_name}
        try:
            run = moto_tasks.prepare(task, backend, self._host, self._identities, labels)
            run.start()
        except Exception as error:  # a task that cannot be prepared must not be tried again twice a second
            if not isinstance(error, TaskError):
                log.exception("task %s", task.id)
            run = TaskRun(id=task.id, host=self._host, specs=[], labels=labels)
            run.fail(str(error) if isinstance(error, TaskError) else f"InternalError: {error!r}; see the sandbox's log")
        self._runs[task.task_arn] = run
        self._try(f"task {task.id}", lambda: moto_tasks.show(task, run, backend))

    def _show_tasks(self) -> None:
        known: set[str] = set()
        for backend in backends_of_ecs():
            for task in all_tasks(backend):
                run = self._runs.get(task.task_arn)
                if run is not None and task.last_status != "STOPPED":
                    self._try(f"task {task.id}", lambda: self._show(task, run, backend))  # noqa: B023 - called here
                elif task.last_status == "STOPPED" and moto_tasks.is_forgotten(task):
                    del backend.tasks[task.cluster_name][task.task_arn]
                    continue
                known.add(task.task_arn)
        for arn in set(self._runs) - known:  # shown for an hour, or moto was reset
            ended = self._runs.pop(arn)
            ended.stop("UserInitiated", "The cloud was reset")
            self._identities.forget(ended.id)
            self._scheduler.forget_task(arn)

    def _show(self, task: EcsTask, run: TaskRun, backend: EC2ContainerServiceBackend) -> None:
        moto_tasks.ship_logs(run, backend.account_id, self._identities)
        moto_tasks.show(task, run, backend)
        if task.desired_status == "STOPPED" and not task.group.startswith("service:"):
            run.stop(task.stop_code, task.stopped_reason)
        if task.last_status == "STOPPED":
            moto_tasks.detach(task, backend)
            self._identities.forget(task.id)

    def _end_tasks_without_containers(self) -> None:
        """Containers do not outlive the sandbox: tasks of an earlier one have ended, and services start new ones."""
        for backend in backends_of_ecs():
            for task in all_tasks(backend):
                if task.last_status != "STOPPED" and runs_on_fargate(task):
                    task.last_status = task.desired_status = "STOPPED"
                    task.stop_code, task.stopped_reason = "TerminationNotice", "The sandbox was stopped"
                    task.stopped_at = datetime.now(UTC)
                    moto_tasks.detach(task, backend)
            for service in services_of(backend):
                self._scheduler.leave_all(service)
