"""What moto's ECS gets wrong and a running service needs right; applied to moto's classes once per process.

Each function says what moto 5.2.5 does instead. The deployments themselves are in deployments.py.
"""

from collections.abc import Callable
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service, Task
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api import state_manager

from slipway_sandbox.corrections import ecs_rollouts as moto_rollouts
from slipway_sandbox.runtime.ecs import deployments, namespaces, new_tasks

FARGATE = ("FARGATE", "FARGATE_SPOT")

# CreateService drops these; UpdateService keeps them.
_DROPPED = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "serviceConnectConfiguration": "service_connect_configuration",
    "volumeConfigurations": "volume_configurations",
}
# A change of one of these is a new deployment.
_DEPLOYED = (
    "task_definition",
    "network_configuration",
    "load_balancers",
    "platform_version",
    "capacity_provider_strategy",
    "service_connect_configuration",
)

_installed = False


def install() -> None:
    """Correct moto; a second call changes nothing."""
    global _installed  # noqa: PLW0603 - moto's classes are as global as this
    if _installed:
        return
    _installed = True
    # A task moves on when its containers do, not each time it is described.
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 10**9})
    backend, response = cast(Any, EC2ContainerServiceBackend), cast(Any, EC2ContainerServiceResponse)
    response.create_service = _create_service(response.create_service)
    backend.update_service = _update_service(backend.update_service)
    backend.delete_service = _delete_service(backend.delete_service)
    backend.delete_cluster = _delete_cluster(backend.delete_cluster)
    backend.list_services = _list_services
    backend.list_tasks = _list_tasks(backend.list_tasks)
    backend.run_task = _run_task(backend.run_task)
    backend.stop_task = _stop_task
    moto_rollouts.install(response)


def on_fargate(thing: Service | Task, backend: EC2ContainerServiceBackend) -> bool:
    """Whether a service or task runs on Fargate, and so as containers here."""
    if isinstance(thing, Task):
        return thing.launch_type == "FARGATE" or thing.capacity_provider_name in FARGATE
    strategy = getattr(thing, "capacity_provider_strategy", None)
    if not strategy and not thing.launch_type:
        strategy = backend.clusters[thing.cluster_name].default_capacity_provider_strategy
    return thing.launch_type == "FARGATE" or any(entry["capacityProvider"] in FARGATE for entry in strategy or [])


