"""Who may connect to a service's tasks and whom they may connect to, each by security group and on one port.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi

from slipway.common import ArgumentError, Gate, child_keys, given, whole_number
from slipway.task import NFS, Volume

LOAD_BALANCER = "lb"  # what the rules of its load balancer are named after


class PeerArgs(TypedDict):
    """Something that the tasks connect to."""

    security_group_id: pulumi.Input[str]
    """Its security group, which lets the tasks in on this port."""
    port: int
    """TCP port, 1-65535."""


def check_peers(who: str, args: Mapping[str, Any], port: int | None) -> None:
    """Refuse names that no resource can have, ports out of bounds, and callers of a service that has no port."""
    for key in ("allow_from", "allow_to"):
        child_keys(who, key, given(args.get(key), {}), LOAD_BALANCER)
    if args.get("allow_from") is not None and port is None:
        raise ArgumentError(f"{who}: allow_from needs container_port, got none; set the port the image listens on")
    for name, peer in given(args.get("allow_to"), {}).items():
        if name in given(args.get("volumes"), {}):
            raise ArgumentError(f"{who}: allow_to.{name} and volumes.{name} must have different names; rename one")
        whole_number(who, f"allow_to.{name}.port", peer["port"], 1, 65535)


def open_to_peers(args: Mapping[str, Any], tasks: Gate, port: int | None, volumes: Sequence[Volume]) -> None:
    """Rules on both sides: callers are let out and in on the port, tasks to what they connect to and to file systems."""
    callers: Mapping[str, pulumi.Input[str]] = given(args.get("allow_from"), {})
    for name, group in callers.items():
        if port is not None:
            other = _other(tasks, name, group)
            other.let_out_to("out", port, f"To {tasks.name}", tasks.group_id)
            tasks.let_in_from(f"from-{name}", port, f"From {name}", other.group_id)
    peers: Mapping[str, PeerArgs] = given(args.get("allow_to"), {})
    opened = [(name, peer["security_group_id"], int(peer["port"])) for name, peer in peers.items()]
    for volume in volumes:
        mounted = volume.args.get("security_group_id")
        # Two access points of one file system are behind one group; an output equals itself only.
        if mounted is not None and not any(port == NFS and mounted == known for _, known, port in opened):
            opened.append((volume.name, mounted, NFS))
    for name, group, to_port in opened:
        other = _other(tasks, name, group)
        tasks.let_out_to(f"to-{name}", to_port, f"To {name}", other.group_id)
        other.let_in_from("in", to_port, f"From {tasks.name}", tasks.group_id)


def _other(tasks: Gate, name: str, group: pulumi.Input[str]) -> Gate:
    """The group of a peer, for rules of this service's on it."""
    return Gate(f"{tasks.name}-{name}", pulumi.Output.from_input(group), tasks.tags, tasks.child)
