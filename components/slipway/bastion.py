"""EC2 instance to reach private subnets through: by ssh from named networks, or by Session Manager.

Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/access-a-bastion-host-by-using-session-manager-and-amazon-ec2-instance-connect.html
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2, iam

from ._checks import ArgumentError, check_keys, child_name, cidr_block, each, given, one_argument
from ._iam import document, trust
from ._private_key import PrivateKey, UnreadableKeyError, public_half
from ._rules import ANYWHERE, HTTPS, block_name, closed_group
from ._tags import Tags, named

INSTANCE_TYPE = "t4g.micro"
USER = "ec2-user"
SSH = 22
EVERY_PORT = (0, 65535)
ROOT_VOLUME_GIB = 8
SESSION_MANAGER_POLICY = "AmazonSSMManagedInstanceCore"
# https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli
IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
TYPE_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
# Graviton families have a g after their generation, but for the first, a1.
ARM_TYPE = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")
PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+( .*)?")


class BastionArgs(TypedDict):
    """Arguments of Bastion."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnet."""
    vpc_cidr_block: pulumi.Input[str]
    """IPv4 range of the VPC, all of which the bastion may reach over TCP."""
    subnet_id: pulumi.Input[str]
    """Public subnet to stand in."""
    allowed_cidr_blocks: list[str]
    """IPv4 networks that may connect by ssh. Empty: none, Session Manager only."""
    key_file: NotRequired[str]
    """File for the private key, relative to the program's folder: written once with mode 0600, removed with the stack;
    a key that is there already is used. Every machine that deploys needs it. Set this or public_key."""
    public_key: NotRequired[str]
    """Public half of a key of your own, Ed25519 or RSA, as in id_ed25519.pub. Set this or key_file."""
    instance_type: NotRequired[str]
    """Instance type; its processor chooses the image. Default: t4g.micro, which is arm64."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""


class Bastion(pulumi.ComponentResource):
    """An Amazon Linux instance with a fixed address that stays the same instance when a newer image appears.

    Creates an instance with an encrypted disk and IMDSv2 only, a key pair, an Elastic IP, a security group, and a role
    that can do nothing but be reached through Session Manager.

    Raises ArgumentError on ssh from everywhere, both or neither kind of key, a key that is none, or an instance type
    that is none.
    """

    public_ip: pulumi.Output[str]
    """Address to connect to."""
    ssh_command: pulumi.Output[str]
    """Command that connects, from the program's folder."""
    ssh_config: pulumi.Output[str]
    """Host block for an ssh configuration file."""
    instance_id: pulumi.Output[str]
    """Id of the instance, for aws ssm start-session."""
    key_name: pulumi.Output[str]
    """Name of the key pair."""
    security_group_id: pulumi.Output[str]
    """Security group of the instance, for rules that let it in elsewhere."""
    private_key_file: pulumi.Output[str | None]
    """File with the private key; none with a key of your own."""

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Bastion {name!r}"
        check_keys(who, args, BastionArgs)
        child_name(who, name, limit=64)
        check_sources(who, args["allowed_cidr_blocks"])
        instance_type = given(args.get("instance_type"), INSTANCE_TYPE)
        if not TYPE_NAME.fullmatch(instance_type):
            raise ArgumentError(f"{who}: instance_type must be one like {INSTANCE_TYPE}, got {instance_type!r}")
        check_key(who, args)
        super().__init__("slipway:index:Bastion", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        key_file, public_key = args.get("key_file"), args.get("public_key")
        own = PrivateKey(name, key_file, child).public_key if key_file is not None else public_key
        key = ec2.KeyPair(name, public_key=own, tags=named(name, tags), opts=child)
        group = security_group(name, args, child)
        profile = instance_profile(name, tags, child)
        instance = ec2.Instance(
            name,
            ami=image_id(instance_type, child),
            instance_type=instance_type,
            subnet_id=args["subnet_id"],
            vpc_security_group_ids=[group.id],
            key_name=key.key_name,
            iam_instance_profile=profile.name,
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            root_block_device={"encrypted": True, "volume_type": "gp3", "volume_size": ROOT_VOLUME_GIB},
            tags=named(name, tags),
            volume_tags=named(name, tags),
            # The image is resolved once: a new release of Amazon Linux is no reason to lose the instance.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["ami"]),
        )
        address = ec2.Eip(name, instance=instance.id, domain="vpc", tags=named(name, tags), opts=child)
        identity = f"-i {key_file} " if key_file else ""
        self.public_ip = address.public_ip
        self.ssh_command = pulumi.Output.concat("ssh ", identity, f"{USER}@", self.public_ip)
        self.ssh_config = self.public_ip.apply(lambda host: ssh_config(name, host, key_file))
        self.instance_id = instance.id
        self.key_name = key.key_name
        self.security_group_id = group.id
        self.private_key_file = pulumi.Output.from_input(key_file)
        self.register_outputs(
            {
                "publicIp": self.public_ip,
                "sshCommand": self.ssh_command,
                "sshConfig": self.ssh_config,
                "instanceId": self.instance_id,
                "keyName": self.key_name,
                "securityGroupId": self.security_group_id,
                "privateKeyFile": self.private_key_file,
            }
        )


def check_sources(who: str, blocks: list[str]) -> None:
    """Refuse ssh from everywhere, in one network or in several that make it up."""
    each(who, "allowed_cidr_blocks", blocks, cidr_block)
    if any(block.prefixlen == 0 for block in ipaddress.collapse_addresses(map(ipaddress.IPv4Network, blocks))):
        ways = "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager"
        raise ArgumentError(f"{who}: allowed_cidr_blocks must not be open to everyone, got {', '.join(blocks)}; {ways}")


def check_key(who: str, args: BastionArgs) -> None:
    """Exactly one kind of key, and one that EC2 takes."""
    key_file, public_key = args.get("key_file"), args.get("public_key")
    one_argument(who, {"key_file": key_file, "public_key": public_key})
    if public_key is not None and not PUBLIC_KEY.fullmatch(public_key.strip()):
        fix = "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa"
        raise ArgumentError(f"{who}: public_key must be an OpenSSH public key, got something else; {fix}")
    if key_file is not None and Path(key_file).exists():
        try:
            public_half(Path(key_file))
        except (UnreadableKeyError, OSError) as error:
            rule = "key_file must be an OpenSSH private key without passphrase, or not exist yet"
            raise ArgumentError(f"{who}: {rule}, got {key_file!r}; move that file away or name another") from error


def security_group(name: str, args: BastionArgs, child: pulumi.ResourceOptions) -> ec2.SecurityGroup:
    """ssh in from the networks named; out to the VPC, and HTTPS for Session Manager and packages."""
    gate = closed_group(name, args["vpc_id"], f"Bastion {name}", args.get("tags"), child)
    for block in args["allowed_cidr_blocks"]:
        gate.let_in(f"ssh-{block_name(block)}", SSH, f"ssh from {block}", block)
    gate.let_out("vpc", EVERY_PORT, "Everything in the VPC", args["vpc_cidr_block"])
    gate.let_out("https", (HTTPS, HTTPS), "Session Manager and packages", ANYWHERE)
    return gate.group


def instance_profile(name: str, tags: Tags | None, child: pulumi.ResourceOptions) -> iam.InstanceProfile:
    """A role for Session Manager; EC2 sends no source account, so its trust names none."""
    role = iam.Role(
        name,
        description=f"Session Manager on bastion {name}",
        assume_role_policy=json.dumps(document([trust("ec2.amazonaws.com")])),
        tags=named(name, tags),
        opts=child,
    )
    partition = role.arn.apply(lambda arn: arn.split(":")[1])
    policy = pulumi.Output.concat("arn:", partition, ":iam::aws:policy/", SESSION_MANAGER_POLICY)
    iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy, opts=child)
    return iam.InstanceProfile(name, role=role.name, tags=named(name, tags), opts=child)


def image_id(instance_type: str, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Latest Amazon Linux for the processor of the instance type."""
    architecture = "arm64" if ARM_TYPE.fullmatch(instance_type) else "x86_64"
    found = aws.ssm.get_parameter_output(
        name=IMAGE_PARAMETER + architecture, opts=pulumi.InvokeOutputOptions(parent=child.parent)
    )
    # The provider takes every parameter for a secret; the id of a public image is none.
    return pulumi.Output.unsecret(found.value)


def ssh_config(name: str, host: str, key_file: str | None) -> str:
    """Host block that connects as `ssh <name>`."""
    lines = [f"Host {name}", f"  HostName {host}", f"  User {USER}"]
    if key_file:
        lines += [f"  IdentityFile {key_file}", "  IdentitiesOnly yes"]
    return "\n".join(lines) + "\n"
