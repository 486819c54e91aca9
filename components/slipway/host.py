"""EC2 instance behind a bastion, or a public one with the ports it serves, hardened like the bastion.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

import ipaddress
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2

from ._checks import CHILD_NAME, ArgumentError, check_keys, child_name, cidr_block, given, one_argument, whole_number
from ._instance import (
    INSTANCE_TYPE,
    ROOT_VOLUME_GIB,
    SSH,
    Machine,
    hardened_instance,
    session_profile,
    type_name,
)
from ._rules import ANYWHERE, HTTPS, closed_group
from ._tags import named

HIGHEST_PORT = 65535
LARGEST_VOLUME_GIB = (
    16384  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-blockdev-template.html
)
LARGEST_USER_DATA_BYTES = 16384  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
ADMIN_PORTS = (SSH, 3389)
FROM_BASTION = "ssh-from-bastion"


class HostInboundArgs(TypedDict):
    """One source that may connect to one TCP port of a host."""

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
    """Subnet to stand in: a private one, or a public one with public_address."""
    bastion_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the bastion, which may connect by ssh. Default: no ssh; Session Manager works."""
    key_name: NotRequired[pulumi.Input[str]]
    """Key pair that ssh takes, such as the bastion's. Default: none."""
    inbound: NotRequired[Mapping[str, HostInboundArgs]]
    """Who else may connect to which port, by a name for each. Default: nobody."""
    public_address: NotRequired[bool]
    """Whether the host has a fixed public IPv4 address. Default: false."""
    instance_type: NotRequired[str]
    """Instance type; its processor chooses the image. Default: t4g.micro, which is arm64."""
    root_volume_gib: NotRequired[int]
    """Size of the disk in GiB, 8-16384. Default: 8 GiB."""
    user_data: NotRequired[pulumi.Input[str]]
    """Script or cloud-config for the first start, at most 16384 bytes; no secrets, everyone on the host reads it.
    Default: none."""
    user_data_replaces: NotRequired[bool]
    """Whether other user data is another instance. Default: false, the instance is stopped, given it and
    started, and does not run it by itself."""
    refresh_ami: NotRequired[bool]
    """Whether the next update replaces the instance where there is a newer image. Left true, each new image does.
    Default: false, the image of the first deployment stays."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""


class Host(pulumi.ComponentResource):
    """An Amazon Linux instance that nobody reaches but Session Manager, a bastion and whoever inbound names.

    Creates an instance with an encrypted disk and IMDSv2 only, a security group that lets HTTPS out, a role that can do
    nothing but be reached through Session Manager, and with public_address an Elastic IP.

    Raises ArgumentError on an instance type that is none, a disk or port out of range, too much user data, an inbound
    entry with both or neither source, or one that opens ssh or remote desktop to everyone.
    """

    instance_id: pulumi.Output[str]
    """Id of the instance, for aws ssm start-session."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC, which the bastion connects to."""
    public_ip: pulumi.Output[str | None]
    """Address on the internet; none without public_address."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules of your own."""

    def __init__(self, name: str, args: HostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Host {name!r}"
        check_keys(who, args, HostArgs)
        child_name(who, name, limit=64)
        instance_type = type_name(who, given(args.get("instance_type"), INSTANCE_TYPE))
        size = given(args.get("root_volume_gib"), ROOT_VOLUME_GIB)
        volume_gib = whole_number(who, "root_volume_gib", size, ROOT_VOLUME_GIB, LARGEST_VOLUME_GIB)
        check_user_data(who, args)
        inbound = {
            key: whole_number(who, f"inbound.{key}.port", it["port"], 1, HIGHEST_PORT)
            for key, it in given(args.get("inbound"), {}).items()
        }
        check_inbound(who, given(args.get("inbound"), {}), inbound)
        super().__init__("slipway:index:Host", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        gate = closed_group(name, args["vpc_id"], f"Host {name}", tags, child)
        gate.let_out("https", (HTTPS, HTTPS), "Session Manager and packages", ANYWHERE)
        for key, entry in given(args.get("inbound"), {}).items():
            port, purpose, block = inbound[key], f"{key} on {inbound[key]}", entry.get("cidr_block")
            if block is None:
                gate.let_in_from(key, port, purpose, entry["security_group_id"])
            else:
                gate.let_in(key, port, purpose, block)
        if (bastion := args.get("bastion_security_group_id")) is not None:
            gate.let_in_from(FROM_BASTION, SSH, "ssh from the bastion", bastion)
        machine = Machine(
            instance_type=instance_type,
            subnet_id=args["subnet_id"],
            security_group_id=gate.group_id,
            profile_name=session_profile(name, "host", tags, child).name,
            key_name=args.get("key_name"),
            volume_gib=volume_gib,
            refresh_ami=given(args.get("refresh_ami"), False),
            user_data=args.get("user_data"),
            user_data_replaces=given(args.get("user_data_replaces"), False),
        )
        instance = hardened_instance(name, machine, tags, child)
        self.instance_id = instance.id
        self.private_ip = instance.private_ip
        self.public_ip = pulumi.Output.from_input(None)
        if given(args.get("public_address"), False):
            address = ec2.Eip(name, instance=instance.id, domain="vpc", tags=named(name, tags), opts=child)
            self.public_ip = address.public_ip.apply(lambda ip: ip)
        self.security_group_id = gate.group_id
        self.register_outputs(
            {
                "instanceId": self.instance_id,
                "privateIp": self.private_ip,
                "publicIp": self.public_ip,
                "securityGroupId": self.security_group_id,
            }
        )


def check_user_data(who: str, args: HostArgs) -> None:
    """User data of a size that EC2 takes, as far as it is known; a switch about it only where there is some."""
    user_data = args.get("user_data")
    if isinstance(user_data, str) and len(user_data.encode()) > LARGEST_USER_DATA_BYTES:
        size, fix = len(user_data.encode()), "fetch the rest from S3 at the first start"
        raise ArgumentError(f"{who}: user_data must be at most {LARGEST_USER_DATA_BYTES} bytes, got {size}; {fix}")
    if args.get("user_data_replaces") and user_data is None:
        raise ArgumentError(f"{who}: user_data_replaces is for user_data, got no user_data; remove it")


def check_inbound(who: str, entries: Mapping[str, HostInboundArgs], ports: Mapping[str, int]) -> None:
    """Each entry with one source, and none that opens a way to administer the host to everyone."""
    for key, entry in entries.items():
        if not CHILD_NAME.fullmatch(key) or key == FROM_BASTION:
            rule = f"must be letters, digits and hyphens, start with a letter, and not be {FROM_BASTION}"
            raise ArgumentError(f"{who}: the keys of inbound {rule}, got {key!r}")
        block = entry.get("cidr_block")
        sources = {"cidr_block": block, "security_group_id": entry.get("security_group_id")}
        one_argument(who, {f"inbound.{key}.{source}": value for source, value in sources.items()})
        if block is None:
            continue
        network = cidr_block(who, f"inbound.{key}.cidr_block", block)
        if network == ipaddress.IPv4Network(ANYWHERE) and ports[key] in ADMIN_PORTS:
            fix = "name your own network as 203.0.113.7/32, or use Session Manager"
            raise ArgumentError(f"{who}: inbound.{key} must not open port {ports[key]} to everyone, got {block}; {fix}")
