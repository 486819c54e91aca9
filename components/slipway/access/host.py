"""EC2 instance behind a bastion, or a public one with open ports, hardened like the bastion.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

import pulumi

from slipway.common import ANYWHERE, HTTPS, Arguments, Context, Gate, child_name, closed_group
from slipway.ec2 import SSH, Placement, elastic_ip, hardened_instance, session_profile

from ._commands import ssh_block
from ._host_plan import SSH_FROM_BASTION, HostArgs, HostPlan, host_plan


class Host(pulumi.ComponentResource):
    """An Amazon Linux instance open to Session Manager, a bastion and the sources of `inbound`, and to nobody else.

    Creates an instance with an encrypted disk and IMDSv2 only, a security group that allows HTTPS out, a role for Session
    Manager alone, and with elastic_ip an Elastic IP.

    Example::

        from slipway import Bastion, Host, Network

        network = Network("main", {})
        place = {"vpc_id": network.vpc_id, "subnet_id": network.first_private_subnet_id}
        bastion = Bastion("door", {**place, "vpc_cidr_block": network.cidr_block})
        host = Host(
            "jobs",
            {
                **place,
                "bastion_security_group_id": bastion.security_group_id,
                "inbound": {"web": {"port": 8080, "cidr_block": "10.20.0.0/16"}},
            },
        )

    Raises ArgumentError on a malformed instance type, a disk or port out of range, too much user data, an inbound entry
    with both or neither source, ssh or remote desktop open to everyone, and a bastion_name without the bastion's other
    outputs.
    """

    instance_id: pulumi.Output[str]
    """Id of the instance, for aws ssm start-session."""
    private_ip: pulumi.Output[str]
    """Address inside the VPC; the bastion connects to it."""
    public_ip: pulumi.Output[str | None]
    """Elastic IP; none without elastic_ip."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules of your own."""
    ssh_config: pulumi.Output[str | None]
    """Block for an ssh configuration file, to put beside the bastion's; none without bastion_name."""

    def __init__(self, name: str, args: HostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Host", name, args, HostArgs)
        child_name(arguments.who, name, limit=64)
        plan = host_plan(arguments, name)
        super().__init__("slipway:index:Host", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        group = host_group(context, plan)
        placement = Placement(
            subnet_id=plan.subnet_id,
            security_group=group,
            profile_name=session_profile(context, "host").name,
            key_name=plan.key_name,
        )
        instance = hardened_instance(context, plan.instance, placement)
        self.instance_id = instance.id
        self.private_ip = instance.private_ip
        self.public_ip = pulumi.Output.from_input(None)
        if plan.instance.has_elastic_ip:
            self.public_ip = elastic_ip(context, instance, None).public_ip.apply(lambda address: address)
        self.security_group_id = group.group_id
        self.ssh_config = jump_block(name, plan, instance.private_ip)
        self.register_outputs(
            {
                "instanceId": self.instance_id,
                "privateIp": self.private_ip,
                "publicIp": self.public_ip,
                "securityGroupId": self.security_group_id,
                "sshConfig": self.ssh_config,
            }
        )


def host_group(context: Context, plan: HostPlan) -> Gate:
    """A group open to the plan's sources and to the bastion, with HTTPS out."""
    gate = closed_group(context.name, plan.vpc_id, "Host", context.tags, context.child)
    gate.let_out("https", (HTTPS, HTTPS), "Session Manager and packages", ANYWHERE)
    for source in plan.inbound:
        purpose = f"{source.key} on {source.port}"
        if source.cidr_block is not None:
            gate.let_in(source.key, source.port, purpose, source.cidr_block)
        if source.security_group_id is not None:
            gate.let_in_from(source.key, source.port, purpose, source.security_group_id)
    if plan.bastion_security_group_id is not None:
        gate.let_in_from(SSH_FROM_BASTION, SSH, "ssh from the bastion", plan.bastion_security_group_id)
    return gate


def jump_block(name: str, plan: HostPlan, address: pulumi.Output[str]) -> pulumi.Output[str | None]:
    """The host's block of an ssh configuration, with a jump through the bastion; none without bastion_name."""
    if plan.bastion_name is None:
        return pulumi.Output.from_input(None)
    jump = f"ProxyJump {plan.bastion_name}"
    return pulumi.Output.all(address, plan.key_file).apply(lambda values: ssh_block(name, values[0], values[1], [jump]))
