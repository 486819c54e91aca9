"""Service Connect: tasks of one namespace find one another by name, as aliases on a Docker network of its own.

ECS runs a proxy beside each task; here Docker's resolver answers with the running tasks, so the port is the container's.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
"""

import hashlib
from dataclasses import dataclass
from typing import cast

from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from slipway_sandbox.corrections.ecs.objects import EcsTask
from slipway_sandbox.corrections.ecs.shapes import ServiceConnect


@dataclass(frozen=True)
class Namespace:
    """Where a task is found by others, and finds them."""

    key: str
    aliases: tuple[str, ...]
    """Names of the task itself; none for a mere caller."""


def namespace_of(task: EcsTask, backend: EC2ContainerServiceBackend) -> Namespace | None:
    """The namespace of a service's task; None where the service takes no part in one."""
    kind, _, name = task.group.partition(":")
    service = backend.services.get(f"{task.cluster_name}:{name}") if kind == "service" else None
    connect = configuration(getattr(service, "service_connect_configuration", None))
    namespace = name_of(connect, backend.clusters[task.cluster_name])
    if namespace is None or not connect.get("enabled"):
        return None
    aliases = [
        alias["dnsName"]
        for offered in connect.get("services") or []
        for alias in offered.get("clientAliases") or []
        if alias.get("dnsName")
    ]
    digest = hashlib.sha256(f"{backend.account_id} {backend.region_name} {namespace}".encode()).hexdigest()[:12]
    return Namespace(digest, tuple(aliases))


def name_of(connect: ServiceConnect, cluster: Cluster | None) -> str | None:
    """Name or ARN of the namespace of a service: its own, else its cluster's."""
    defaults: dict[str, str] | None = cluster.service_connect_defaults if cluster else None
    return connect.get("namespace") or (defaults or {}).get("namespace")


def configuration(given: object) -> ServiceConnect:
    """A `serviceConnectConfiguration` as botocore has checked it; empty for none."""
    return cast(ServiceConnect, given) if isinstance(given, dict) else {}
