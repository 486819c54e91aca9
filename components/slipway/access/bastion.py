"""EC2 instance to reach private subnets through: by Session Manager, a key pair, EC2 Instance Connect, or a mix of them.

Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/access-a-bastion-host-by-using-session-manager-and-amazon-ec2-instance-connect.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2, vpc

from slipway.common import ANYWHERE, HTTPS, Gate, check_keys, child_name, closed_group, given, named
from slipway.dynamic import ED25519, PrivateKey
from slipway.ec2 import (
    INSTANCE_TYPE,
    Machine,
    check_user_data,
    elastic_ip,
    hardened_instance,
    session_profile,
    type_name,
)

from ._bastion_args import BastionArgs
from ._instance_hours import hours, keep_hours
from ._session_logs import SessionLogs, log_spec, session_logs
from ._targets import Target, Way, is_ssh_host, targets
from ._ways_in import (
    CONNECT_ENDPOINT,
    INSTANCE_CONNECT,
    KEY_PAIR,
    SESSION_MANAGER,
    SOURCES,
    check_address,
    connect_endpoint,
    let_ssh_in,
    ways_in,
)

EVERY_PORT = (0, 65535)


class Bastion(pulumi.ComponentResource):
    """An Amazon Linux instance that is closed to strangers and stays the same one when a newer image appears.

    Creates an instance with an encrypted disk and IMDSv2 only, and a security group; for session_manager a role that can
    do nothing but be reached through it; for key_pair a key pair; for instance_connect_endpoint the endpoint; where
    networks may connect an Elastic IP; for a target with a security group the rule that opens it; and as asked a log
    group with a session document, and schedules with a role.

    Raises ArgumentError on ssh from everywhere, a way in without what it needs or an argument of one that is not asked
    for, a key that EC2 does not take or that git would add, an instance type that is none, too much user data, targets
    that clash, and schedules that Scheduler does not take.
    """

    public_ip: pulumi.Output[str | None]
    """Elastic IP; none without."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC."""
    ssh_command: pulumi.Output[str | None]
    """Command that connects by ssh, from the program's folder; none without key_pair."""
    ssh_config: pulumi.Output[str | None]
    """Blocks for an ssh configuration file, of the bastion and of targets on port 22; none without key_pair."""
    session_command: pulumi.Output[str | None]
    """Command that opens a shell through Session Manager, logged with session_logs; none without session_manager."""
    instance_connect_command: pulumi.Output[str | None]
    """Command that opens a shell through EC2 Instance Connect, by its endpoint where there is one; none without."""
    port_forward_commands: pulumi.Output[Mapping[str, str]]
    """Command per target that puts its port on the machine that runs it; a host of ssh_config has none."""
    start_command: pulumi.Output[str | None]
    """Command that starts the instance where its schedule stopped it; none without stop_schedule."""
    instance_id: pulumi.Output[str]
    """Id of the instance."""
    key_name: pulumi.Output[str | None]
    """Name of the key pair; none without key_pair."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules that let it in elsewhere."""
    private_key_file: pulumi.Output[str | None]
    """File with the private key; none with a key of your own."""
    session_log_group_name: pulumi.Output[str | None]
    """Log group of the session logs; none without session_logs."""

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Bastion {name!r}"
        check_keys(who, args, BastionArgs)
        child_name(who, name, limit=64, suffix="-schedule" if args.get("stop_schedule") else "")
        access = ways_in(who, args)
        has_address = check_address(who, args)
        instance_type = type_name(who, given(args.get("instance_type"), INSTANCE_TYPE))
        check_user_data(who, args)
        leads_to = targets(who, name, given(args.get("targets"), {}), access)
        logs = log_spec(who, args, access)
        when = hours(who, args)
        super().__init__("slipway:index:Bastion", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        key = key_pair(name, args, child) if KEY_PAIR in access else None
        gate = security_group(name, args, child)
        if CONNECT_ENDPOINT in access:
            connect_endpoint(name, args["subnet_id"], args["vpc_id"], gate)
        open_targets(gate, leads_to)
        logged = session_logs(name, logs, tags, child) if logs else None
        may = logged.may_write if logged else []
        profile = session_profile(name, "bastion", tags, child, may) if SESSION_MANAGER in access else None
        machine = Machine(
            instance_type=instance_type,
            subnet_id=args["subnet_id"],
            security_group_id=gate.group_id,
            profile_name=profile.name if profile else None,
            key_name=key.key_name if key else None,
            refresh_ami=given(args.get("refresh_ami"), False),
            user_data=args.get("user_data"),
            user_data_replaces=given(args.get("user_data_replaces"), False),
            has_elastic_ip=has_address,
        )
        instance = hardened_instance(name, machine, tags, child)
        if when:
            keep_hours(name, instance, when, tags, child)
        public_ip: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        if has_address:
            address = elastic_ip(name, instance, args.get("elastic_ip_allocation_id"), tags, child)
            public_ip = address.public_ip.apply(lambda ip: ip)
        way = way_to(name, args, access, instance, public_ip if has_address else instance.private_ip, logged, child)
        ssh_hosts = {key: it.host for key, it in leads_to.items() if is_ssh_host(it, access)}
        self.public_ip = public_ip
        self.private_ip = instance.private_ip
        self.ssh_command = way.apply(lambda it: it.ssh if KEY_PAIR in access else None)
        self.ssh_config = pulumi.Output.all(way, ssh_hosts).apply(
            lambda it: it[0].config(it[1]) if KEY_PAIR in access else None
        )
        self.session_command = way.apply(lambda it: it.session if SESSION_MANAGER in access else None)
        connects = {INSTANCE_CONNECT, CONNECT_ENDPOINT}.intersection(access)
        self.instance_connect_command = way.apply(lambda it: it.connect if connects else None)
        self.port_forward_commands = forward_commands(way, leads_to, access)
        self.start_command = way.apply(lambda it: it.start if when else None)
        self.instance_id = instance.id
        self.key_name = key.key_name.apply(lambda it: it) if key else pulumi.Output.from_input(None)
        self.security_group_id = gate.group_id
        self.private_key_file = pulumi.Output.from_input(args.get("key_file"))
        self.session_log_group_name = pulumi.Output.from_input(logged.group.name if logged else None)
        self.register_outputs(
            {
                "publicIp": self.public_ip,
                "privateIp": self.private_ip,
                "sshCommand": self.ssh_command,
                "sshConfig": self.ssh_config,
                "sessionCommand": self.session_command,
                "instanceConnectCommand": self.instance_connect_command,
                "portForwardCommands": self.port_forward_commands,
                "startCommand": self.start_command,
                "instanceId": self.instance_id,
                "keyName": self.key_name,
                "securityGroupId": self.security_group_id,
                "privateKeyFile": self.private_key_file,
                "sessionLogGroupName": self.session_log_group_name,
            }
        )


def way_to(
    name: str,
    args: BastionArgs,
    access: Sequence[str],
    instance: ec2.Instance,
    address: pulumi.Output[Any],
    logged: SessionLogs | None,
    child: pulumi.ResourceOptions,
) -> pulumi.Output[Way]:
    """How the bastion is reached: ssh goes to the address where networks may connect, else through a tunnel."""
    region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).region
    ssh_address = address if any(args.get(key) for key in SOURCES) else None
    document = logged.document.name if logged else None
    return pulumi.Output.all(instance.id, region, ssh_address, document).apply(
        lambda found: Way(access, found[0], found[1], found[2], args.get("key_file"), name, found[3])
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
