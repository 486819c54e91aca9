"""EC2 instance behind a bastion, or a public one with the ports it serves, hardened like the bastion.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import (
    ADMIN_PORTS,
    ANYWHERE,
    CHILD_NAME,
    HTTPS,
    ArgumentError,
    check_keys,
    check_not_everyone,
    child_name,
    cidr_block,
    closed_group,
    given,
    one_argument,
    whole_number,
)
from slipway.ec2 import (
    INSTANCE_TYPE,
    ROOT_VOLUME_GIB,
    SSH,
    Machine,
    check_user_data,
    elastic_ip,
    hardened_instance,
    session_profile,
    type_name,
)

from ._targets import ssh_block

HIGHEST_PORT = 65535
LARGEST_VOLUME_GIB = (
    16384  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-blockdev-template.html
)
FROM_BASTION = "ssh-from-bastion"
FROM = {"bastion_security_group_id": "security_group_id", "key_name": "key_name"}  # argument to the bastion's output


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
    bastion_name: NotRequired[str]
    """Name of the bastion, which ssh_config jumps through. Default: there is no ssh_config."""
    key_name: NotRequired[pulumi.Input[str]]
    """Key pair that ssh takes, such as the bastion's. Default: none."""
    key_file: NotRequired[pulumi.Input[str]]
    """File of its private key for ssh_config, such as the bastion's private_key_file. Default: ssh finds the key."""
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
    entry with both or neither source, ssh or remote desktop open to everyone, and a bastion_name without what it needs.
    """

    instance_id: pulumi.Output[str]
    """Id of the instance, for aws ssm start-session."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC, which the bastion connects to."""
    public_ip: pulumi.Output[str | None]
    """Address on the internet; none without public_address."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules of your own."""
    ssh_config: pulumi.Output[str | None]
    """Block for an ssh configuration file, beside the bastion's; none without bastion_name."""

    def __init__(self, name: str, args: HostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Host {name!r}"
        check_keys(who, args, HostArgs)
        child_name(who, name, limit=64)
        instance_type = type_name(who, given(args.get("instance_type"), INSTANCE_TYPE))
        size = given(args.get("root_volume_gib"), ROOT_VOLUME_GIB)
        volume_gib = whole_number(who, "root_volume_gib", size, ROOT_VOLUME_GIB, LARGEST_VOLUME_GIB)
        check_user_data(who, args)
        check_jump(who, name, args)
        inbound = {
            key: whole_number(who, f"inbound.{key}.port", it["port"], 1, HIGHEST_PORT)
            for key, it in given(args.get("inbound"), {}).items()
        }
        check_inbound(who, given(args.get("inbound"), {}), inbound)
        has_address = given(args.get("public_address"), False)
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
            has_elastic_ip=has_address,
        )
        instance = hardened_instance(name, machine, tags, child)
        self.instance_id = instance.id
        self.private_ip = instance.private_ip
        self.public_ip = pulumi.Output.from_input(None)
        if has_address:
            self.public_ip = elastic_ip(name, instance, None, tags, child).public_ip.apply(lambda ip: ip)
        self.security_group_id = gate.group_id
        self.ssh_config = jump_block(name, args, instance.private_ip)
        self.register_outputs(
            {
                "instanceId": self.instance_id,
                "privateIp": self.private_ip,
                "publicIp": self.public_ip,
                "securityGroupId": self.security_group_id,
                "sshConfig": self.ssh_config,
            }
        )


def check_jump(who: str, name: str, args: HostArgs) -> None:
    """A bastion to jump through, where an argument says how, and one that may connect."""
    bastion = args.get("bastion_name")
    if args.get("key_file") is not None and bastion is None:
        raise ArgumentError(f"{who}: key_file goes with bastion_name, got no bastion_name; set it too")
    if bastion is None:
        return
    if not CHILD_NAME.fullmatch(bastion) or bastion == name:
        raise ArgumentError(f"{who}: bastion_name must be the name of a Bastion, got {bastion!r}")
    for argument in ("bastion_security_group_id", "key_name"):
        if args.get(argument) is None:
            raise ArgumentError(f"{who}: bastion_name needs {argument}, got none; give the bastion's {FROM[argument]}")


def jump_block(name: str, args: HostArgs, address: pulumi.Output[str]) -> pulumi.Output[str | None]:
    """The host's block of an ssh configuration, which jumps through the bastion's."""
    bastion = args.get("bastion_name")
    if bastion is None:
        return pulumi.Output.from_input(None)
    return pulumi.Output.all(address, args.get("key_file")).apply(
        lambda found: ssh_block(name, found[0], found[1], [f"ProxyJump {bastion}"])
    )


def check_inbound(who: str, entries: Mapping[str, HostInboundArgs], ports: Mapping[str, int]) -> None:
    """Each entry with one source, and none that alone or with others opens a way to administer the host to everyone."""
    to_admin: dict[int, list[str]] = {port: [] for port in ADMIN_PORTS}
    for key, entry in entries.items():
        if not CHILD_NAME.fullmatch(key) or key == FROM_BASTION:
            rule = f"must be letters, digits and hyphens, start with a letter, and not be {FROM_BASTION}"
            raise ArgumentError(f"{who}: the keys of inbound {rule}, got {key!r}")
        block = entry.get("cidr_block")
        sources = {"cidr_block": block, "security_group_id": entry.get("security_group_id")}
        one_argument(who, {f"inbound.{key}.{source}": value for source, value in sources.items()})
        if block is not None:
            cidr_block(who, f"inbound.{key}.cidr_block", block)
            to_admin.get(ports[key], []).append(block)
    for port, blocks in to_admin.items():
        check_not_everyone(who, f"inbound on port {port}", blocks)
