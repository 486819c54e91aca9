"""Callers and peers of a service's tasks, each with its security group and one port.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi

from slipway.common import ArgumentError, Arguments, Gate, different_names
from slipway.links import Peer
from slipway.task import NFS, Volume

LOAD_BALANCER, HEALTH_CHECK = "lb", "lb-check"  # parts of the names of the load balancer's rules


class PeerArgs(TypedDict):
    """A peer that the tasks may call, such as a database."""

    security_group_id: pulumi.Input[str]
    """Security group of the peer."""
    port: int
    """TCP port of the peer, 1-65535."""


@dataclass(frozen=True)
class Peers:
    """Callers of the tasks, and peers that the tasks may call."""

    callers: Mapping[str, pulumi.Input[str]]
    """Name to security group."""
    called: Sequence[Peer]


def peers(arguments: Arguments, port: int | None, volumes: Sequence[Volume], calls: Sequence[Peer]) -> Peers:
    """Check callers and peers: usable names, a port for callers; file systems and linked services are peers, too.

    Raises ArgumentError.
    """
    for key in ("allow_from", "allow_to"):
        arguments.child_keys(key, LOAD_BALANCER, HEALTH_CHECK)
    if arguments.has("allow_from") and port is None:
        raise arguments.error("allow_from", "needs container_port, got none; set the port the image listens on")
    called = []
    for name, entry in arguments.each("allow_to"):
        if any(volume.name == name for volume in volumes):
            rule = f"allow_to.{name} and volumes.{name} must have different names; rename one"
            raise ArgumentError(f"{arguments.who}: {rule}")
        number = entry.whole_number("port", 1, 65535, 0)
        called.append(Peer(name, entry.required_input("security_group_id"), number))
    for volume in volumes:
        group_id = volume.security_group_id
        # Two access points of one file system share a group; an output equals only itself.
        if group_id is not None and not any(peer.port == NFS and peer.security_group_id == group_id for peer in called):
            called.append(Peer(volume.name, group_id, NFS))
    for call in calls:
        if any(peer.name == call.name for peer in called):
            rule = f"allow_to.{call.name} and a variable of links with call must have different names; rename one"
            raise ArgumentError(f"{arguments.who}: {rule}")
        # Two variables may lead to one service.
        if not any(peer.port == call.port and peer.security_group_id == call.security_group_id for peer in called):
            called.append(call)
    callers = arguments.input_map("allow_from")
    names = [(f"allow_from.{key}", f"{key}-out") for key in callers]
    different_names(arguments.who, "allow_from and allow_to", names + [(it.name, f"to-{it.name}") for it in called])
    names = [(f"allow_from.{key}", f"from-{key}") for key in callers]
    different_names(arguments.who, "allow_from and allow_to", names + [(it.name, f"{it.name}-in") for it in called])
    return Peers(callers, called)


def open_to_peers(tasks: Gate, port: int | None, allowed: Peers) -> None:
    """Make the rules on both sides: from callers to the tasks' port, and from the tasks to their peers."""
    for name, group_id in allowed.callers.items():
        if port is not None:
            caller = _gate_of_peer(tasks, name, group_id)
            caller.let_out_to("out", port, f"To {tasks.name}", tasks.group_id)
            tasks.let_in_from(f"from-{name}", port, f"From {name}", caller.group_id)
    for peer in allowed.called:
        gate = _gate_of_peer(tasks, peer.name, peer.security_group_id)
        tasks.let_out_to(f"to-{peer.name}", peer.port, f"To {peer.name}", gate.group_id)
        gate.let_in_from("in", peer.port, f"From {tasks.name}", tasks.group_id)


def _gate_of_peer(tasks: Gate, name: str, group_id: pulumi.Input[str]) -> Gate:
    """The peer's security group, for this service's rules on it."""
    return Gate(f"{tasks.name}-{name}", pulumi.Output.from_input(group_id), tasks.tags, tasks.child, tasks.rules)
