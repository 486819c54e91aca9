"""From a task in moto to its run in Docker, and from the run back to the API.

Everything here is called inside the controller's tick, the only writer of tasks.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import cast

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends
from moto.ecs.models import EC2ContainerServiceBackend
from moto.logs.models import logs_backends

from slipway_sandbox.corrections.ecs.namespaces import namespace_of
from slipway_sandbox.corrections.ecs.new_tasks import PRECREATED
from slipway_sandbox.corrections.ecs.objects import EcsTask, container_arn, definition_of
from slipway_sandbox.corrections.ecs.overrides import ContainerOverride
from slipway_sandbox.corrections.ecs.shapes import Container, Detail
from slipway_sandbox.runtime.containers.definitions import ContainerDefinition
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.names import name_of_task
from slipway_sandbox.runtime.containers.specs import (
    ContainerSpec,
    LogTarget,
    Size,
    TaskError,
    container_spec,
    volume_name,
)
from slipway_sandbox.runtime.ecs import environment_files, task_events
from slipway_sandbox.runtime.ecs.secret_values import resolve
from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities
from slipway_sandbox.runtime.ecs.task_run import ContainerRun, TaskRun
from slipway_sandbox.task_sizes import size_units

# Phases that TaskRun does not have: a task that leaves its load balancer is DEACTIVATING.
DEACTIVATING = "DEACTIVATING"
KEPT = timedelta(hours=1)  # how long ECS shows a stopped task

log = logging.getLogger(__name__)


def prepare(
    task: EcsTask,
    backend: EC2ContainerServiceBackend,
    host: DockerHost,
    identities: TaskIdentities,
    labels: dict[str, str],
) -> TaskRun:
    """A run for a task, not started. Raises TaskError when its roles, secrets, logs or volumes cannot be had."""
    definition = definition_of(task, backend)
    environment = identities.variables(task, backend, host)
    execution_role = identities.execution_role(task, backend)
    containers = cast(list[ContainerDefinition], definition.container_definitions)  # as botocore has checked them
    if execution_role:
        execution_role.prepare(containers)
    account, region = backend.account_id, backend.region_name
    overrides = {entry["name"]: entry for entry in task.overrides.get("containerOverrides", [])}
    for volume in definition.volumes:
        if "efsVolumeConfiguration" in volume or "fsxWindowsFileServerVolumeConfiguration" in volume:
            raise TaskError(f"ResourceInitializationError: volume {volume['name']!r}: the sandbox has no EFS or FSx")
    size = Size(
        cpu=int(size_units(str(task.overrides.get("cpu") or definition.cpu or 0))),
        memory_mib=int(size_units(str(task.overrides.get("memory") or definition.memory or 0))),
        host_cpus=host.cpus,
    )
    specs: list[ContainerSpec] = []
    for container in containers:
        override: ContainerOverride = overrides.get(container["name"], {})
        variables = environment | environment_files.variables(container.get("environmentFiles") or [], account)
        for entry in [*(container.get("environment") or []), *override.get("environment", [])]:
            variables[entry["name"]] = entry["value"]
        for secret in container.get("secrets") or []:
            variables[secret["name"]] = resolve(secret["valueFrom"], account, region)
        spec = container_spec(_overridden(container, override), variables, task.id, region, size)
        if spec.log:
            if execution_role:
                execution_role.open_stream(spec.log)
            open_stream(spec.log, account)
        specs.append(spec)
    volumes = [volume_name(task.id, volume["name"]) for volume in definition.volumes]
    return TaskRun(
        id=task.id,
        host=host,
        specs=specs,
        labels=labels,
        volumes=volumes,
        namespace=namespace_of(task, backend),
        name=name_of_task(task.cluster_name, task.group, str(task.task_definition_arn), task.id),
    )


def _overridden(container: ContainerDefinition, override: ContainerOverride) -> ContainerDefinition:
    merged = container.copy()
    if "command" in override:
        merged["command"] = override["command"]
    if "cpu" in override:
        merged["cpu"] = override["cpu"]
    if "memory" in override:
        merged["memory"] = override["memory"]
    return merged


def open_stream(target: LogTarget, account: str) -> None:
    """Create the stream of one container. Raises TaskError as ECS words it when the group is missing."""
    backend = logs_backends[account][target.region]
    if target.group not in backend.groups:
        if not target.create_group:
            raise TaskError(
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                f"failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group {target.group} "
                "does not exist. : exit status 1"
            )
        backend.create_log_group(target.group, {})
    backend.create_log_stream(target.group, target.stream)


def ship_logs(run: TaskRun, account: str, identities: TaskIdentities) -> None:
    """Put the containers' lines since the last tick into CloudWatch Logs, where the execution role may; else they are lost."""
    for container in run.containers.values():
        events = container.lines.take() if container.lines else []
        if not events or container.lines is None:
            continue
        target = container.lines.target
        if not identities.may_write(run.id, target):
            continue
        group = logs_backends[account][target.region].groups.get(target.group)
        try:
            if group is not None:  # deleted meanwhile: as on AWS, the lines are lost and the task runs on
                group.put_log_events(target.stream, events)
        except ServiceException as error:
            log.warning("%s: log lines are lost: %s", target.stream, error)


