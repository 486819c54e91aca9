"""The next actions of the ECS service scheduler, as a pure function of the service and its tasks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import math
from dataclasses import dataclass
from enum import StrEnum

BREAKER_LEAST, BREAKER_MOST = (
    3,
    200,
)  # failed tasks before the circuit breaker opens: half the desired count, within these
LONGEST_BACKOFF_SECONDS = 60.0


class Phase(StrEnum):
    """Where a task is in its life, as far as scheduling cares."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True)
class TaskSeen:
    """One task before it is STOPPED."""

    id: str
    deployment: str
    phase: Phase
    healthy: bool = False
    """Runs, and passed every health check there is (without one: has run for a while)."""
    unhealthy: str = ""
    """Why it must be replaced; empty when it need not be."""


@dataclass(frozen=True)
class DeploymentSeen:
    """One deployment of the service."""

    id: str
    state: str
    """IN_PROGRESS, COMPLETED or FAILED."""
    failures: int = 0
    """Failed tasks in a row."""
    backing_off: bool = False
    """Whether the pause after the last failure is still on."""
    traffic: float = 100.0
    """Share of the requests, in percent."""
    rested_seconds: float = math.inf
    """How long it has had its share."""
    steady_seconds: float | None = None
    """How long its alarms have been looked at since its tasks are steady; None before that."""


@dataclass(frozen=True)
class ServiceSeen:
    """All inputs of a decision; `deployments` begins with the PRIMARY one."""

    desired: int
    deployments: tuple[DeploymentSeen, ...]
    tasks: tuple[TaskSeen, ...] = ()
    minimum_percent: int = 100
    maximum_percent: int = 200
    breaker: bool = False
    roll_back_to: str = ""
    """Deployment to return to when the breaker opens; empty when rollback is off or nothing ever completed."""
    draining: bool = False
    """The service was deleted."""
    alarm: str = ""
    """Another reason than the breaker to end a deployment, in a few words; empty without one."""
    steps: tuple[float, ...] = ()
    """Shares of the requests for a new deployment, in percent and in order; none in a rolling one."""
    step_seconds: float = 0.0
    bake_seconds: float = 0.0
    """How long the last share is looked at before the tasks of the deployment before go."""
    watch_seconds: float = 0.0
    """How long alarms are looked at once the tasks of a rolling deployment are steady."""


@dataclass(frozen=True)
class Start:
    """Start so many tasks."""

    deployment: str
    count: int


@dataclass(frozen=True)
class Stop:
    """Stop one task; `failed` when it counts against its deployment."""

    task: str
    reason: str
    failed: bool = False


@dataclass(frozen=True)
class Shift:
    """Give the deployment this share of the requests, in percent."""

    deployment: str
    percent: float


@dataclass(frozen=True)
class Watch:
    """The tasks of the deployment are steady: a last look at the alarms begins."""

    deployment: str


@dataclass(frozen=True)
class Complete:
    """The deployment has reached its steady state."""

    deployment: str


@dataclass(frozen=True)
class Fail:
    """The circuit breaker opens, or `alarm` is on; `roll_back_to` becomes PRIMARY again when set."""

    deployment: str
    roll_back_to: str = ""
    alarm: str = ""


@dataclass(frozen=True)
class Forget:
    """An older deployment has no tasks left."""

    deployment: str


Action = Start | Stop | Shift | Watch | Complete | Fail | Forget


def breaker_threshold(desired: int) -> int:
    """Number of failed tasks to open the circuit breaker."""
    return min(max(math.ceil(desired / 2), BREAKER_LEAST), BREAKER_MOST)


def backoff_seconds(failures: int) -> float:
    """Pause before the next start after so many failures in a row: 1, 2, 4, ... seconds, at most a minute."""
    return 0.0 if failures == 0 else min(2.0 ** min(failures - 1, 10), LONGEST_BACKOFF_SECONDS)


