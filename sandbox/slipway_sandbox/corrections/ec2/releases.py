"""What a deleted resource of EC2 gives back: addresses and network interfaces; and what still stands in the way."""

from collections.abc import Callable

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, InstanceState
from moto.ec2.models.nat_gateways import NatGateway

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import keep, kept

OWN_INTERFACE = "Primary network interface"  # moto's description of one that it makes along with an instance
OUTLIVES = "_outlives_instance"  # kept on an interface that was asked to stay


@corrects(
    EC2Backend.delete_nat_gateway,
    why="moto's deleted NAT gateway keeps its address and its network interface; EC2 gives the address back and deletes the interface.",
)
def delete_nat_gateway(original: Callable[..., NatGateway], self: EC2Backend, nat_gateway_id: str) -> NatGateway:
    gateway = original(self, nat_gateway_id)
    _give_back(self, {gateway._eni.id})  # noqa: SLF001 - moto has no public name for it
    self.enis.pop(gateway._eni.id, None)  # noqa: SLF001
    return gateway


@corrects(
    EC2Backend.delete_network_interface,
    why="moto leaves an address with a deleted network interface; EC2 gives it back.",
)
def delete_network_interface(original: Callable[..., None], self: EC2Backend, eni_id: str) -> None:
    original(self, eni_id)
    _give_back(self, {eni_id})


@corrects(
    Instance.prep_nics,
    why="moto forgets that an interface was asked to stay when its instance is terminated; EC2 keeps it, and deletes others.",
)
def prep_nics(
    original: Callable[..., None], self: Instance, nic_spec: list[dict[str, object]], *rest: object, **named: object
) -> None:
    original(self, nic_spec, *rest, **named)
    for asked in nic_spec:
        if asked.get("DeleteOnTermination") is False:
            keep(self.nics[int(str(asked["DeviceIndex"]))], OUTLIVES, value=True)


@corrects(
    EC2Backend.terminate_instances,
    why="moto leaves an address with a terminated instance, and keeps the interface that it made along with it; EC2 gives the address "
    "back and deletes the interface.",
)
def terminate_instances(
    original: Callable[..., list[tuple[Instance, InstanceState]]], self: EC2Backend, instance_ids: list[str]
) -> list[tuple[Instance, InstanceState]]:
    instances = self.get_multi_instances_by_id(instance_ids) if instance_ids else []
    interfaces = [interface for instance in instances for interface in instance.nics.values()]
    for interface in interfaces:
        made_along = interface.description == OWN_INTERFACE and not kept(interface, OUTLIVES, default=False)
        interface.delete_on_termination = interface.delete_on_termination or made_along
    terminated = original(self, instance_ids)
    _give_back(self, {interface.id for interface in interfaces})
    return terminated


@corrects(
    EC2Backend.delete_security_group,
    why="moto deletes a security group that rules of others name; EC2 refuses until those rules are gone.",
)
def delete_security_group(
    original: Callable[..., None], self: EC2Backend, name: str | None = None, group_id: str | None = None
) -> None:
    group = self.get_security_group_by_name_or_id(group_id or name or "")
    others = [each for groups in self.groups.values() for each in groups.values() if group and each.id != group.id]
    rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
    if group and any(rule.source_group.get("GroupId") == group.id for rule in rules):
        raise DependencyViolationError(f"resource {group.id} has a dependent object")
    original(self, name, group_id)


def _give_back(backend: EC2Backend, interfaces: set[str]) -> None:
    """Disassociates the addresses of network interfaces."""
    for address in backend.addresses:
        if address.eni is not None and address.eni.id in interfaces:
            address.eni.public_ip = None
            address.eni = address.instance = address.association_id = None
