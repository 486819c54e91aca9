"""Arguments of QueueWorker, described where they are typed; OWN_KEYS are those that its service does not have.

The rest are FargateService's, under the same names: the plugin's schema has no descriptions of inherited arguments.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.service import DeploymentArgs, PeerArgs
from slipway.task import ContainerHealthCheckArgs, MountPointArgs, PermissionArgs, SidecarArgs, VolumeArgs


class QueueWorkerQueueArgs(TypedDict):
    """One queue of a QueueWorker."""

    queue_arn: pulumi.Input[str]
    """Queue to consume; the task may do this and no more with it."""
    queue_url: pulumi.Input[str]
    """URL of that queue; the container finds it in QUEUE_URL, or with several queues in QUEUE_URL_<KEY>."""
    dead_letter_queue_url: NotRequired[pulumi.Input[str]]
    """URL of its dead-letter queue; the container finds it in DEAD_LETTER_QUEUE_URL, or with several queues in
    DEAD_LETTER_QUEUE_URL_<KEY>. Default: not set."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the queue, which the task may then decrypt with. Default: a key of SQS."""
    visibility_timeout_seconds: NotRequired[int]
    """Visibility timeout of the queue, 0-43200, checked against longest_message_seconds or stop_timeout_seconds. Leave it
    out where the consumer extends it, as slipway_consumer does. Default: not checked."""
    max_receives: NotRequired[int]
    """Deliveries after which the queue sets a message aside, 1-1000, checked against spot_percent. Default: not checked."""


class QueueWorkerTopicArgs(TypedDict):
    """One topic that a QueueWorker publishes to."""

    topic_arn: pulumi.Input[str]
    """Topic that the task may publish to; the container finds it in TOPIC_ARN, or with several topics in
    TOPIC_ARN_<KEY>."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the topic, which the task may then use. Default: the account's own key for SNS."""


class QueueWorkerArgs(TypedDict):
    """Arguments of QueueWorker."""

    cluster_arn: pulumi.Input[str]
    """ECS cluster of the worker, with Container Insights: scaling divides by its count of running tasks."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets of the tasks. Tasks get no public address: the subnets need a route to the registry, to
    CloudWatch Logs and to SQS."""
    image: pulumi.Input[str]
    """Image of the main container, best by digest, such as the output image_uri of ContainerImage."""
    queues: Mapping[str, QueueWorkerQueueArgs]
    """Queue key to the queue, one to four; the tasks are as many as all of them together need."""
    topics: NotRequired[Mapping[str, QueueWorkerTopicArgs]]
    """Topic key to the topic that the code may publish to. Default: none."""
    min_tasks: NotRequired[int]
    """Tasks that always run, 0-5000. With 0, an alarm starts the first one within about two minutes of a message, and
    the last one stops after 15 minutes without any. Default: 1."""
    max_tasks: NotRequired[int]
    """Most tasks at once, at least min_tasks. Default: 4, or min_tasks where that is more."""
    backlog_per_task: NotRequired[int]
    """Messages waiting or in flight that one task can face, 1-1000000. Default: what acceptable_latency_seconds makes
    it, or 100."""
    acceptable_latency_seconds: NotRequired[float]
    """Seconds that a message may wait, up to 1209600; divided by seconds_per_message it is the backlog per task.
    Default: backlog_per_task is given."""
    seconds_per_message: NotRequired[float]
    """Seconds between two messages that a busy task finishes: those of the handler, divided by the handlers that run at
    once. Default: backlog_per_task is given."""
    longest_message_seconds: NotRequired[int]
    """Seconds that the slowest message takes, 1-43200, checked against the stop timeout and the queues' visibility
    timeouts. Default: not checked."""
    spot_percent: NotRequired[int]
    """Share of the tasks on Spot in percent, 0-100, taken back by AWS at two minutes' notice: messages in flight then
    finish in time, or cost a delivery. The first task is on demand, except with 100. Setting or removing it replaces
    the service. Default: 0."""
    cpu_percent: NotRequired[int]
    """CPU that a task may use on average, in percent of what it has, 1-100; scales out beside the backlog.
    Default: not looked at."""
    cpu: NotRequired[int]
    """CPU units of a task, 1024 to a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: 256."""
    memory_mib: NotRequired[int]
    """Memory of a task in MiB, a size offered by Fargate for `cpu`. Default: 512."""
    architecture: NotRequired[str]
    """Processor of the tasks and of the image, x86_64 or arm64. Default: x86_64."""
    command: NotRequired[list[str]]
    """Command of the main container in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User of the main container by number or name, with or without a group; root is refused. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables of the main container beside QUEUE_URL, TOPIC_ARN and STOP_TIMEOUT_SECONDS, readable by everyone with
    the right to describe tasks. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables with secret values: variable to the ARN of a Secrets Manager secret or an SSM parameter. The
    execution role may read exactly these. Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """Permissions of the code in AWS beside consuming and publishing. Default: none."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120; more than one message takes. Default: 30."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Health check command of the main container. Default: the container is healthy while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Writable directories in memory, empty at the start: path to size in MiB. The rest of the root file system is
    read-only. Default: none."""
    sidecars: NotRequired[Mapping[str, SidecarArgs]]
    """Further containers of each task, by name. Default: none."""
    depends_on: NotRequired[Mapping[str, str]]
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
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own for the log; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""
    deployment: NotRequired[DeploymentArgs]
    """Alarms that roll deployments back, such as one on the dead-letter queue; a worker's strategy is always rolling.
    Default: the circuit breaker alone."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Peers that the tasks may call, such as a database, by a name of your choice. Opens the peer's port from the
    tasks, in both groups. Default: HTTPS to everywhere, and nothing else."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds until a deployment counts as failed, 60-86400. Default: 900."""
    without_verdict: NotRequired[bool]
    """Let the AWS provider wait for deployments, in place of Slipway's verdict with reasons. For programs in other
    languages than Python, and for providers with credentials of their own: the verdict cannot run there. Default:
    false."""
    log_retention_days: NotRequired[int]
    """Retention of the log in days, one of the values of CloudWatch Logs, such as 7, 30 or 365. Default: 30."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""


OWN_KEYS = {
    "acceptable_latency_seconds",
    "backlog_per_task",
    "cpu_percent",
    "longest_message_seconds",
    "max_tasks",
    "min_tasks",
    "queues",
    "seconds_per_message",
    "topics",
}
