"""An EC2 instance as a container, and the next step towards it: decisions on plain values."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

from moto.ec2.models.instances import Instance
from moto.ec2.models.key_pairs import KeyPair

from slipway_sandbox.process.home import CHECKOUT
from slipway_sandbox.process.ports import LOOPBACK

IMAGE = "slipway-sandbox/host:2"
RECIPE = Path(__file__).with_name("host_image")
USER, USER_ID = "ec2-user", 1000
SSH_PORT = 22


@dataclass(frozen=True)
class Door:
    """Where ssh comes in."""

    address: str = ""
    """Elastic IP, where it is an address of this machine; else empty."""
    admitted: bool = True
    """Whether a security group of the instance lets port 22 in, from wherever."""

    def ports(self) -> list[tuple[str, int | None]]:
        """Addresses and ports of this machine to try, best first; None is any free port. Empty: shut."""
        if not self.admitted:
            return []
        anywhere: list[tuple[str, int | None]] = [(LOOPBACK, None)]
        return [(self.address, SSH_PORT), *anywhere] if self.address else anywhere


@dataclass(frozen=True)
class Place:
    """Where an instance stands in its VPC, and who may reach its ssh from inside."""

    vpc: str = ""
    address: str = ""
    """Private IPv4 address."""
    groups: frozenset[str] = frozenset()
    """Its security groups."""
    sources: frozenset[str] = frozenset()
    """Security groups and networks admitted on port 22."""

    def leads_to(self, other: "Place") -> bool:
        """Whether ssh from here reaches another instance of the VPC."""
        if self.vpc != other.vpc or self.address == other.address:
            return False
        networks = [ipaddress.ip_network(it) for it in other.sources if "/" in it]
        return bool(self.groups & other.sources) or any(ipaddress.ip_address(self.address) in it for it in networks)


@dataclass(frozen=True)
class Wanted:
    """One instance with a key, as EC2 has it now."""

    id: str
    running: bool
    door: Door
    hostname: str
    public_key: str
    """Of its key pair; empty after its deletion."""
    place: Place = Place()


@dataclass(frozen=True)
class WayIn:
    """A running instance in `status`."""

    command: str
    """Working ssh command; empty without one."""
    note: str
    """Why there is none, or why it is another than the one for the instance's public address; else empty."""


@dataclass(frozen=True)
class Made:
    """The present container, and its door."""

    door: Door
    running: bool


def action(wanted: Wanted | None, made: Made | None) -> str:
    """`make` (anew, where there is one already), `halt`, `end`, or "" when all is as it is to be."""
    if wanted is None:
        return "end"
    if not wanted.running:
        return "halt" if made else ""
    if made is None or not made.running or made.door != wanted.door:
        return "make"
    return ""


class Source(TypedDict, total=False):
    """Where a rule lets something in from."""

    GroupId: str
    CidrIp: str


class IngressRule(Protocol):
    """Moto's rule of a security group."""

    ip_protocol: object
    from_port: int | str | None
    to_port: int | str | None
    source_group: Source
    ip_range: Source


class IngressRules(Protocol):
    """The rules of moto's security group."""

    ingress_rules: Sequence[IngressRule]


def wanted(instance: Instance, key_pairs: Mapping[str, KeyPair]) -> Wanted | None:
    """Moto's instance as it shall be; None for a terminated one, one without a key, or a Windows one."""
    if instance.state == "terminated" or not instance.key_name or instance.platform == "windows":
        return None
    pair = key_pairs.get(instance.key_name)
    address = instance.public_ip or ""
    groups = list(instance.nics[0].group_set)
    return Wanted(
        id=instance.id,
        running=instance.state == "running",
        door=Door(address if is_local(address) else "", admits(groups)),
        hostname=str(instance.private_dns_name).partition(".")[0],
        public_key=pair.public_key if pair else "",
        place=Place(
            str(instance.vpc_id), str(instance.private_ip), frozenset(group.id for group in groups), sources(groups)
        ),
    )


def image_is_missing() -> str:
    """Sentence for a machine without the image of instances, with the command to make it."""
    in_checkout = (CHECKOUT / "setup" / "host_image.py").exists()
    build = f"docker build --network host --tag {IMAGE} {RECIPE}"
    return f"EC2 instances stay records, as there is no image {IMAGE}; make it: " + (
        f"cd {CHECKOUT} && python3 -m setup.host_image" if in_checkout else build
    )


def is_local(address: str) -> bool:
    """Whether an address is one of this machine's loopback, as moto's Elastic IPs are."""
    return address.startswith("127.")


def admits(groups: Iterable[IngressRules]) -> bool:
    """Whether a rule of moto's security groups lets ssh in. From where is not asked: here everybody is local."""
    return any(_covers(rule) for group in groups for rule in group.ingress_rules)


def sources(groups: Iterable[IngressRules]) -> frozenset[str]:
    """Security groups and IPv4 networks admitted on port 22 by moto's security groups."""
    rules = [rule for group in groups for rule in group.ingress_rules if _covers(rule)]
    named = {rule.source_group.get("GroupId") for rule in rules} | {rule.ip_range.get("CidrIp") for rule in rules}
    return frozenset(filter(None, named))


def routes(places: Mapping[str, Place], bridges: Mapping[str, str]) -> dict[str, frozenset[tuple[str, str]]]:
    """Each instance's ways to others: their private addresses, and those of their containers on Docker's bridge."""
    return {
        instance: frozenset(
            (other.address, bridges[key])
            for key, other in places.items()
            if key in bridges and places[instance].leads_to(other)
        )
        for instance in bridges
    }


def _covers(rule: IngressRule) -> bool:
    if str(rule.ip_protocol) == "-1":
        return True
    if str(rule.ip_protocol) not in ("tcp", "6") or rule.from_port is None:
        return False
    return int(rule.from_port) <= SSH_PORT <= int(rule.to_port or rule.from_port)


def command(address: str, port: int, key: str) -> str:
    """The ssh command; `key` is the private key's file."""
    number = "" if port == SSH_PORT else f"-p {port} "
    return f"ssh -i {key} {number}{USER}@{address}"
