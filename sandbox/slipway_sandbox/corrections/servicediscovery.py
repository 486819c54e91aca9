"""Cloud Map."""

from collections.abc import Callable

from moto.core.exceptions import JsonRESTError
from moto.route53.models import FakeZone, route53_backends
from moto.servicediscovery.models import Namespace, ServiceDiscoveryBackend

from slipway_sandbox.corrections._decorator import corrects

ZONE = "moto gives a namespace's hosted zone another name and no VPC; Cloud Map gives it the namespace's name and VPC."


@corrects(
    ServiceDiscoveryBackend.create_private_dns_namespace,
    why=f"moto takes one private namespace for each VPC at most; Cloud Map takes one of each name. {ZONE}",
)
def create_private_dns_namespace(
    original: Callable[..., str], self: ServiceDiscoveryBackend, *, name: str, vpc: str, **named: object
) -> str:
    if any(namespace.name == name and vpc in _vpc_ids(self, namespace) for namespace in self.namespaces.values()):
        raise JsonRESTError("NamespaceAlreadyExists", "The namespace that you're trying to create already exists.")
    operation_id = original(self, name=name, vpc=vpc, **named)
    _name_zone(self, operation_id, vpc)
    return operation_id


@corrects(ServiceDiscoveryBackend.create_public_dns_namespace, why=ZONE)
def create_public_dns_namespace(original: Callable[..., str], self: ServiceDiscoveryBackend, **named: object) -> str:
    operation_id = original(self, **named)
    _name_zone(self, operation_id, None)
    return operation_id


@corrects(
    ServiceDiscoveryBackend.delete_namespace,
    why="moto keeps the hosted zone of a deleted namespace; Cloud Map deletes it.",
)
def delete_namespace(
    original: Callable[[ServiceDiscoveryBackend, str], str], self: ServiceDiscoveryBackend, namespace_id: str
) -> str:
    namespace = self.get_namespace(namespace_id)
    _zones(self).pop((namespace.dns_properties or {}).get("HostedZoneId", ""), None)
    return original(self, namespace_id)


def _zones(backend: ServiceDiscoveryBackend) -> dict[str, FakeZone]:
    zones: dict[str, FakeZone] = route53_backends[backend.account_id]["aws"].zones
    return zones


def _vpc_ids(backend: ServiceDiscoveryBackend, namespace: Namespace) -> list[str]:
    """VPCs of the namespace's hosted zone."""
    zone = _zones(backend).get((namespace.dns_properties or {}).get("HostedZoneId", ""))
    return [vpc["vpc_id"] for vpc in zone.vpcs] if zone else []


def _name_zone(backend: ServiceDiscoveryBackend, operation_id: str, vpc_id: str | None) -> None:
    namespace = backend.namespaces[backend.get_operation(operation_id).targets["NAMESPACE"]]
    zone = _zones(backend)[namespace.dns_properties["HostedZoneId"].rpartition("/")[2]]
    zone.name = f"{namespace.name}."
    for record in zone.rrsets:
        record.name = zone.name
    namespace.dns_properties["HostedZoneId"] = zone.resource_id
    namespace.vpc = None
    zone.add_vpc(vpc_id, backend.region_name if vpc_id else None)
