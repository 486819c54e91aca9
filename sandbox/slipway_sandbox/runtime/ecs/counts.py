"""What ECS counts of services and clusters, and how both look while Docker does not answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from moto.ecs.models import EC2ContainerServiceBackend

from slipway_sandbox.corrections.ecs import deployments
from slipway_sandbox.corrections.ecs.objects import EcsService, EcsTask, services_of, tasks_of
from slipway_sandbox.corrections.ecs.services import live_tasks
from slipway_sandbox.corrections.ecs.tasks import starts_on_fargate


def count_tasks(service: EcsService, tasks: list[EcsTask]) -> None:
    """Counts of a service and its deployments. A task that nobody can see does not run."""
    running = [task for task in tasks if task.last_status == "RUNNING" and _is_connected(task)]
    pending = [task for task in tasks if task.desired_status != "STOPPED" and task.last_status != "RUNNING"]
    service.running_count, service.pending_count = len(running), len(pending)
    for entry in service.deployments:
        entry["runningCount"] = sum(task.started_by == entry["id"] for task in running)
        entry["pendingCount"] = sum(task.started_by == entry["id"] for task in pending)


def count_of_clusters(backend: EC2ContainerServiceBackend) -> None:
    """Counts of each cluster; moto lets them drift."""
    for cluster in list(backend.clusters.values()):
        tasks = tasks_of(backend, cluster.name)
        cluster.running_tasks_count = sum(task.last_status == "RUNNING" for task in tasks)
        cluster.pending_tasks_count = sum(task.last_status in ("PROVISIONING", "PENDING") for task in tasks)
        services = [service for service in services_of(backend) if service.cluster_name == cluster.name]
        cluster.active_services_count = sum(service.status != "INACTIVE" for service in services)


@dataclass
class Outage:
    """Shows in the API that Docker does not answer: as AWS shows an agent that is gone, and with an event."""

    is_shown: bool = False
    _told: set[str] = field(default_factory=set)
    """ARNs of the services that have told of it."""

    def show(self, backends: Iterable[EC2ContainerServiceBackend], reason: str) -> None:
        """None of the services' tasks counts as running: nobody knows how they are."""
        self.is_shown = True
        for backend in backends:
            for service in services_of(backend):
                if starts_on_fargate(service, backend):
                    self._show(service, live_tasks(backend, service.cluster_name, service.name), reason)

    def end(self) -> None:
        """Docker answers again, and the next outage is told anew."""
        self.is_shown = False
        self._told.clear()

    def _show(self, service: EcsService, tasks: list[EcsTask], reason: str) -> None:
        for task in tasks:
            task.connectivity, task.health_status = "DISCONNECTED", "UNKNOWN"
        count_tasks(service, tasks)
        if service.arn not in self._told:
            self._told.add(service.arn)
            deployments.tell(service, f"(service {service.name}) {reason}")


def _is_connected(task: EcsTask) -> bool:
    return getattr(task, "connectivity", "CONNECTED") == "CONNECTED"
