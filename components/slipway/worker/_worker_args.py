"""Arguments of QueueWorker. Its service takes all of them under the same names, except OWN_KEYS.

They stand here in full, because the plugin's schema has no descriptions of inherited arguments.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.links import LinkArgs
from slipway.run_before import RunBeforeArgs
from slipway.service import DeploymentArgs, PeerArgs
from slipway.task import ContainerHealthCheckArgs, MountPointArgs, PermissionArgs, SidecarArgs, VolumeArgs
from slipway.words import Architecture, DependencyCondition


class QueueWorkerQueueArgs(TypedDict):
    """One queue of a QueueWorker."""

    queue_arn: pulumi.Input[str]
    """Queue to consume. The task may consume it, and do nothing else with it."""
    queue_url: pulumi.Input[str]
    """URL of the queue, in the variable QUEUE_URL of the container; with several queues in QUEUE_URL_<KEY>."""
    dead_letter_queue_url: NotRequired[pulumi.Input[str]]
    """URL of its dead-letter queue, in the variable DEAD_LETTER_QUEUE_URL of the container; with several queues in
    DEAD_LETTER_QUEUE_URL_<KEY>. Default: no variable."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own on the queue; the task may decrypt with it. Default: a key of SQS."""
    visibility_timeout_seconds: NotRequired[int]
    """Visibility timeout of the queue in seconds, 0-43200, compared with longest_message_seconds or stop_timeout_seconds.
    Leave it out for a consumer that extends the timeout, such as slipway_consumer. Default: not checked."""
    max_receives: NotRequired[int]
    """Deliveries before the queue sets a message aside, 1-1000, compared with spot_percent. Default: not checked."""


class QueueWorkerTopicArgs(TypedDict):
    """One topic that a QueueWorker publishes to."""

    topic_arn: pulumi.Input[str]
    """Topic to publish to, in the variable TOPIC_ARN of the container; with several topics in TOPIC_ARN_<KEY>."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own on the topic; the task may use it. Default: the account's own key for SNS."""


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
    container_name: NotRequired[str]
    """Name of the main container, at most 255 letters, digits, hyphens and underscores. Set it to the old name when you
    rename the component, and the tasks run on. Default: the component's name."""
    queues: Mapping[str, QueueWorkerQueueArgs]
    """Queue key to the queue, one to four queues. Scaling adds up their messages."""
    topics: NotRequired[Mapping[str, QueueWorkerTopicArgs]]
    """Topic key to a topic to publish to. Default: none."""
    min_tasks: NotRequired[int]
    """Fewest tasks, 0-5000. With 0, an alarm starts the first task within about two minutes of a message, and the last
    task stops after 15 minutes without messages. Default: 1."""
    max_tasks: NotRequired[int]
    """Most tasks, 1-5000, at least min_tasks. Default: 4, or min_tasks if higher."""
    backlog_per_task: NotRequired[int]
    """Messages per task, waiting or in flight, 1-1000000. Default: acceptable_latency_seconds divided by
    seconds_per_message, or 100."""
    acceptable_latency_seconds: NotRequired[float]
    """Longest wait of a message in seconds, up to 1209600; goes with seconds_per_message. Default: backlog_per_task
    counts."""
    seconds_per_message: NotRequired[float]
    """Seconds between two finished messages of a busy task: the time of the handler, divided by the handlers at work at
    once. Default: backlog_per_task counts."""
    longest_message_seconds: NotRequired[int]
    """Seconds of work on the slowest message, 1-43200, compared with the stop timeout and the visibility timeouts of the
    queues. Default: not checked."""
    spot_percent: NotRequired[int]
    """Share of the tasks on Spot in percent, 0-100, taken back by AWS at two minutes' notice: messages in flight then
    finish in time, or cost a delivery. The first task is on demand, except with 100. Setting or removing it replaces
    the service. Default: 0."""
    cpu_percent: NotRequired[int]
    """Average CPU of the tasks in percent, 1-100; a second target of scaling beside the backlog. Default: no target."""
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
    """Variables of the main container beside QUEUE_URL, TOPIC_ARN and STOP_TIMEOUT_SECONDS, readable by everyone with
    the right to describe tasks. Default: none."""
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
    """Permissions of the code in AWS beside consuming, publishing and those of `links`. Default: none."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120; more than one message takes. Default: 30."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Health check command of the main container. Default: the container is healthy while it runs."""
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
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own for the log; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""
    deployment: NotRequired[DeploymentArgs]
    """Alarms that roll deployments back, such as one on the dead-letter queue; a worker's strategy is always rolling.
    Default: the circuit breaker alone."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Peers that the tasks may call, such as a database, by a name of your choice. Opens the peer's port from the
    tasks, in both groups. Default: HTTPS to everywhere, and nothing else."""
    run_before: NotRequired[RunBeforeArgs]
    """A command that runs as a task before each roll-out, such as a migration of the database: whenever the task definition
    changes, and before the first one. Default: nothing runs before."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds until a deployment counts as failed, 60-86400. Default: 900."""
    without_verdict: NotRequired[bool]
    """Let the AWS provider wait for deployments, in place of Slipway's verdict with reasons: its next update is green
    although ECS rolled back, and Ctrl-C rolls back. Default: false."""
    verdict_role_arn: NotRequired[pulumi.Input[str]]
    """Role that reads the reasons of a failed deployment, for a provider whose credentials the program does not see. Default:
    the profile or the keys of the provider, or else the environment's credentials."""
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
