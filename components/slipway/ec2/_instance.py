"""EC2 instances of Amazon Linux: hardened, reached through Session Manager, and never moved by a newer image.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2, iam

from slipway.common import ArgumentError, Statement, Tags, allow, document, named, trust

INSTANCE_TYPE = "t4g.micro"
USER = "ec2-user"
SSH = 22
ROOT_VOLUME_GIB = 8
# https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli
IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
LARGEST_USER_DATA_BYTES = 16384  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
TYPE_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
# Graviton families have a g after their generation, but for the first, a1.
ARM_TYPE = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")
# What AWS names as the least for Session Manager; its managed policy reads every plain parameter of the account too.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
SESSION_ACTIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


@dataclass(frozen=True)
class Machine:
    """What tells one instance from another."""

    instance_type: str
    subnet_id: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    profile_name: pulumi.Input[str] | None
    key_name: pulumi.Input[str] | None
    volume_gib: int = ROOT_VOLUME_GIB
    refresh_ami: bool = False
    user_data: pulumi.Input[str] | None = None
    user_data_replaces: bool = False
    forwards: bool = False
    """Whether it passes on what is addressed to others, set up by its user data, which then stays as the image does."""
    has_elastic_ip: bool = False


def type_name(who: str, value: str, argument: str = "instance_type") -> str:
    """An instance type by its form; which of them a region has, AWS says."""
    if not TYPE_NAME.fullmatch(value):
        raise ArgumentError(f"{who}: {argument} must be one like {INSTANCE_TYPE}, got {value!r}")
    return value


def check_user_data(who: str, args: Mapping[str, Any]) -> None:
    """User data of a size that EC2 takes, as far as it is known; a switch about it only where there is some."""
    user_data = args.get("user_data")
    if isinstance(user_data, str) and len(user_data.encode()) > LARGEST_USER_DATA_BYTES:
        size, fix = len(user_data.encode()), "fetch the rest from S3 at the first start"
        raise ArgumentError(f"{who}: user_data must be at most {LARGEST_USER_DATA_BYTES} bytes, got {size}; {fix}")
    if args.get("user_data_replaces") and user_data is None:
        raise ArgumentError(f"{who}: user_data_replaces is for user_data, got no user_data; remove it")


def hardened_instance(name: str, machine: Machine, tags: Tags | None, child: pulumi.ResourceOptions) -> ec2.Instance:
    """An instance with an encrypted disk, IMDSv2 one hop away only, and no public address of its own."""
    settled = []
    if not machine.refresh_ami:  # a new release of Amazon Linux is no reason to lose the instance
        settled = ["ami", *(["userData"] if machine.forwards else [])]
    if machine.has_elastic_ip:  # which makes AWS answer that the instance has a public address of its own
        settled.append("associatePublicIpAddress")
    return ec2.Instance(
        name,
        ami=image_id(machine.instance_type, child),
        instance_type=machine.instance_type,
        subnet_id=machine.subnet_id,
        associate_public_ip_address=False,
        source_dest_check=False if machine.forwards else None,
        vpc_security_group_ids=[machine.security_group_id],
        key_name=machine.key_name,
        iam_instance_profile=machine.profile_name,
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        root_block_device={"encrypted": True, "volume_type": "gp3", "volume_size": machine.volume_gib},
        user_data=machine.user_data,
        tags=named(name, tags),
        volume_tags=named(name, tags),
        opts=pulumi.ResourceOptions(
            parent=child.parent,
            ignore_changes=settled,
            replace_on_changes=["userData"] if machine.user_data_replaces or machine.forwards else None,
        ),
    )


def session_profile(
    name: str, what: str, tags: Tags | None, child: pulumi.ResourceOptions, more: Sequence[Statement] = ()
) -> iam.InstanceProfile:
    """A role that can be reached through Session Manager and do no more than is given; EC2 sends no source account to its
    trust."""
    role = iam.Role(
        name,
        description=f"Session Manager on {what} {name}",
        assume_role_policy=json.dumps(document([trust("ec2.amazonaws.com")])),
        tags=named(name, tags),
        opts=child,
    )
    # Session Manager's actions take no resource.
    policy = pulumi.Output.json_dumps(document([allow(SESSION_ACTIONS, "*"), *more]))
    iam.RolePolicy(name, role=role.name, policy=policy, opts=child)
    return iam.InstanceProfile(name, role=role.name, tags=named(name, tags), opts=child)


def image_id(instance_type: str, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Latest Amazon Linux for the processor of the instance type."""
    architecture = "arm64" if ARM_TYPE.fullmatch(instance_type) else "x86_64"
    found = aws.ssm.get_parameter_output(
        name=IMAGE_PARAMETER + architecture, opts=pulumi.InvokeOutputOptions(parent=child.parent)
    )
    # The provider takes every parameter for a secret; the id of a public image is none.
    return pulumi.Output.unsecret(found.value)
