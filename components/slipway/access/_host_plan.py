"""Arguments of Host, and their checks.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import ADMIN_PORTS, CHILD_NAME, Arguments, check_not_everyone, cidr_block
from slipway.ec2 import ROOT_VOLUME_GIB, InstanceSpec, instance_spec

HIGHEST_PORT = 65535
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-blockdev-template.html
LARGEST_VOLUME_GIB = 16384
SSH_FROM_BASTION = "ssh-from-bastion"
# Argument to the output of a Bastion.
BASTION_OUTPUTS = {"bastion_security_group_id": "security_group_id", "key_name": "key_name"}


class HostInboundArgs(TypedDict):
    """A source that may connect to one TCP port of a host."""

    port: int
    """TCP port, 1-65535."""
    cidr_block: NotRequired[str]
    """IPv4 network that may connect. Set this or security_group_id."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group whose members may connect. Set this or cidr_block."""


class HostArgs(TypedDict):
    """Arguments of Host."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnet."""
    subnet_id: pulumi.Input[str]
    """Subnet of the instance: a private one, or a public one with elastic_ip."""
    bastion_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the bastion; its members may connect by ssh. Default: no ssh; Session Manager works."""
    bastion_name: NotRequired[str]
    """Name of the Bastion that ssh_config uses as jump host. Default: there is no ssh_config."""
    key_name: NotRequired[pulumi.Input[str]]
    """Key pair for ssh, such as the bastion's key_name. Default: none."""
    key_file: NotRequired[pulumi.Input[str]]
    """File of the private key for ssh_config, such as the bastion's key_file. Default: ssh finds the key."""
    inbound: NotRequired[Mapping[str, HostInboundArgs]]
    """Further sources that may connect, each to one port, keyed by a name you choose. Default: none."""
    elastic_ip: NotRequired[bool]
    """Give the host a fixed public IPv4 address. Default: false."""
    instance_type: NotRequired[str]
    """Instance type; the image is for its processor. Default: t4g.micro (arm64)."""
    root_volume_gib: NotRequired[int]
    """Size of the disk in GiB, 8-16384. Default: 8 GiB."""
    user_data: NotRequired[pulumi.Input[str]]
    """Script or cloud-config for the first start, at most 16384 bytes. No secrets: everyone on the host can read it.
    Default: none."""
    user_data_replaces: NotRequired[bool]
    """Replace the instance when user_data changes. Default: false; the instance is stopped, gets the new user_data, starts
    again, and does not run it."""
    refresh_ami: NotRequired[bool]
    """Replace the instance at the next update when a newer Amazon Linux image exists, and at every later one while it is
    true. Default: false, the instance keeps its first image."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every taggable resource. Default: a Name, and the provider's own."""


@dataclass(frozen=True)
class Inbound:
    """A checked source of connections: `cidr_block` or `security_group_id` is set."""

    key: str
    port: int
    cidr_block: str | None
    security_group_id: pulumi.Input[str] | None


@dataclass(frozen=True)
class HostPlan:
    """A host's arguments, with every default filled in."""

    vpc_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    instance: InstanceSpec
    inbound: Sequence[Inbound]
    bastion_security_group_id: pulumi.Input[str] | None
    bastion_name: str | None
    key_name: pulumi.Input[str] | None
    key_file: pulumi.Input[str] | None


def host_plan(arguments: Arguments, name: str) -> HostPlan:
    """Check the arguments. Raises ArgumentError."""
    volume_gib = arguments.whole_number("root_volume_gib", ROOT_VOLUME_GIB, LARGEST_VOLUME_GIB, ROOT_VOLUME_GIB)
    spec = instance_spec(arguments, has_elastic_ip=arguments.flag("elastic_ip"), volume_gib=volume_gib)
    check_jump(arguments, name)
    return HostPlan(
        vpc_id=arguments.required_input("vpc_id"),
        subnet_id=arguments.required_input("subnet_id"),
        instance=spec,
        inbound=inbound_sources(arguments),
        bastion_security_group_id=arguments.input("bastion_security_group_id"),
        bastion_name=arguments.optional_text("bastion_name"),
        key_name=arguments.input("key_name"),
        key_file=arguments.input("key_file"),
    )


def check_jump(arguments: Arguments, name: str) -> None:
    """Refuse a jump host without its name, security group or key pair."""
    arguments.goes_with("key_file", "bastion_name")
    if not arguments.has("bastion_name"):
        return
    bastion = arguments.text("bastion_name")
    if not CHILD_NAME.fullmatch(bastion) or bastion == name:
        raise arguments.error("bastion_name", f"must be the name of a Bastion, got {bastion!r}")
    for key, output in BASTION_OUTPUTS.items():
        if not arguments.has(key):
            raise arguments.error("bastion_name", f"needs {key}, got none; give the bastion's {output}")


def inbound_sources(arguments: Arguments) -> list[Inbound]:
    """Checked sources; no port for administration is open to everyone, in one network or in several."""
    sources = []
    arguments.child_keys("inbound", SSH_FROM_BASTION)
    for key, entry in arguments.each("inbound"):
        port = entry.whole_number("port", 1, HIGHEST_PORT, 0)
        entry.exactly_one("cidr_block", "security_group_id")
        block = entry.optional_text("cidr_block")
        if block is not None:
            cidr_block(entry.who, entry.label("cidr_block"), block)
        sources.append(Inbound(key, port, block, entry.input("security_group_id")))
    for port in ADMIN_PORTS:
        blocks = [source.cidr_block for source in sources if source.port == port and source.cidr_block is not None]
        check_not_everyone(arguments.who, f"inbound on port {port}", blocks)
    return sources