def show(task: EcsTask, run: TaskRun, backend: EC2ContainerServiceBackend) -> None:
    """Copy the state of the run to where DescribeTasks reads it, and tell EventBridge of a change."""
    ending = task.desired_status == "STOPPED" and run.phase == "RUNNING"
    task.last_status = DEACTIVATING if ending else run.phase
    for name, stamp in run.times.items():
        setattr(task, f"{name}_at", datetime.fromtimestamp(stamp, UTC))
    if run.stop_asked or run.phase in ("STOPPING", "DEPROVISIONING", "STOPPED"):
        task.desired_status = "STOPPED"
        task.stop_code, task.stopped_reason = run.stop_code, run.stopped_reason
    if run.address and all(attachment["status"] == PRECREATED for attachment in task.attachments):
        _attach(task, run.address, backend)
    healths = [
        entry.health for entry in run.containers.values() if entry.spec.essential and entry.spec.has_health_check
    ]
    task.health_status = (
        "UNKNOWN"
        if not healths
        else "UNHEALTHY"
        if "UNHEALTHY" in healths
        else "HEALTHY"
        if set(healths) == {"HEALTHY"}
        else "UNKNOWN"
    )
    task.connectivity = "CONNECTED"
    task.platform_family = "Linux"
    task.containers = [_container(task, entry) for entry in run.containers.values()]
    task_events.tell(task, backend)


def _container(task: EcsTask, run: ContainerRun) -> Container:
    addresses = [
        detail["value"]
        for entry in task.attachments
        for detail in entry["details"]
        if detail["name"] == "privateIPv4Address"
    ]
    shown: Container = {
        "containerArn": container_arn(task, run.spec.name),
        "taskArn": task.task_arn,
        "name": run.spec.name,
        "image": run.spec.image,
        "runtimeId": run.id,
        "lastStatus": run.status,
        "healthStatus": run.health,
        "networkInterfaces": [{"privateIpv4Address": address} for address in addresses],
    }
    if run.exit_code is not None:
        shown["exitCode"] = run.exit_code
    if run.reason:
        shown["reason"] = run.reason
    return shown


def _attach(task: EcsTask, address: str, backend: EC2ContainerServiceBackend) -> None:
    """The task's network interface, with the real address of its containers."""
    network = (getattr(task, "network_configuration", None) or {}).get("awsvpcConfiguration")
    if not network:
        return
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnet = network["subnets"][0]
    if not any(subnet in zone for zone in ec2.subnets.values()):
        return  # deleted under the service
    interface = ec2.create_network_interface(
        subnet=subnet,
        private_ip_address=address,
        group_ids=network.get("securityGroups") or [],
        description=f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:attachment/{task.id}",
    )
    interface.status = "in-use"
    details = {
        "subnetId": subnet,
        "networkInterfaceId": interface.id,
        "macAddress": interface.mac_address,
        "privateDnsName": getattr(interface, "private_dns_name", ""),
        "privateIPv4Address": address,
    }
    listed: list[Detail] = [{"name": name, "value": value} for name, value in details.items()]
    task.attachments = [{"id": task.id, "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": listed}]


def detach(task: EcsTask, backend: EC2ContainerServiceBackend) -> None:
    """Delete the network interface of an ended task: its subnet and groups can then be deleted."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for attachment in task.attachments:
        attachment["status"] = "DELETED"
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId" and detail["value"] in ec2.enis:
                ec2.delete_network_interface(detail["value"])


def is_forgotten(task: EcsTask) -> bool:
    """Whether ECS shows a stopped task no longer."""
    stopped: datetime | None = getattr(task, "stopped_at", None)
    return stopped is not None and datetime.now(UTC) - stopped > KEPT
