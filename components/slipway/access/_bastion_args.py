"""Arguments of Bastion, described where they are typed.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from ._targets import BastionTargetArgs


class BastionArgs(TypedDict):
    """Arguments of Bastion."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnet."""
    vpc_cidr_block: pulumi.Input[str]
    """IPv4 range of the VPC, all of which the bastion may reach over TCP."""
    subnet_id: pulumi.Input[str]
    """Subnet to stand in: a public one to be reached by ssh from the internet, else a private one."""
    access: NotRequired[list[str]]
    """Ways in: session_manager, key_pair, instance_connect, instance_connect_endpoint. Default: session_manager, and
    key_pair where a key is given."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that may connect by ssh. Default: none, no port is open and there is no public address."""
    allowed_prefix_list_ids: NotRequired[list[str]]
    """Prefix lists that may connect by ssh, such as that of EC2 Instance Connect in the region. Default: none."""
    elastic_ip: NotRequired[bool]
    """Whether it has a fixed public address: false where ssh comes by VPN or peering; true where it stands in a public
    subnet only to get out. Default: true where networks may connect or elastic_ip_allocation_id is given."""
    elastic_ip_allocation_id: NotRequired[pulumi.Input[str]]
    """Elastic IP of your own to have. Default: a new one, where there is one."""
    key_file: NotRequired[str]
    """File for the private key, relative to the program's folder, out of git's reach: written once with mode 0600, removed
    with the stack; a key that is there already is used. Every machine that deploys needs it. Set this or public_key for
    key_pair."""
    key_algorithm: NotRequired[str]
    """Kind of key to write into key_file, ed25519 or rsa (4096 bits). Default: ed25519, or that of the key in the file."""
    public_key: NotRequired[str]
    """Public half of a key of your own, Ed25519 or RSA, as in id_ed25519.pub. Set this or key_file for key_pair."""
    instance_type: NotRequired[str]
    """Instance type; its processor chooses the image. Default: t4g.micro, which is arm64."""
    refresh_ami: NotRequired[bool]
    """Whether the next update replaces the instance where there is a newer image. Left true, each new image does.
    Default: false, the image of the first deployment stays."""
    user_data: NotRequired[pulumi.Input[str]]
    """Script or cloud-config for the first start, such as one that installs a database client, at most 16384 bytes; no
    secrets, everyone on the bastion reads it. Default: none."""
    user_data_replaces: NotRequired[bool]
    """Whether other user data is another instance. Default: false, the instance is stopped, given it and started, and
    does not run it by itself."""
    targets: NotRequired[Mapping[str, BastionTargetArgs]]
    """Private hosts and ports to have commands for, by a name for each. Default: none."""
    session_logs: NotRequired[bool]
    """Whether what is typed and shown in shells of session_command is written to a log group. Default: false."""
    session_log_retention_days: NotRequired[int]
    """Days that session logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    session_log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key for the session logs, whose policy lets CloudWatch Logs use it. Default: encrypted by CloudWatch Logs."""
    stop_schedule: NotRequired[str]
    """When to stop the instance, as EventBridge Scheduler has it: cron(0 19 ? * MON-FRI *). Default: it runs on."""
    start_schedule: NotRequired[str]
    """When to start it again, such as cron(0 7 ? * MON-FRI *). Default: whoever needs it starts it, by start_command."""
    schedule_timezone: NotRequired[str]
    """Time zone of both schedules, such as Europe/Berlin; summer time is followed. Default: UTC."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource that takes them. Default: a Name, and the provider's own."""
