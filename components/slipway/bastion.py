"""EC2 instance to reach private subnets through: by Session Manager, a key pair, EC2 Instance Connect, or a mix of them.

Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/access-a-bastion-host-by-using-session-manager-and-amazon-ec2-instance-connect.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2, vpc

from ._checks import check_keys, child_name, given
from ._instance import INSTANCE_TYPE, Machine, hardened_instance, session_profile, type_name
from ._private_key import ED25519, PrivateKey
from ._rules import ANYWHERE, HTTPS, Gate, closed_group
from ._tags import named
from ._targets import BastionTargetArgs, Target, Way, is_ssh_host, targets
from ._ways_in import INSTANCE_CONNECT, KEY_PAIR, SESSION_MANAGER, let_ssh_in, ways_in

EVERY_PORT = (0, 65535)


class BastionArgs(TypedDict):
    """Arguments of Bastion."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnet."""
    vpc_cidr_block: pulumi.Input[str]
    """IPv4 range of the VPC, all of which the bastion may reach over TCP."""
    subnet_id: pulumi.Input[str]
    """Subnet to stand in: a public one to be reached by ssh, a private one for Session Manager alone."""
    access: NotRequired[list[str]]
    """Ways in: session_manager, key_pair, instance_connect. Default: session_manager, and key_pair where a key is given."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that may connect by ssh; with one the bastion has a fixed public address. Default: none, no port is
    open and there is no public address."""
    allowed_prefix_list_ids: NotRequired[list[str]]
    """Prefix lists that may connect by ssh, such as that of EC2 Instance Connect in the region. Default: none."""
    key_file: NotRequired[str]
    """File for the private key, relative to the program's folder: written once with mode 0600, removed with the stack;
    a key that is there already is used. Every machine that deploys needs it. Set this or public_key for key_pair."""
    key_algorithm: NotRequired[str]
    """Kind of key to write into key_file, ed25519 or rsa (4096 bits). Default: ed25519, or that of the key in the file."""
    public_key: NotRequired[str]
    """Public half of a key of your own, Ed25519 or RSA, as in id_ed25519.pub. Set this or key_file for key_pair."""
    instance_type: NotRequired[str]
    """Instance type; its processor chooses the image. Default: t4g.micro, which is arm64."""
    refresh_ami: NotRequired[bool]
    """Whether the next update replaces the instance where there is a newer image. Left true, each new image does.
    Default: false, the image of the first deployment stays."""
    targets: NotRequired[Mapping[str, BastionTargetArgs]]
    """Private hosts and ports to have commands for, by a name for each. Default: none."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""


class Bastion(pulumi.ComponentResource):
    """An Amazon Linux instance that is closed to strangers and stays the same one when a newer image appears.

    Creates an instance with an encrypted disk and IMDSv2 only, and a security group; for session_manager a role that can
    do nothing but be reached through it; for key_pair a key pair; where networks may connect an Elastic IP; and for a
    target with a security group the rule that opens it.

    Raises ArgumentError on ssh from everywhere, a way in without what it needs or an argument of one that is not asked
    for, a key that EC2 does not take, an instance type that is none, and targets that clash.
    """

    public_ip: pulumi.Output[str | None]
    """Address to connect to; none where no network may connect."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC."""
    ssh_command: pulumi.Output[str | None]
    """Command that connects by ssh, from the program's folder; none without key_pair."""
    ssh_config: pulumi.Output[str | None]
    """Blocks for an ssh configuration file, of the bastion and of targets on port 22; none without key_pair."""
    session_command: pulumi.Output[str | None]
    """Command that opens a shell through Session Manager; none without session_manager."""
    instance_connect_command: pulumi.Output[str | None]
    """Command that opens a shell through EC2 Instance Connect; none without instance_connect."""
    port_forward_commands: pulumi.Output[Mapping[str, str]]
    """Command per target that puts its port on the machine that runs it; a host of ssh_config has none."""
    instance_id: pulumi.Output[str]
    """Id of the instance."""
    key_name: pulumi.Output[str | None]
    """Name of the key pair; none without key_pair."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules that let it in elsewhere."""
    private_key_file: pulumi.Output[str | None]
    """File with the private key; none with a key of your own."""

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Bastion {name!r}"
        check_keys(who, args, BastionArgs)
        child_name(who, name, limit=64)
        access = ways_in(who, args)
        instance_type = type_name(who, given(args.get("instance_type"), INSTANCE_TYPE))
        leads_to = targets(who, name, given(args.get("targets"), {}), access)
        super().__init__("slipway:index:Bastion", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        key = key_pair(name, args, child) if KEY_PAIR in access else None
        gate = security_group(name, args, child)
        open_targets(gate, leads_to)
        profile = session_profile(name, "bastion", tags, child) if SESSION_MANAGER in access else None
        machine = Machine(
            instance_type=instance_type,
            subnet_id=args["subnet_id"],
            security_group_id=gate.group_id,
            profile_name=profile.name if profile else None,
            key_name=key.key_name if key else None,
            refresh_ami=given(args.get("refresh_ami"), False),
        )
        instance = hardened_instance(name, machine, tags, child)
        public_ip: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        if args.get("allowed_cidr_blocks") or args.get("allowed_prefix_list_ids"):
            address = ec2.Eip(name, instance=instance.id, domain="vpc", tags=named(name, tags), opts=child)
            public_ip = address.public_ip.apply(lambda ip: ip)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        key_file = args.get("key_file")
        way = pulumi.Output.all(instance.id, region, public_ip).apply(
            lambda found: Way(access, found[0], found[1], found[2], key_file, name)
        )
        ssh_hosts = {key: it.host for key, it in leads_to.items() if is_ssh_host(it, access)}
        self.public_ip = public_ip
        self.private_ip = instance.private_ip
        self.ssh_command = way.apply(lambda it: it.ssh if KEY_PAIR in access else None)
        self.ssh_config = pulumi.Output.all(way, ssh_hosts).apply(
            lambda it: it[0].config(it[1]) if KEY_PAIR in access else None
        )
        self.session_command = way.apply(lambda it: it.session if SESSION_MANAGER in access else None)
        self.instance_connect_command = way.apply(lambda it: it.connect if INSTANCE_CONNECT in access else None)
        self.port_forward_commands = forward_commands(way, leads_to, access)
        self.instance_id = instance.id
        self.key_name = key.key_name.apply(lambda it: it) if key else pulumi.Output.from_input(None)
        self.security_group_id = gate.group_id
        self.private_key_file = pulumi.Output.from_input(key_file)
        self.register_outputs(
            {
                "publicIp": self.public_ip,
                "privateIp": self.private_ip,
                "sshCommand": self.ssh_command,
                "sshConfig": self.ssh_config,
                "sessionCommand": self.session_command,
                "instanceConnectCommand": self.instance_connect_command,
                "portForwardCommands": self.port_forward_commands,
                "instanceId": self.instance_id,
                "keyName": self.key_name,
                "securityGroupId": self.security_group_id,
                "privateKeyFile": self.private_key_file,
            }
        )


def key_pair(name: str, args: BastionArgs, child: pulumi.ResourceOptions) -> ec2.KeyPair:
    """The caller's public key, or that of the key in key_file."""
    key_file = args.get("key_file")
    public_key: pulumi.Input[str] | None = args.get("public_key")
    if key_file is not None:
        public_key = PrivateKey(name, key_file, child, given(args.get("key_algorithm"), ED25519)).public_key
    return ec2.KeyPair(name, public_key=public_key, tags=named(name, args.get("tags")), opts=child)


def security_group(name: str, args: BastionArgs, child: pulumi.ResourceOptions) -> Gate:
    """ssh in from the networks named; out to the VPC, and HTTPS for Session Manager and packages."""
    gate = closed_group(name, args["vpc_id"], f"Bastion {name}", args.get("tags"), child)
    let_ssh_in(gate, given(args.get("allowed_cidr_blocks"), []), given(args.get("allowed_prefix_list_ids"), []))
    gate.let_out("vpc", EVERY_PORT, "Everything in the VPC", args["vpc_cidr_block"])
    gate.let_out("https", (HTTPS, HTTPS), "Session Manager and packages", ANYWHERE)
    return gate


def open_targets(gate: Gate, leads_to: Mapping[str, Target]) -> None:
    """Let the bastion into the security groups of its targets."""
    for key, target in leads_to.items():
        if target.security_group_id is None:
            continue
        rule = f"{gate.name}-to-{key}"
        vpc.SecurityGroupIngressRule(
            rule,
            security_group_id=target.security_group_id,
            description=f"From bastion {gate.name} to {key}",
            ip_protocol="tcp",
            from_port=target.port,
            to_port=target.port,
            referenced_security_group_id=gate.group_id,
            tags=named(rule, gate.tags),
            opts=gate.child,
        )


def forward_commands(
    way: pulumi.Output[Way], leads_to: Mapping[str, Target], access: Sequence[str]
) -> pulumi.Output[Mapping[str, str]]:
    """Target to the command that puts its port on the machine that runs it."""
    ports = {key: it for key, it in leads_to.items() if not is_ssh_host(it, access)}
    hosts = pulumi.Output.all(**{key: it.host for key, it in ports.items()})
    return pulumi.Output.all(way, hosts).apply(
        lambda it: {key: it[0].forward(it[1][key], port.port, port.local_port) for key, port in ports.items()}
    )
