"""One ECS service in moto: seen as decide.py wants it, and the decisions carried out.

Everything here is called inside the controller's tick, the only writer of services beside the API.
"""

import time
from dataclasses import dataclass, field

from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2.models import FakeTargetGroup, elbv2_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.ecs import deployments, history, new_tasks, traffic
from slipway_sandbox.corrections.ecs.objects import EcsService, EcsTask, tasks_of
from slipway_sandbox.corrections.ecs.services import live_tasks
from slipway_sandbox.runtime.balancing.proxy import InFlight
from slipway_sandbox.runtime.balancing.targets import TargetHealth
from slipway_sandbox.runtime.ecs import decide
from slipway_sandbox.runtime.ecs.counts import count_tasks
from slipway_sandbox.runtime.ecs.decide import DeploymentSeen, Phase, ServiceSeen, TaskSeen
from slipway_sandbox.runtime.ecs.task_run import TaskRun

# A task without any health check counts as healthy after this: one that cannot start has mostly ended by then.
STEADY_SECONDS = 5.0


@dataclass
class Scheduler:
    """Keeps services at their desired count; `runs` are the controller's started tasks, by task ARN."""

    runs: dict[str, TaskRun]
    health: TargetHealth
    in_flight: InFlight
    _resume_at: dict[str, float] = field(default_factory=dict)
    """Deployment id to the time.monotonic() of its next start."""
    _leaving: dict[str, float] = field(default_factory=dict)
    """Task ARN to the time.monotonic() to stop it at the latest, after it has left its load balancer."""
    _counted: set[str] = field(default_factory=set)
    """Failed tasks already counted."""

    def tick(self, service: EcsService, backend: EC2ContainerServiceBackend) -> None:
        """Look at one service, decide, act, and update the counts of the API."""
        if service.status == "INACTIVE" or not service.deployments:
            return
        tasks = live_tasks(backend, service.cluster_name, service.name)
        self._count_failures(service, backend)
        self._register(service, tasks)
        # Before the decisions: what leaves now is out of the load balancers' lists only at the next look.
        self._finish_leaving(service, tasks)
        for action in decide.decide(self._seen(service, tasks)):
            self._act(action, service, tasks, backend)
        count_tasks(service, live_tasks(backend, service.cluster_name, service.name))
        if service.status == "DRAINING" and not live_tasks(backend, service.cluster_name, service.name):
            service.status = "INACTIVE"
            service.deployments = []

    def _seen(self, service: EcsService, tasks: list[EcsTask]) -> ServiceSeen:
        configuration = kept(service, "deployment_configuration", traffic.NO_CONFIGURATION)
        breaker = configuration.get("deploymentCircuitBreaker") or {}
        completed = traffic.last_completed(service)
        last = completed["id"] if completed else ""
        alarms = configuration.get("alarms") or {}
        undone = breaker.get("rollback") or alarms.get("rollback")
        back = undone and last != service.deployments[0]["id"]
        steps = traffic.plan(configuration)
        return ServiceSeen(
            desired=service.desired_count,
            deployments=tuple(
                DeploymentSeen(
                    id=entry["id"],
                    state=entry["rolloutState"],
                    failures=entry["failedTasks"],
                    backing_off=time.monotonic() < self._resume_at.get(entry["id"], 0),
                    traffic=entry.get("traffic", traffic.ALL),
                    rested_seconds=traffic.rested_seconds(entry),
                    steady_seconds=traffic.steady_seconds(entry),
                )
                for entry in service.deployments
            ),
            tasks=tuple(self._task_seen(service, task) for task in tasks),
            minimum_percent=int(configuration.get("minimumHealthyPercent", 100)),
            maximum_percent=int(configuration.get("maximumPercent", 200)),
            breaker=bool(breaker.get("enable")),
            roll_back_to=last if back else "",
            draining=service.status == "DRAINING",
            alarm="" if last == service.deployments[0]["id"] else deployments.alarm(service),
            steps=steps.steps,
            step_seconds=steps.step_seconds,
            bake_seconds=steps.bake_seconds,
            watch_seconds=0.0 if steps.steps else history.watch_seconds(service),
        )

    def _task_seen(self, service: EcsService, task: EcsTask) -> TaskSeen:
        run = self.runs.get(task.task_arn)
        if task.desired_status == "STOPPED":
            return TaskSeen(task.id, task.started_by, Phase.STOPPING)
        if run is None or run.phase != "RUNNING":
            return TaskSeen(task.id, task.started_by, Phase.STARTING)
        age = time.monotonic() - run.running_since
        states = [
            (group.arn, self.health.state(group.arn, run.address, port), self.health.why(group.arn, run.address, port))
            for group, port in _groups(service, task.started_by)
        ]
        grace = kept(service, "health_check_grace_period_seconds", 0)
        unhealthy = ""
        if task.health_status == "UNHEALTHY":
            unhealthy = "Task failed container health checks"
        for arn, state, why in states:
            if state == "unhealthy" and age > grace:
                unhealthy = f"Task failed ELB health checks in (target-group {arn}): {why}"
        checked = any(entry.spec.has_health_check and entry.spec.essential for entry in run.containers.values())
        healthy = all(state == "healthy" for _, state, _ in states) and (not checked or task.health_status == "HEALTHY")
        # Only a new deployment has to prove itself; what it replaces served already.
        proven = bool(states) or checked or task.started_by != service.deployments[0]["id"]
        steady = proven or age >= STEADY_SECONDS
        return TaskSeen(task.id, task.started_by, Phase.RUNNING, healthy and steady, unhealthy)

    def _count_failures(self, service: EcsService, backend: EC2ContainerServiceBackend) -> None:
        """Tasks ended by themselves count against their deployment, and delay its next start."""
        for task in tasks_of(backend, service.cluster_name):
            arn = task.task_arn
            run = self.runs.get(arn)
            if run is None or arn in self._counted or task.group != f"service:{service.name}":
                continue
            if run.stop_code in ("EssentialContainerExited", "TaskFailedToStart"):
                self._counted.add(arn)
                self._failed(service, task.started_by)
                self._leave(service, task)
                reason = run.stopped_reason
                deployments.tell(service, f"(service {service.name}) (task {task.id}) stopped: {reason}")

    def _failed(self, service: EcsService, deployment_id: str) -> None:
        for entry in service.deployments:
            if entry["id"] == deployment_id:
                entry["failedTasks"] += 1
                self._resume_at[deployment_id] = time.monotonic() + decide.backoff_seconds(entry["failedTasks"])

    def _act(
        self, action: decide.Action, service: EcsService, tasks: list[EcsTask], backend: EC2ContainerServiceBackend
    ) -> None:
        who = f"(service {service.name})"
        match action:
            case decide.Start(deployment, count):
                entry = deployments.find(service, deployment)
                ids = [new_tasks.start_for(service, entry, backend).id for _ in range(count)]
                names = " ".join(f"(task {name})" for name in ids)
                deployments.tell(service, f"{who} has started {count} tasks: {names}.")
            case decide.Stop(task_id, reason, failed):
                task = next(task for task in tasks if task.id == task_id)
                task.desired_status, task.stopped_reason = "STOPPED", reason
                task.stop_code = "ServiceSchedulerInitiated"
                self._leave(service, task)
                deployments.tell(service, f"{who} has stopped 1 running tasks: (task {task_id}). {reason}.")
                if failed:
                    self._counted.add(task.task_arn)
                    self._failed(service, task.started_by)
            case decide.Watch(deployment):
                deployments.find(service, deployment)["steady_since"] = clock.now()
            case decide.Complete(deployment):
                deployments.complete(service, deployment)
                self._resume_at.pop(deployment, None)
            case decide.Shift(deployment, percent):
                traffic.shift(service, deployments.find(service, deployment), percent)
                whole = percent >= traffic.ALL
                history.advance(service, "BAKE_TIME" if whole else "PRODUCTION_TRAFFIC_SHIFT", percent)
                deployments.tell(service, f"{who} (deployment {deployment}) gets {percent:g} percent of the requests.")
            case decide.Fail(deployment, roll_back_to, alarm):
                deployments.fail(service, deployment, roll_back_to, alarm or deployments.BREAKER_OPEN)
                self._resume_at.pop(roll_back_to, None)
            case decide.Forget(deployment):
                deployments.forget(service, deployment)
                self._resume_at.pop(deployment, None)

    def _register(self, service: EcsService, tasks: list[EcsTask]) -> None:
        """Running tasks are targets of the service's target groups, under their real address."""
        for task in tasks:
            run = self.runs.get(task.task_arn)
            if run is None or run.phase != "RUNNING" or task.desired_status == "STOPPED":
                continue
            for group, port in _groups(service, task.started_by):
                if run.address not in group.targets:
                    group.register([{"Id": run.address, "Port": port}])
                    where = f"(target-group {group.arn})"
                    deployments.tell(service, f"(service {service.name}) registered 1 targets in {where}")

    def _leave(self, service: EcsService, task: EcsTask) -> None:
        run = self.runs.get(task.task_arn)
        delay = 0.0
        for group, _ in _groups(service, task.started_by):
            if run is not None and run.address in group.targets:
                group.deregister([{"Id": run.address}])
                delay = max(delay, float(str(group.attributes["deregistration_delay.timeout_seconds"])))
        self._leaving[task.task_arn] = time.monotonic() + delay

    def _finish_leaving(self, service: EcsService, tasks: list[EcsTask]) -> None:
        """Stop a task once its last request is answered, at the latest after the deregistration delay."""
        for task in tasks:
            if task.desired_status != "STOPPED":
                continue
            if task.task_arn not in self._leaving:  # stopped by the user, or ending by itself
                self._leave(service, task)
                continue
            run = self.runs.get(task.task_arn)
            if run is None or run.stop_asked:
                continue
            ports = {port for _, port in _groups(service, task.started_by)}
            busy = any(self.in_flight.count(run.address, port) for port in ports)
            if not busy or time.monotonic() >= self._leaving[task.task_arn]:
                run.stop(task.stop_code, task.stopped_reason)

    def leave_all(self, service: EcsService) -> None:
        """No task of the service runs any more: its target groups hold none of the addresses they had."""
        for group, _ in _groups(service):
            if group.targets:
                group.deregister([{"Id": name} for name in list(group.targets)])

    def forget_task(self, arn: str) -> None:
        """The task is gone from moto."""
        self._counted.discard(arn)
        self._leaving.pop(arn, None)


def _groups(service: EcsService, deployment: str = "") -> list[tuple[FakeTargetGroup, int]]:
    """Target groups of a service, or of one of its deployments, each with its container port."""
    own = [entry for entry in service.deployments if entry["id"] == deployment]
    sides = [traffic.side_of(own[0])] if own else [traffic.BLUE, traffic.GREEN]
    entries = [] if own else list(service.load_balancers or [])
    for each in own or service.deployments:
        entries += traffic.balancers_of(service, each)
    ports = {traffic.group(entry, side): int(entry["containerPort"]) for entry in entries for side in sides}
    groups = ((_group(arn), port) for arn, port in ports.items())
    return [(group, port) for group, port in groups if group is not None]


def _group(arn: str) -> FakeTargetGroup | None:
    """A target group by its ARN; None when it is gone."""
    account, region = (arn.split(":") + [""] * 6)[4:2:-1]
    return elbv2_backends[account][region].target_groups.get(arn) if arn else None
