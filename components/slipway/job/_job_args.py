"""Arguments of Job. Those of its containers have the names and meanings of FargateService's.

They stand here in full, because the plugin's schema has no descriptions of inherited arguments.
Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.links import LinkArgs
from slipway.service import PeerArgs
from slipway.task import MountPointArgs, PermissionArgs, SidecarArgs, VolumeArgs
from slipway.words import Architecture, DependencyCondition


class RetryOnErrorArgs(TypedDict):
    """Further runs after one that ended with an error."""

    max_attempts: NotRequired[int]
    """Further runs at most, 1-10. Default: 1."""
    interval_seconds: NotRequired[int]
    """Seconds from the end of a run to the next one, 1-86400. Default: 60."""
    exit_codes: NotRequired[list[int]]
    """Exit codes that are tried again, each 1-255. Default: every one but 0."""


class JobArgs(TypedDict):
    """Arguments of Job."""

    cluster_arn: pulumi.Input[str]
    """ECS cluster of the tasks."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets of the tasks. Tasks get no public address: the subnets need a route to the registry and to
    CloudWatch Logs."""
    image: pulumi.Input[str]
    """Image of the main container, best by digest, such as the output image_uri of ContainerImage."""
    schedule: str
    """When the job runs: cron(minutes hours day-of-month month day-of-week year) of which day 1 is Sunday, rate(value unit),
    or at(yyyy-mm-ddThh:mm:ss) for once. A rate without `start_date` runs at once."""
    time_zone: NotRequired[str]
    """Time zone of cron and at, such as Europe/Berlin. A time that the clocks skip does not run, and one that comes twice
    runs once. Default: UTC."""
    start_date: NotRequired[str | None]
    """Time in UTC before which nothing runs, such as 2026-12-01T00:00:00Z, and the first run of a rate; not with at. AWS
    may refuse a passed one in later updates: then leave it out. Default: at once."""
    end_date: NotRequired[str]
    """Time in UTC after which nothing runs, later than `start_date`; not with at. Default: no end."""
    flexible_window_minutes: NotRequired[int]
    """Minutes after each time within which AWS may start the job, 1-1440. Default: within the minute."""
    paused: NotRequired[bool]
    """Keep the schedule, and start nothing. Default: false."""
    maximum_retry_attempts: NotRequired[int]
    """Times that a start is tried again where the job could not start, such as for want of capacity, 0-185. For a job
    that ended with an error there is `retry_on_error`. Default: 185."""
    maximum_event_age_seconds: NotRequired[int]
    """Seconds after its time within which a start is tried again, 60-86400. Default: 3600."""
    timeout_seconds: NotRequired[int]
    """Seconds after which a run is stopped, its start included, 1-604800; it counts as an error, and is not tried again.
    Default: a run may take as long as it likes."""
    retry_on_error: NotRequired[RetryOnErrorArgs]
    """Run again after a run that ended with an error; the alarm waits for the last one. Default: not before the next
    time."""
    skip_overlap: NotRequired[bool]
    """Skip a run while another one of the job goes on, also one started by hand. Default: false, runs may overlap."""
    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """Existing standard queue for the calls that could not start the job, encrypted by a key of SQS. Default: a new
    queue."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Standard topic for three alarms: the job did not start, it ended with an error, it did not succeed in time. The policy
    of its KMS key has to let alarms use it. Default: no alarms."""
    overdue_hours: NotRequired[int]
    """Hours without a success that raise the third alarm, 1-168; not with at. Default: one more than the longest pause of the
    schedule; no third alarm where that is more than 168 hours."""
    container_name: NotRequired[str]
    """Name of the main container, at most 255 letters, digits, hyphens and underscores. Set it to the old name when you
    rename the component, and the tasks run on. Default: the component's name."""
    cpu: NotRequired[int]
    """CPU units of a task, 1024 to a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: 256."""
    memory_mib: NotRequired[int]
    """Memory of a task in MiB, a size offered by Fargate for `cpu`. Default: 512."""
    architecture: NotRequired[Architecture]
    """Processor of the tasks and of the image, x86_64 or arm64. Default: x86_64."""
    command: NotRequired[list[str]]
    """Command of the main container in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User of the main container by number or name, with or without a group; root is refused. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables of the main container, readable by everyone with the right to describe tasks: no secrets here.
    Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables with secret values: variable to the ARN of a Secrets Manager secret or an SSM parameter. The
    execution role may read exactly these. Default: none."""
    secrets_kms_key_arns: NotRequired[list[pulumi.Input[str]]]
    """Customer managed KMS keys of `secrets` and `environment_files`, also those of sidecars. The execution role may
    decrypt with them, through the services that hold the secrets. Default: keys of AWS, which need no right."""
    links: NotRequired[Mapping[str, LinkArgs]]
    """What the code uses, by the variable that holds its address: topics, queues, secrets and services. Each link sets the
    variable, and gives exactly the rights and the way in the network that it needs. Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """Permissions of the code in AWS beside those of `links`. Default: none."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30, as in ECS; a program that ends on SIGTERM needs none of
    them."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Writable directories in memory, empty at the start: path to size in MiB. The rest of the root file system is
    read-only. Default: none."""
    sidecars: NotRequired[Mapping[str, SidecarArgs]]
    """Further containers of each task, by name. Default: none."""
    depends_on: NotRequired[Mapping[str, DependencyCondition]]
    """Sidecar name to the condition that it must reach before the main container starts: START or HEALTHY; for a
    sidecar with `essential` false also COMPLETE or SUCCESS. Default: all containers start at once."""
    volumes: NotRequired[Mapping[str, VolumeArgs]]
    """Directories that containers share, by name; on EFS they outlive the task. Default: none."""
    mount_points: NotRequired[list[MountPointArgs]]
    """Mount points of the main container. Default: none."""
    ephemeral_storage_gib: NotRequired[int]
    """Size of a task's disk in GiB, 21-200, for images and for volumes without EFS. Default: 20."""
    environment_files: NotRequired[list[pulumi.Input[str]]]
    """ARNs of S3 objects with variables, named .env; `environment` overrides them. The execution role may read
    exactly these. Default: none."""
    start_timeout_seconds: NotRequired[int]
    """Seconds within which the main container must reach the condition of a waiting sidecar, 2-120. Default: 180."""
    enable_execute_command: NotRequired[bool]
    """Allow a shell in a task through `aws ecs execute-command`: adds the permissions for Session Manager and two
    volumes for its agent. Default: false."""
    exec_log_group_arn: NotRequired[pulumi.Input[str]]
    """Log group for the commands of these shells, such as the output exec_log_group_arn of Cluster; tasks may write
    to it. Default: commands are not logged."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """IAM policy, the permissions boundary of every role. Default: none."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """Existing role for ECS, with the rights to pull the images, read the secrets and write the log. Default: a new
    role with exactly these rights."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """Existing role for the code, in place of `permissions`. Default: a new role."""
    log_group_arn: NotRequired[pulumi.Input[str]]
    """Existing log group for the tasks. Default: a new log group."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own for the log; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Peers that the tasks may call, such as a database, by a name of your choice. Opens the peer's port from the
    tasks, in both groups. Default: HTTPS to everywhere, and nothing else."""
    additional_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Further security groups of the tasks, at most 4. Default: none."""
    log_retention_days: NotRequired[int]
    """Retention of the log in days, one of the values of CloudWatch Logs, such as 7, 30 or 365. Default: 30."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""
