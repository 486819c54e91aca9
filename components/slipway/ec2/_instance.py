"""EC2 instances of Amazon Linux: hardened, reached through Session Manager, not replaced by a newer image.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-best-practices.html
"""

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from slipway.common import Arguments, Context, Gate, answered

INSTANCE_TYPE = "t4g.micro"
USER = "ec2-user"
SSH = 22
ROOT_VOLUME_GIB = 8
# https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli
IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
LARGEST_USER_DATA_BYTES = 16384  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
TYPE_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
# Graviton families have a g after their generation, except the first, a1.
ARM_TYPE = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")


@dataclass(frozen=True)
class InstanceSpec:
    """Checked choices for one instance."""

    instance_type: str
    volume_gib: int = ROOT_VOLUME_GIB
    refresh_ami: bool = False
    """Replace the instance when a newer image appears."""
    user_data: pulumi.Input[str] | None = None
    user_data_replaces: bool = False
    """Replace the instance when its user data changes."""
    is_router: bool = False
    """The instance forwards packets of others. Its user data sets up forwarding, and is kept with the image."""
    has_elastic_ip: bool = False


@dataclass(frozen=True)
class Placement:
    """Subnet, security group with its rules, instance profile and key pair of an instance."""

    subnet_id: pulumi.Input[str]
    security_group: Gate
    profile_name: pulumi.Input[str] | None = None
    key_name: pulumi.Input[str] | None = None


def instance_spec(arguments: Arguments, *, has_elastic_ip: bool, volume_gib: int = ROOT_VOLUME_GIB) -> InstanceSpec:
    """Checked arguments of an instance: instance_type, refresh_ami, user_data and user_data_replaces."""
    user_data = arguments.input("user_data")
    if isinstance(user_data, str) and len(user_data.encode()) > LARGEST_USER_DATA_BYTES:
        rule = f"must be at most {LARGEST_USER_DATA_BYTES} bytes, got {len(user_data.encode())}"
        raise arguments.error("user_data", f"{rule}; fetch the rest from S3 at the first start")
    if arguments.flag("user_data_replaces") and user_data is None:
        raise arguments.error("user_data_replaces", "is for user_data, got no user_data; remove it")
    return InstanceSpec(
        instance_type=instance_type(arguments, "instance_type", INSTANCE_TYPE),
        volume_gib=volume_gib,
        refresh_ami=arguments.flag("refresh_ami"),
        user_data=user_data,
        user_data_replaces=arguments.flag("user_data_replaces"),
        has_elastic_ip=has_elastic_ip,
    )


def instance_type(arguments: Arguments, key: str, default: str) -> str:
    """An instance type, checked by its form; AWS checks whether the region has it."""
    name = arguments.text(key, default)
    check_instance_type(arguments, key, name)
    return name


def check_instance_type(arguments: Arguments, key: str, name: str) -> None:
    """Refuse a text without the form of an instance type. Raises ArgumentError."""
    if not TYPE_NAME.fullmatch(name):
        raise arguments.error(key, f"must be one like {INSTANCE_TYPE}, got {name!r}")


def is_arm(instance_type_name: str) -> bool:
    """Whether the instances have Graviton processors, which are arm64."""
    return ARM_TYPE.fullmatch(instance_type_name) is not None


def hardened_instance(context: Context, spec: InstanceSpec, placement: Placement) -> ec2.Instance:
    """An instance with an encrypted disk, IMDSv2 with one hop, and no public address besides an Elastic IP."""
    ignored = []
    if not spec.refresh_ami:
        ignored = ["ami", "userData"] if spec.is_router else ["ami"]
    if spec.has_elastic_ip:
        # AWS reports an Elastic IP as a public address of the instance's own.
        ignored.append("associatePublicIpAddress")
    return ec2.Instance(
        context.name,
        ami=image_id(context, spec.instance_type),
        instance_type=spec.instance_type,
        subnet_id=placement.subnet_id,
        associate_public_ip_address=False,
        source_dest_check=False if spec.is_router else None,
        vpc_security_group_ids=[placement.security_group.group_id],
        key_name=placement.key_name,
        iam_instance_profile=placement.profile_name,
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        root_block_device={"encrypted": True, "volume_type": "gp3", "volume_size": spec.volume_gib},
        user_data=spec.user_data,
        tags=context.tagged(context.name),
        volume_tags=context.tagged(context.name),
        opts=pulumi.ResourceOptions(
            parent=context.child.parent,
            # User data runs once, at the first start, and needs the way to the packages then.
            depends_on=placement.security_group.rules,
            ignore_changes=ignored,
            replace_on_changes=["userData"] if spec.user_data_replaces or spec.is_router else None,
        ),
    )


def image_id(context: Context, instance_type_name: str) -> pulumi.Output[str]:
    """Id of the latest Amazon Linux image for the instance type's processor."""
    architecture = "arm64" if is_arm(instance_type_name) else "x86_64"
    parameter = aws.ssm.get_parameter_output(name=IMAGE_PARAMETER + architecture, opts=context.lookup)
    # The provider marks every parameter as secret; the id of a public image is not.
    return answered(pulumi.Output.unsecret(parameter.value))
