"""Hosts and ports behind a bastion.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import Arguments, shown
from slipway.ec2 import SSH

from ._key_pair import KEY_PAIR

HIGHEST_PORT = 65535
PRIVILEGED_PORTS = 1024  # below, only root can listen
PRIVILEGED_PORT_SHIFT = 10000
HOST = re.compile(r"(?=.{1,254}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")  # it becomes part of commands


class BastionTargetArgs(TypedDict):
    """A host and port behind a bastion."""

    host: pulumi.Input[str]
    """Private address or DNS name, as the bastion resolves it, such as db.internal."""
    port: int
    """TCP port, 1-65535. With access by key_pair, a target on port 22 is a host of ssh_config."""
    local_port: NotRequired[int]
    """Port to listen on at your machine, 1-65535. Default: port, or 10000 more for a port below 1024."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the target; a rule opens port in it to the bastion. Default: the group is not changed."""


@dataclass(frozen=True)
class Target:
    """A checked target."""

    host: pulumi.Input[str]
    port: int
    local_port: int
    security_group_id: pulumi.Input[str] | None
    is_ssh_host: bool
    """The target has a block in the ssh configuration, and no forwarded port."""


def targets(arguments: Arguments, bastion_name: str, access: Sequence[str]) -> dict[str, Target]:
    """Checked targets; no two of them forward the same local port."""
    checked: dict[str, Target] = {}
    owners: dict[int, str] = {}
    arguments.child_keys("targets", bastion_name)
    for key, target in arguments.each("targets"):
        host = target.written_input("host")
        if isinstance(host, str) and not HOST.fullmatch(host):
            raise target.error("host", f"must be an address or DNS name, got {shown(host)}")
        port = target.whole_number("port", 1, HIGHEST_PORT, 0)
        default = port + PRIVILEGED_PORT_SHIFT if port < PRIVILEGED_PORTS else port
        local_port = target.whole_number("local_port", 1, HIGHEST_PORT, default)
        is_ssh_host = port == SSH and KEY_PAIR in access
        if not is_ssh_host and local_port in owners:
            rule = f"must differ from local_port of every other target, got {local_port}, as targets.{owners[local_port]} has"
            raise target.error("local_port", f"{rule}; set another")
        if not is_ssh_host:
            owners[local_port] = key
        checked[key] = Target(host, port, local_port, target.input("security_group_id"), is_ssh_host)
    return checked