def _create_service(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    """moto drops half the fields, gives a service with a strategy launch type EC2, and replaces one of the same name."""

    def create_service(self: Any) -> ActionResult:
        request = self._get_params()
        backend = self.ecs_backend
        cluster = request.get("cluster", "default").rpartition("/")[2]
        key = f"{cluster}:{request['serviceName']}"
        if key in backend.services and backend.services[key].status != "INACTIVE":
            raise InvalidParameterException("Creation of service was not idempotent.")
        connect = request.get("serviceConnectConfiguration") or {}
        if connect.get("enabled") and not namespaces.name_of(connect, backend.clusters.get(cluster)):
            raise InvalidParameterException("Service Connect needs a namespace: the cluster has no default one.")
        result = original(self)
        service = backend.services[key]
        for name, attribute in _DROPPED.items():
            if request.get(name) is not None:
                setattr(service, attribute, request[name])
        if not request.get("launchType"):
            service.launch_type = None
        if service.deployments:  # none with an external deployment controller
            deployments.begin(service)
        return result

    return create_service


def _update_service(original: Callable[..., Service]) -> Callable[..., Service]:
    """moto says that the new count runs at once, keeps a task definition as it was written, and makes no deployment."""

    def update_service(self: Any, service_properties: dict[str, Any]) -> Service:
        cluster = service_properties.get("cluster", "default")
        service = self._get_service(cluster, service_properties["service"])
        if service.status == "INACTIVE":
            raise ServiceNotFoundException
        before = {name: getattr(service, name, None) for name in _DEPLOYED}
        counts = service.running_count, service.pending_count
        forced = service_properties.pop("force_new_deployment", False)
        if name := service_properties.get("task_definition"):
            service_properties["task_definition"] = self.describe_task_definition(name).arn
        updated: Service = original(self, service_properties)
        updated.running_count, updated.pending_count = counts
        if updated.deployments:
            if forced or before != {name: getattr(updated, name, None) for name in _DEPLOYED}:
                deployments.begin(updated)
            updated.deployments[0]["desiredCount"] = updated.desired_count
        return updated

    return update_service


def _delete_service(original: Callable[..., Service]) -> Callable[..., Service]:
    """moto has it INACTIVE at once; ECS first stops the tasks, and says DRAINING until then."""

    def delete_service(self: Any, cluster_name: str, service_name: str, force: bool) -> Service:
        deleted = original(self, cluster_name, service_name, force)
        deleted.desired_count = 0
        if live_tasks(self, deleted):
            deleted.status = "DRAINING"
        return deleted

    return delete_service


def _delete_cluster(original: Callable[..., Cluster]) -> Callable[..., Cluster]:
    """moto deletes a cluster under its services."""

    def delete_cluster(self: Any, cluster_str: str) -> Cluster:
        cluster = self._get_cluster(cluster_str)
        if any(entry.cluster_name == cluster.name and entry.status != "INACTIVE" for entry in self.services.values()):
            raise ECSException(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        return original(self, cluster_str)

    return delete_cluster


def live_tasks(backend: EC2ContainerServiceBackend, service: Service) -> list[Task]:
    """Tasks of a service that are not STOPPED."""
    tasks = list(backend.tasks.get(service.cluster_name, {}).values())
    return [task for task in tasks if task.group == f"service:{service.name}" and task.last_status != "STOPPED"]


def _list_services(
    self: Any, cluster_str: str, scheduling_strategy: str | None = None, launch_type: str | None = None
) -> list[str]:
    """moto lists deleted services too, and those of every cluster whose name ends alike."""
    cluster = self._get_cluster(cluster_str)
    return sorted(
        service.arn
        for service in list(self.services.values())
        if service.cluster_name == cluster.name
        and service.status != "INACTIVE"
        and scheduling_strategy in (None, service.scheduling_strategy)
        and launch_type in (None, service.launch_type)
    )


def _list_tasks(original: Callable[..., list[Task]]) -> Callable[..., list[Task]]:
    """moto ignores the service's name, and lists stopped tasks unasked."""

    def list_tasks(self: Any, *arguments: Any, **named: Any) -> list[Task]:
        names = ("cluster_str", "container_instance", "family", "started_by", "service_name", "desiredStatus")
        query = dict(zip(names, arguments, strict=False)) | named
        query["desiredStatus"] = query.get("desiredStatus") or "RUNNING"
        found = original(self, **query)
        service = (query.get("service_name") or "").rpartition("/")[2]
        return [task for task in found if not service or task.group == f"service:{service}"]

    return list_tasks


def _run_task(original: Callable[..., list[Task]]) -> Callable[..., list[Task]]:
    """moto crashes on a container without memory and in a VPC without DNS host names, and lists one container only."""

    def run_task(
        self: Any,
        cluster_str: str,
        task_definition_str: str,
        count: int,
        overrides: dict[str, Any] | None,
        started_by: str | None,
        tags: list[dict[str, str]] | None,
        launch_type: str | None,
        networking_configuration: dict[str, Any] | None = None,
        group: str | None = None,
        platform_version: str | None = None,
        capacity_provider_strategy: list[dict[str, Any]] | None = None,
    ) -> list[Task]:
        cluster = self._get_cluster(cluster_str)
        strategy = capacity_provider_strategy
        if not launch_type and not strategy:
            strategy = cluster.default_capacity_provider_strategy
        provider = strategy[0]["capacityProvider"] if strategy else None
        if (launch_type != "FARGATE" and provider not in FARGATE) or (launch_type and capacity_provider_strategy):
            rest = (networking_configuration, group, platform_version, capacity_provider_strategy)
            return original(
                self, cluster_str, task_definition_str, count, overrides, started_by, tags, launch_type, *rest
            )
        if not (networking_configuration or {}).get("awsvpcConfiguration", {}).get("subnets"):
            raise InvalidParameterException(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            )
        definition = self.describe_task_definition(task_definition_str)
        return [
            new_tasks.new_task(
                self,
                cluster.name,
                definition.arn,
                networking_configuration or {},
                group=group or f"family:{definition.family}",
                started_by=started_by or "",
                launch_type="FARGATE",
                capacity_provider=provider,
                platform_version=platform_version,
                tags=tags or [],
                overrides=overrides,
            )
            for _ in range(count)
        ]

    return run_task


def _stop_task(self: Any, cluster_str: str, task_str: str, reason: str | None) -> Task:
    """moto has it STOPPED at once; ECS gives the containers their stop timeout."""
    cluster = self._get_cluster(cluster_str)
    for arn, task in list(self.tasks.get(cluster.name, {}).items()):
        if arn.rpartition("/")[2] == task_str.rpartition("/")[2]:
            if task.desired_status != "STOPPED":
                task.desired_status = "STOPPED"
                task.stop_code = "UserInitiated"
                task.stopped_reason = reason or "Task stopped by user"
                if not on_fargate(task, self):
                    task.last_status = "STOPPED"
            return cast(Task, task)
    raise InvalidParameterException("The referenced task was not found.")
