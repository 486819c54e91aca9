"""Clusters."""

from collections.abc import Callable

from moto.ecs.exceptions import ECSException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from slipway_sandbox.corrections._decorator import corrects


@corrects(EC2ContainerServiceBackend.list_clusters, why="moto goes on listing deleted clusters; ECS does not.")
def list_clusters(_: object, self: EC2ContainerServiceBackend) -> list[str]:
    return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


@corrects(EC2ContainerServiceBackend.delete_cluster, why="moto deletes a cluster under its services; ECS refuses.")
def delete_cluster(
    original: Callable[[EC2ContainerServiceBackend, str], Cluster], self: EC2ContainerServiceBackend, cluster_str: str
) -> Cluster:
    cluster = self._get_cluster(cluster_str)
    if any(service.cluster_name == cluster.name and service.status != "INACTIVE" for service in self.services.values()):
        raise ECSException(
            "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
        )
    return original(self, cluster_str)
