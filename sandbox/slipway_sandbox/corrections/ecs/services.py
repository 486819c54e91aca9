"""Services: created whole, one of each name; only the runtime completes their deployments."""

from collections.abc import Callable, Mapping

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.ecs import deployments, namespaces, new_tasks
from slipway_sandbox.corrections.ecs.objects import EcsTask, as_service, tasks_of
from slipway_sandbox.corrections.ecs.shapes import AwsvpcConfiguration, NetworkConfiguration

# CreateService drops these; UpdateService keeps them.
DROPPED = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
    "serviceConnectConfiguration": "service_connect_configuration",
    "volumeConfigurations": "volume_configurations",
    "vpcLatticeConfigurations": "vpc_lattice_configurations",
}
# A change of one of these is a new deployment.
DEPLOYED = (
    "task_definition",
    "network_configuration",
    "load_balancers",
    "platform_version",
    "capacity_provider_strategy",
    "service_connect_configuration",
    "volume_configurations",
    "vpc_lattice_configurations",
)


@corrects(
    EC2ContainerServiceResponse.create_service,
    why="moto drops half of the fields, gives a service with a capacity provider strategy the launch type EC2, and replaces a "
    "service of the same name; ECS keeps them, has no launch type then, and refuses the second one.",
)
def create_service(
    original: Callable[[EC2ContainerServiceResponse], ActionResult], self: EC2ContainerServiceResponse
) -> ActionResult:
    request: Mapping[str, object] = self._get_params()
    backend = self.ecs_backend
    cluster = str(request.get("cluster", "default")).rpartition("/")[2]
    key = f"{cluster}:{request['serviceName']}"
    if key in backend.services and backend.services[key].status != "INACTIVE":
        raise InvalidParameterException("Creation of service was not idempotent.")
    connect = namespaces.configuration(request.get("serviceConnectConfiguration"))
    if connect.get("enabled") and not namespaces.name_of(connect, backend.clusters.get(cluster)):
        raise InvalidParameterException("Service Connect needs a namespace: the cluster has no default one.")
    result = original(self)
    service = backend.services[key]
    for name, attribute in DROPPED.items():
        if request.get(name) is not None:
            setattr(service, attribute, request[name])
    if not request.get("launchType"):
        service.launch_type = None
        if not new_tasks.strategy_or_default(as_service(service), backend):
            service.launch_type = "EC2"
    if service.deployments:  # none with an external deployment controller
        deployments.begin(as_service(service))
    return result


@corrects(
    EC2ContainerServiceBackend.update_service,
    why="moto says that the new count runs at once, keeps a task definition as it was written, forgets the part of a deployment "
    "configuration that is not given, and makes no deployment; ECS keeps that part, and begins a deployment of the definition's "
    "ARN, and its tasks are counted once they run.",
)
def update_service(
    original: Callable[[EC2ContainerServiceBackend, dict[str, object]], Service],
    self: EC2ContainerServiceBackend,
    service_properties: dict[str, object],
) -> Service:
    service = self._get_service(str(service_properties.get("cluster", "default")), str(service_properties["service"]))
    if service.status == "INACTIVE":
        raise ServiceNotFoundException
    before = {name: getattr(service, name, None) for name in DEPLOYED}
    counts = service.running_count, service.pending_count
    forced = service_properties.pop("force_new_deployment", False)
    if name := service_properties.get("task_definition"):
        service_properties["task_definition"] = self.describe_task_definition(str(name)).arn
    given = service_properties.get("deployment_configuration")
    if isinstance(given, Mapping):
        present = getattr(service, "deployment_configuration", None) or {}
        service_properties["deployment_configuration"] = {**present, **given}
    updated = original(self, service_properties)
    updated.running_count, updated.pending_count = counts
    if updated.deployments:
        if forced or before != {name: getattr(updated, name, None) for name in DEPLOYED}:
            deployments.begin(as_service(updated))
        updated.deployments[0]["desiredCount"] = updated.desired_count
    return updated


@corrects(
    EC2ContainerServiceBackend.delete_service,
    why="moto's deleted service is INACTIVE at once; ECS first stops its tasks, and says DRAINING until then.",
)
def delete_service(
    original: Callable[[EC2ContainerServiceBackend, str, str, bool], Service],
    self: EC2ContainerServiceBackend,
    cluster_name: str,
    service_name: str,
    force: bool,
) -> Service:
    deleted = original(self, cluster_name, service_name, force)
    deleted.desired_count = 0
    if live_tasks(self, deleted.cluster_name, deleted.name):
        deleted.status = "DRAINING"
    return deleted


@corrects(
    EC2ContainerServiceBackend.list_services,
    why="moto lists deleted services too, and those of every cluster whose name ends alike; ECS lists those of the cluster.",
)
def list_services(
    _: object,
    self: EC2ContainerServiceBackend,
    cluster_str: str,
    scheduling_strategy: str | None = None,
    launch_type: str | None = None,
) -> list[str]:
    cluster = self._get_cluster(cluster_str)
    return sorted(
        service.arn
        for service in list(self.services.values())
        if service.cluster_name == cluster.name
        and service.status != "INACTIVE"
        and scheduling_strategy in (None, service.scheduling_strategy)
        and launch_type in (None, service.launch_type)
    )


@corrects(
    Service._validate_network,  # noqa: SLF001
    why="moto breaks on a service whose network names no security groups; ECS takes the VPC's default one.",
)
def validate_network(
    original: Callable[[Service, NetworkConfiguration], NetworkConfiguration],
    self: Service,
    nc: NetworkConfiguration,
) -> NetworkConfiguration:
    vpc: AwsvpcConfiguration = nc["awsvpcConfiguration"]
    vpc.setdefault("securityGroups", [])
    return original(self, nc)


def live_tasks(backend: EC2ContainerServiceBackend, cluster: str, service: str) -> list[EcsTask]:
    """The tasks of a service, without the STOPPED ones."""
    return [
        task
        for task in tasks_of(backend, cluster)
        if task.group == f"service:{service}" and task.last_status != "STOPPED"
    ]
