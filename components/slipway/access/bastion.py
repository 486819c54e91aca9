"""EC2 instance that gives access to private subnets by Session Manager, key pair or EC2 Instance Connect, in any mix.

Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/access-a-bastion-host-by-using-session-manager-and-amazon-ec2-instance-connect.html
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2

from slipway.common import Arguments, Context, child_name
from slipway.ec2 import Placement, elastic_ip, hardened_instance, session_profile

from ._bastion_args import BastionArgs
from ._bastion_plan import BastionPlan, bastion_plan
from ._commands import Commands
from ._instance_hours import keep_hours
from ._key_pair import KEY_PAIR, key_pair
from ._security_groups import bastion_group, connect_endpoint, let_ssh_in, open_targets
from ._session_logs import SessionLogs, session_logs
from ._targets import Target
from ._ways_in import CONNECT_ENDPOINT, INSTANCE_CONNECT, SESSION_MANAGER


class Bastion(pulumi.ComponentResource):
    """An Amazon Linux instance for access to private subnets. Newer images do not replace it.

    Creates an instance with an encrypted disk and IMDSv2 only, and its security group. Optional parts are a role for
    session_manager, a key pair, an Instance Connect Endpoint, an Elastic IP, a rule in the security group of each target,
    a log group with a session document, and schedules with their role.

    Example::

        import pulumi
        from slipway import Bastion, Network

        network = Network("main", {})
        bastion = Bastion(
            "door",
            {
                "vpc_id": network.vpc_id,
                "vpc_cidr_block": network.cidr_block,
                "subnet_id": network.first_private_subnet_id,
                "targets": {"database": {"host": "db.internal", "port": 5432}},
            },
        )
        pulumi.export("shell", bastion.session_command)
        pulumi.export("database", bastion.port_forward_commands["database"])

    Raises ArgumentError on ssh from everywhere, a way in without its arguments, an argument without its way in, a key that
    EC2 refuses or git would add, a malformed instance type, too much user data, targets with the same local port, and
    schedules that EventBridge Scheduler refuses.
    """

    public_ip: pulumi.Output[str | None]
    """Elastic IP; none without one."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC."""
    ssh_command: pulumi.Output[str | None]
    """Command for ssh, to run in the program's folder; none without key_pair."""
    ssh_config: pulumi.Output[str | None]
    """Blocks for an ssh configuration file: the bastion and its targets on port 22. None without key_pair."""
    session_command: pulumi.Output[str | None]
    """Command for a shell through Session Manager, logged with session_logs; none without session_manager."""
    instance_connect_command: pulumi.Output[str | None]
    """Command for a shell through EC2 Instance Connect; none without instance_connect and its endpoint."""
    port_forward_commands: pulumi.Output[Mapping[str, str]]
    """Commands to forward a local port, by target; hosts of ssh_config have none."""
    start_command: pulumi.Output[str | None]
    """Command to start the stopped instance; none without stop_schedule."""
    instance_id: pulumi.Output[str]
    """Id of the instance."""
    key_name: pulumi.Output[str | None]
    """Name of the key pair; none without key_pair."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules in other groups."""
    key_file: pulumi.Output[str | None]
    """File of the private key, as given; none without key_file."""
    session_log_group_name: pulumi.Output[str | None]
    """Log group of the session logs; none without session_logs."""

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Bastion", name, args, BastionArgs)
        child_name(arguments.who, name, limit=64, suffix="-schedule" if args.get("stop_schedule") else "")
        plan = bastion_plan(arguments, name)
        super().__init__("slipway:index:Bastion", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        access, key = plan.ways_in.access, plan.ways_in.key
        pair = key_pair(context, key) if key else None
        group = bastion_group(context, plan.vpc_id, plan.vpc_cidr_block)
        let_ssh_in(group, plan.ways_in.cidr_blocks, plan.ways_in.prefix_list_ids)
        if CONNECT_ENDPOINT in access:
            connect_endpoint(context, plan.subnet_id, plan.vpc_id, group)
        open_targets(context, group, plan.targets)
        logs = session_logs(context, plan.session_logs) if plan.session_logs else None
        profile = None
        if SESSION_MANAGER in access:
            profile = session_profile(context, "bastion", logs.write_permissions if logs else [])
        placement = Placement(
            subnet_id=plan.subnet_id,
            security_group=group,
            profile_name=profile.name if profile else None,
            key_name=pair.key_name if pair else None,
        )
        instance = hardened_instance(context, plan.instance, placement)
        if plan.hours:
            keep_hours(context, instance, plan.hours)
        self.public_ip = pulumi.Output.from_input(None)
        if plan.instance.has_elastic_ip:
            self.public_ip = elastic_ip(context, instance, plan.allocation_id).public_ip.apply(lambda address: address)
        commands = bastion_commands(context, plan, instance, self.public_ip, logs)
        hosts = {key: target.host for key, target in plan.targets.items() if target.is_ssh_host}
        self.private_ip = instance.private_ip
        self.ssh_command = commands.apply(lambda ways: ways.ssh if KEY_PAIR in access else None)
        self.ssh_config = pulumi.Output.all(commands, hosts).apply(
            lambda values: values[0].ssh_config(values[1]) if KEY_PAIR in access else None
        )
        self.session_command = commands.apply(lambda ways: ways.session if SESSION_MANAGER in access else None)
        has_instance_connect = bool({INSTANCE_CONNECT, CONNECT_ENDPOINT}.intersection(access))
        self.instance_connect_command = commands.apply(
            lambda ways: ways.instance_connect if has_instance_connect else None
        )
        self.port_forward_commands = forward_commands(commands, plan.targets)
        self.start_command = commands.apply(lambda ways: ways.start if plan.hours else None)
        self.instance_id = instance.id
        self.key_name = pair.key_name.apply(lambda key_name: key_name) if pair else pulumi.Output.from_input(None)
        self.security_group_id = group.group_id
        self.key_file = pulumi.Output.from_input(key.key_file if key else None)
        self.session_log_group_name = pulumi.Output.from_input(logs.group.name if logs else None)
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
                "keyFile": self.key_file,
                "sessionLogGroupName": self.session_log_group_name,
            }
        )


def bastion_commands(
    context: Context,
    plan: BastionPlan,
    instance: ec2.Instance,
    public_ip: pulumi.Output[str | None],
    logs: SessionLogs | None,
) -> pulumi.Output[Commands]:
    """Commands of the bastion; ssh connects to its address where networks may connect, otherwise through a tunnel."""
    address = public_ip if plan.instance.has_elastic_ip else instance.private_ip
    ssh_address = address if plan.ways_in.opens_ssh else None
    document = logs.document.name if logs else None
    key_file = plan.ways_in.key.key_file if plan.ways_in.key else None
    return pulumi.Output.all(instance.id, context.region, ssh_address, document).apply(
        lambda values: Commands(
            name=context.name,
            access=plan.ways_in.access,
            instance_id=values[0],
            region=values[1],
            ssh_address=values[2],
            key_file=key_file,
            session_document=values[3],
        )
    )


def forward_commands(
    commands: pulumi.Output[Commands], targets: Mapping[str, Target]
) -> pulumi.Output[Mapping[str, str]]:
    """Target to the command for its local port."""
    forwarded = {key: target for key, target in targets.items() if not target.is_ssh_host}
    hosts = pulumi.Output.all(**{key: target.host for key, target in forwarded.items()})
    return pulumi.Output.all(commands, hosts).apply(
        lambda values: {
            key: values[0].forward(values[1][key], target.port, target.local_port) for key, target in forwarded.items()
        }
    )