def decide(service: ServiceSeen) -> list[Action]:
    """The next actions, in the order to take them; empty in a steady state."""
    if service.draining:
        return [Stop(task.id, "Service deleted") for task in service.tasks if task.phase is not Phase.STOPPING]
    primary, *older = service.deployments
    sick: list[Action] = [
        Stop(task.id, task.unhealthy, failed=True)
        for task in service.tasks
        if task.unhealthy and task.phase is not Phase.STOPPING
    ]
    if primary.state == "IN_PROGRESS":
        if service.breaker and primary.failures >= breaker_threshold(service.desired):
            return [*sick, Fail(primary.id, service.roll_back_to)]
        if service.alarm:
            return [*sick, Fail(primary.id, service.roll_back_to, service.alarm)]
    live = [task for task in service.tasks if task.phase is not Phase.STOPPING and not task.unhealthy]
    forget: list[Action] = [
        Forget(deployment.id)
        for deployment in older
        if not any(task.deployment == deployment.id for task in service.tasks)
        and (primary.state != "FAILED" or deployment.state == "FAILED")
    ]
    return [
        *sick,
        *_scale_in(service, primary, live),
        *_replace_older(service, primary, older, live),
        *_start(service, primary, live),
        *_shift(service, primary, live),
        *_complete(service, primary),
        *forget,
    ]


def _start(service: ServiceSeen, primary: DeploymentSeen, live: list[TaskSeen]) -> list[Action]:
    if primary.state == "FAILED" or primary.backing_off:
        return []
    own = sum(task.deployment == primary.id for task in live)
    most = 200 if service.steps else service.maximum_percent  # both sides run whole
    room = math.floor(service.desired * most / 100) - len(live)
    count = min(service.desired - own, room)
    return [Start(primary.id, count)] if count > 0 else []


def _scale_in(service: ServiceSeen, primary: DeploymentSeen, live: list[TaskSeen]) -> list[Action]:
    """Surplus tasks go: first those not serving yet, then the youngest."""
    own = [task for task in live if task.deployment == primary.id]
    surplus = len(own) - service.desired
    order = sorted(enumerate(own), key=lambda entry: (entry[1].healthy, -entry[0]))
    reason = f"Scaling activity initiated by (deployment {primary.id})"
    return [Stop(task.id, reason) for _, task in order[: max(surplus, 0)]]


def _replace_older(
    service: ServiceSeen, primary: DeploymentSeen, older: list[DeploymentSeen], live: list[TaskSeen]
) -> list[Action]:
    """Older tasks go as soon as enough healthy ones stay; tasks that do not serve go at once."""
    if primary.state == "FAILED":  # nothing replaces them: they keep serving
        return []
    least = math.ceil(service.desired * service.minimum_percent / 100)
    healthy = sum(task.healthy for task in live)
    failed = {deployment.id for deployment in older if deployment.state == "FAILED"}
    serving = set() if _is_released(service, primary) else {it.id for it in older if it.state == "COMPLETED"}
    stops: list[Action] = []
    for task in live:
        if task.deployment == primary.id or task.deployment in serving:
            continue
        if task.healthy and task.deployment not in failed:
            if healthy <= least:
                continue
            healthy -= 1
        stops.append(Stop(task.id, f"Scaling activity initiated by (deployment {primary.id})"))
    return stops


def _shift(service: ServiceSeen, primary: DeploymentSeen, live: list[TaskSeen]) -> list[Action]:
    """The next share of the requests, once every new task is healthy and the last share was looked at long enough."""
    left = [share for share in service.steps if share > primary.traffic]
    if primary.state != "IN_PROGRESS" or not left:
        return []
    healthy = sum(task.healthy for task in live if task.deployment == primary.id)
    rested = primary.traffic == 0 or primary.rested_seconds >= service.step_seconds
    return [Shift(primary.id, left[0])] if healthy >= service.desired and rested else []


def _is_released(service: ServiceSeen, primary: DeploymentSeen) -> bool:
    """Whether the deployment before is needed no more."""
    return not service.steps or (primary.traffic >= 100 and primary.rested_seconds >= service.bake_seconds)


def _complete(service: ServiceSeen, primary: DeploymentSeen) -> list[Action]:
    if primary.state != "IN_PROGRESS" or not _is_released(service, primary):
        return []
    own = [task for task in service.tasks if task.deployment == primary.id]
    serving = sum(task.healthy and not task.unhealthy and task.phase is Phase.RUNNING for task in own)
    alone = len(own) == len(service.tasks)
    if not alone or not serving == len(own) == service.desired:
        return []
    if service.watch_seconds and primary.steady_seconds is None:
        return [Watch(primary.id)]
    return [Complete(primary.id)] if (primary.steady_seconds or 0.0) >= service.watch_seconds else []
