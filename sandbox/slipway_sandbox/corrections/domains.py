"""What moto 5.2.5 gets wrong in certificates, at listeners too, in namespaces and schedules; corrected in its classes."""

from functools import wraps
from typing import Any

# moto is imported in the functions: its environment is set by then


def install() -> None:
    """Corrects moto; to be called once."""
    _certificates()
    _listener_certificates()
    _namespaces()
    _schedules()


def _certificates() -> None:
    """A certificate is issued a while after it was requested, with its validation records or without; its domain validation
    options stand in no order.
    """
    from moto.acm.models import CertBundle  # noqa: PLC0415
    from moto.route53.models import route53_backends  # noqa: PLC0415

    bundle: Any = CertBundle
    check, describe = bundle.check, bundle.describe

    def names() -> set[tuple[str, Any]]:
        zones = [
            zone for account in route53_backends.values() for each in account.values() for zone in each.zones.values()
        ]
        return {(record.name.rstrip("."), record.type) for zone in zones for record in zone.rrsets}

    @wraps(check)
    def wait_for_records(self: Any) -> None:
        if self.status == "PENDING_VALIDATION":
            options = describe(self)["Certificate"].get("DomainValidationOptions", [])
            if not {(each["ResourceRecord"]["Name"].rstrip("."), "CNAME") for each in options} <= names():
                return
            self.status = "ISSUED"
        check(self)

    @wraps(describe)
    def ordered(self: Any) -> dict[str, Any]:
        answer: dict[str, Any] = describe(self)
        found = answer["Certificate"].get("DomainValidationOptions", [])
        found.sort(key=lambda each: (each["DomainName"] != self.common_name, each["DomainName"]))
        return answer

    bundle.check, bundle.describe = wait_for_records, ordered


def _listener_certificates() -> None:
    """ModifyListener with a certificate, which is the default one, takes away those that were added beside it."""
    from moto.elbv2.models import ELBv2Backend  # noqa: PLC0415

    backend: Any = ELBv2Backend
    modify = backend.modify_listener

    @wraps(modify)
    def keep_added(self: Any, *args: Any, **kwargs: Any) -> Any:
        arn = kwargs.get("arn") or args[0]
        added = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0].certificates[1:]
        listener = modify(self, *args, **kwargs)
        listener.certificates += [each for each in added if each not in listener.certificates]
        return listener

    backend.modify_listener = keep_added


def _namespaces() -> None:
    """A VPC has one private namespace at most; a namespace's hosted zone has another name, no VPC, and outlives it."""
    from moto.route53.models import route53_backends  # noqa: PLC0415
    from moto.servicediscovery.models import ServiceDiscoveryBackend  # noqa: PLC0415

    backend: Any = ServiceDiscoveryBackend
    create, delete = backend.create_private_dns_namespace, backend.delete_namespace
    create_public = backend.create_public_dns_namespace

    def zones(self: Any) -> Any:
        return route53_backends[self.account_id]["aws"].zones

    def rename(self: Any, operation_id: str, vpc_id: str | None) -> None:
        namespace = self.namespaces[self.get_operation(operation_id).targets["NAMESPACE"]]
        zone = zones(self)[namespace.dns_properties["HostedZoneId"].rpartition("/")[2]]
        zone.name = f"{namespace.name}."
        for record in zone.rrsets:
            record.name = zone.name
        namespace.dns_properties["HostedZoneId"] = zone.resource_id
        namespace.vpc = None
        zone.add_vpc(vpc_id, self.region_name if vpc_id else None)

    @wraps(create)
    def create_private(self: Any, *args: Any, **kwargs: Any) -> str:
        operation_id: str = create(self, *args, **kwargs)
        rename(self, operation_id, kwargs["vpc"])
        return operation_id

    @wraps(create_public)
    def create_public_too(self: Any, *args: Any, **kwargs: Any) -> str:
        operation_id: str = create_public(self, *args, **kwargs)
        rename(self, operation_id, None)
        return operation_id

    @wraps(delete)
    def delete_with_zone(self: Any, namespace_id: str) -> str:
        namespace = self.get_namespace(namespace_id)
        zones(self).pop(namespace.dns_properties.get("HostedZoneId"), None)
        operation_id: str = delete(self, namespace_id)
        return operation_id

    backend.create_private_dns_namespace, backend.create_public_dns_namespace = create_private, create_public_too
    backend.delete_namespace = delete_with_zone


def _schedules() -> None:
    """UpdateSchedule leaves ActionAfterCompletion as it was."""
    from moto.scheduler.models import EventBridgeSchedulerBackend  # noqa: PLC0415
    from moto.scheduler.responses import EventBridgeSchedulerResponse  # noqa: PLC0415

    response: Any = EventBridgeSchedulerResponse
    backend: Any = EventBridgeSchedulerBackend
    update = response.update_schedule

    @wraps(update)
    def with_action(self: Any) -> Any:
        answer = update(self)
        name = self.uri.split("?")[0].split("/")[-1]
        schedule = backend.get_schedule(self.scheduler_backend, self._get_param("GroupName"), name)
        schedule.action_after_completion = self._get_param("ActionAfterCompletion")
        return answer

    response.update_schedule = with_action
