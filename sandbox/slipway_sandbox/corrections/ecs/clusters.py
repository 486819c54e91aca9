"""Clusters."""

from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.models import Cluster, ClusterFailure, EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.ecs.objects import services_of, tasks_of

BEFORE_RUNNING = ("PROVISIONING", "PENDING", "ACTIVATING")


@corrects(EC2ContainerServiceBackend.list_clusters, why="moto goes on listing deleted clusters; ECS does not.")
def list_clusters(_: object, self: EC2ContainerServiceBackend) -> list[str]:
    return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


@corrects(
    EC2ContainerServiceBackend.describe_clusters,
    why="moto counts tasks as a service wants them, and no services; ECS counts the tasks and services that are there.",
)
def describe_clusters(
    original: Callable[[EC2ContainerServiceBackend, list[str]], tuple[list[Cluster], list[ClusterFailure]]],
    self: EC2ContainerServiceBackend,
    cluster_names: list[str],
) -> tuple[list[Cluster], list[ClusterFailure]]:
    clusters, failures = original(self, cluster_names)
    for cluster in clusters:
        statuses = [task.last_status for task in tasks_of(self, cluster.name)]
        cluster.running_tasks_count = statuses.count("RUNNING")
        cluster.pending_tasks_count = sum(status in BEFORE_RUNNING for status in statuses)
        services = [service for service in services_of(self) if service.cluster_name == cluster.name]
        cluster.active_services_count = sum(service.status == "ACTIVE" for service in services)
    return clusters, failures


@corrects(
    EC2ContainerServiceResponse.delete_cluster,
    why="moto deletes a cluster under its services; ECS refuses.",
)
def delete_cluster(
    original: Callable[[EC2ContainerServiceResponse], ActionResult], self: EC2ContainerServiceResponse
) -> ActionResult:
    # At the call only: CloudFormation, in whose place moto deletes a renamed cluster first, deletes it after its services.
    name = str(self._get_param("cluster")).rpartition("/")[2]
    services = self.ecs_backend.services.values()
    if any(service.cluster_name == name and service.status != "INACTIVE" for service in services):
        raise ECSException(
            "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
        )
    return original(self)
