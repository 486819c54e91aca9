"""Arguments of Bastion, as its schema describes them.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from slipway.words import Access, KeyAlgorithm

from ._targets import BastionTargetArgs


class BastionArgs(TypedDict):
    """Arguments of Bastion."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnet."""
    vpc_cidr_block: pulumi.Input[str]
    """IPv4 range of the VPC. The bastion may connect to all of it over TCP."""
    subnet_id: pulumi.Input[str]
    """Subnet of the instance: a public one for ssh from the internet, otherwise a private one."""
    access: NotRequired[list[Access]]
    """Ways in, any of session_manager, key_pair, instance_connect, instance_connect_endpoint. Default: session_manager,
    and key_pair where key_file or public_key is set."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that may connect by ssh, such as 203.0.113.7/32. Default: none; no port is open, and the instance has
    no public address."""
    allowed_prefix_list_ids: NotRequired[list[str]]
    """Prefix lists that may connect by ssh, such as EC2 Instance Connect's in the region. Default: none."""
    elastic_ip: NotRequired[bool]
    """Give the instance a fixed public IPv4 address. Set false where ssh comes through a VPN or peering; set true for a
    bastion in a public subnet without another way out. Default: true where networks may connect by ssh, or where
    elastic_ip_allocation_id is set."""
    elastic_ip_allocation_id: NotRequired[pulumi.Input[str]]
    """Your own Elastic IP, by its allocation id. Default: a new one, where elastic_ip is true."""
    key_file: NotRequired[str]
    """File of the private key, relative to the program's folder; git must ignore it. A missing file is written once with
    mode 0600 and removed with the stack; an existing key is used. Every machine that deploys needs the file. Set this or
    public_key for key_pair."""
    key_algorithm: NotRequired[KeyAlgorithm]
    """Algorithm of a new key in key_file: ed25519 or rsa (4096 bits). Default: ed25519, or the existing key's."""
    public_key: NotRequired[str]
    """Public key of your own, Ed25519 or RSA, as in id_ed25519.pub. Set this or key_file for key_pair."""
    instance_type: NotRequired[str]
    """Instance type; the image is for its processor. Default: t4g.micro (arm64)."""
    refresh_ami: NotRequired[bool]
    """Replace the instance at the next update when a newer Amazon Linux image exists, and at every later one while it is
    true. Default: false, the instance keeps its first image."""
    user_data: NotRequired[pulumi.Input[str]]
    """Script or cloud-config for the first start, at most 16384 bytes, such as the installation of a database client. No
    secrets: everyone on the bastion can read it. Default: none."""
    user_data_replaces: NotRequired[bool]
    """Replace the instance when user_data changes. Default: false; the instance is stopped, gets the new user_data, starts
    again, and does not run it."""
    targets: NotRequired[Mapping[str, BastionTargetArgs]]
    """Private hosts and ports to get commands for, keyed by a name you choose. Default: none."""
    session_logs: NotRequired[bool]
    """Log input and output of shells opened with session_command. Default: false."""
    session_log_retention_days: NotRequired[int]
    """Days to keep session logs, a number offered by CloudWatch Logs. Default: 30 days."""
    session_log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key for the session logs; its policy must let CloudWatch Logs use it. Default: encryption by CloudWatch Logs."""
    stop_schedule: NotRequired[str]
    """Cron expression of EventBridge Scheduler to stop the instance, such as cron(0 19 ? * MON-FRI *). Default: the
    instance runs all the time."""
    start_schedule: NotRequired[str]
    """Cron expression to start the instance again, such as cron(0 7 ? * MON-FRI *). Default: start_command starts it."""
    time_zone: NotRequired[str]
    """Time zone of both schedules, such as Europe/Berlin; daylight saving time is followed. Default: UTC."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every taggable resource. Default: a Name, and the provider's own."""
