"""AWS/ECS and ECS/ContainerInsights: CPU and memory of services, and their numbers of tasks.

Docker is asked for CPU and memory where an alarm watches them, or somebody has asked CloudWatch for them of late.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

import time
from collections.abc import Callable, Mapping, Sequence

from moto.cloudwatch.models import cloudwatch_backends
from moto.ecs.models import EC2ContainerServiceBackend

from slipway_sandbox.corrections.ecs.objects import (
    EcsService,
    EcsTask,
    backends_of_ecs,
    definition_of,
    services_of,
    tasks_of,
)
from slipway_sandbox.corrections.metrics import is_asked_for, report
from slipway_sandbox.documents import Document
from slipway_sandbox.metrics.samples import Point, Sample
from slipway_sandbox.metrics.series import metric
from slipway_sandbox.runtime.ecs.task_run import TaskRun
from slipway_sandbox.runtime.metrics.usage import Reading, Reservation, cpu_percent, memory_percent, reading

USAGE, INSIGHTS = "AWS/ECS", "ECS/ContainerInsights"


class Services:
    """Every service of every account and region. `stats` asks Docker once; None where a container is gone."""

    def __init__(self, runs: Mapping[str, TaskRun], stats: Callable[[str], Document | None]) -> None:
        self._runs, self._stats = runs, stats
        self._readings: dict[str, dict[str, Reading]] = {}
        """By ARN of the task and id of the container."""

    def report(self, minutes: Sequence[int]) -> None:
        """Report levels for each minute."""
        readings: dict[str, dict[str, Reading]] = {}
        for backend in backends_of_ecs():
            is_measured = is_asked_for(cloudwatch_backends[backend.account_id][backend.region_name], USAGE)
            for service in services_of(backend):
                if service.status == "INACTIVE":
                    continue
                if _has_insights(service, backend):
                    _tell(backend, service, INSIGHTS, _counts(service), minutes)
                if is_measured:
                    _tell(backend, service, USAGE, self._usage(service, backend, readings), minutes)
        self._readings = readings

    def _usage(
        self, service: EcsService, backend: EC2ContainerServiceBackend, readings: dict[str, dict[str, Reading]]
    ) -> dict[str, tuple[Point, str]]:
        """One sample of each running task; none without a task."""
        cpu, memory = Sample(), Sample()
        for task in tasks_of(backend, service.cluster_name):
            run = self._runs.get(task.task_arn)
            if task.group != f"service:{service.name}" or task.last_status != "RUNNING" or run is None:
                continue
            now = readings[task.task_arn] = self._read(run)
            reserved = _reservation(task, backend)
            share = cpu_percent(self._readings.get(task.task_arn, {}), now, reserved.cpu_units)
            if share is not None:
                cpu.take(share)
            if now:
                memory.take(memory_percent(now, reserved.memory_mib))
        usage: dict[str, tuple[Point, str]] = {
            "CPUUtilization": (cpu, "Percent"),
            "MemoryUtilization": (memory, "Percent"),
        }
        return {name: level for name, level in usage.items() if isinstance(level[0], Sample) and level[0].number}

    def _read(self, run: TaskRun) -> dict[str, Reading]:
        readings = {}
        for container in list(run.containers.values()):
            if container.id and container.status == "RUNNING":
                stats = self._stats(container.id)
                if stats is not None:
                    readings[container.id] = reading(stats, time.monotonic())
        return readings


def _counts(service: EcsService) -> dict[str, tuple[Point, str]]:
    counts = {
        "DesiredTaskCount": service.desired_count,
        "RunningTaskCount": service.running_count,
        "PendingTaskCount": service.pending_count,
        "DeploymentCount": len(service.deployments),
    }
    return {name: (float(value), "Count") for name, value in counts.items()}


def _tell(
    backend: EC2ContainerServiceBackend,
    service: EcsService,
    namespace: str,
    levels: Mapping[str, tuple[Point, str]],
    minutes: Sequence[int],
) -> None:
    named = {"ClusterName": service.cluster_name, "ServiceName": service.name}
    for name, (level, unit) in levels.items():
        key = metric(namespace, name, named)
        for minute in minutes:
            report(cloudwatch_backends[backend.account_id][backend.region_name], key, unit, minute, level)


def _reservation(task: EcsTask, backend: EC2ContainerServiceBackend) -> Reservation:
    definition = definition_of(task, backend)
    return Reservation(
        float(task.cpu or definition.cpu or 0) or 256.0, float(task.memory or definition.memory or 0) or 512.0
    )


def _has_insights(service: EcsService, backend: EC2ContainerServiceBackend) -> bool:
    cluster = backend.clusters.get(service.cluster_name)
    settings = (cluster.settings if cluster else None) or []
    return any(each["name"] == "containerInsights" and each["value"] != "disabled" for each in settings)
