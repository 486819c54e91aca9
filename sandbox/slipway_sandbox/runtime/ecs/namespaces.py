"""Service Connect: the names that tasks of one namespace find one another by, as aliases on a Docker network of its own.

ECS runs a proxy beside each task; here Docker's resolver answers with the tasks that run, so the port is the container's.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from slipway_sandbox.runtime.ecs.moto_objects import MotoTask


@dataclass(frozen=True)
class Namespace:
    """Where a task is found by others, and finds them."""

    key: str
    aliases: tuple[str, ...]
    """Names of the task itself; none for one that only calls."""


def namespace_of(task: MotoTask, backend: EC2ContainerServiceBackend) -> Namespace | None:
    """The namespace of a service's task; none where the service takes no part in one."""
    kind, _, name = str(task.group).partition(":")
    service = backend.services.get(f"{task.cluster_name}:{name}") if kind == "service" else None
    told: dict[str, Any] = getattr(service, "service_connect_configuration", None) or {}
    namespace = name_of(told, backend.clusters[task.cluster_name])
    if namespace is None or not told.get("enabled"):
        return None
    aliases = [
        alias["dnsName"]
        for offered in told.get("services") or []
        for alias in offered.get("clientAliases") or []
        if alias.get("dnsName")
    ]
    digest = hashlib.sha256(f"{backend.account_id} {backend.region_name} {namespace}".encode()).hexdigest()[:12]
    return Namespace(digest, tuple(aliases))


def name_of(told: Mapping[str, Any], cluster: Cluster | None) -> str | None:
    """Name or ARN of the namespace of a service: its own, else its cluster's."""
    defaults = cluster.service_connect_defaults if cluster else None
    return told.get("namespace") or (defaults or {}).get("namespace")
