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
    """Cluster to run in; with Container Insights, which counts the tasks that scaling divides by."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets for the tasks, which get no public address; they need a way to the registry, the log and SQS."""
    image: pulumi.Input[str]
    """Image to run, best by digest, as ContainerImage gives it."""
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
    """Share of the tasks beyond the first that run on Spot, 0-100, taken back at two minutes' notice: what is in flight
    then drains or costs a delivery. Setting or removing it replaces the service. Default: 0."""
    cpu_percent: NotRequired[int]
    """CPU that a task may use on average, in percent of what it has, 1-100; scales out beside the backlog.
    Default: not looked at."""
    cpu: NotRequired[int]
    """CPU units, 1024 to a vCPU, as Fargate offers them. Default: 256."""
    memory_mib: NotRequired[int]
    """MiB of memory that Fargate offers with cpu. Default: 512."""
    architecture: NotRequired[str]
    """Processor that the image was built for, x86_64 or arm64. Default: x86_64."""
    command: NotRequired[list[str]]
    """Command in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User in the container, any but root. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables beside QUEUE_URL, TOPIC_ARN and STOP_TIMEOUT_SECONDS, readable to whoever may describe the task. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variable to the ARN of a Secrets Manager secret or an SSM parameter, each of which ECS is allowed to read.
    Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """What the code may do in AWS beside consuming and publishing. Default: nothing."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120; longer than one message takes. Default: 30."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Command in the container that tells ECS whether it is well. Default: the container is well while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Path to the MiB that may be written there, in memory and empty at the start; the rest is read-only.
    Default: none."""
    sidecars: NotRequired[Mapping[str, SidecarArgs]]
    """Name to a container beside the service's own in each task. Default: none."""
    depends_on: NotRequired[Mapping[str, str]]
    """Sidecar to what has to be so before the service's own container starts: START, HEALTHY, or for one that is not
    essential COMPLETE or SUCCESS. Default: all start at once."""
    volumes: NotRequired[Mapping[str, VolumeArgs]]
    """Name to a directory that containers share, or that outlives them on EFS. Default: none."""
    mount_points: NotRequired[list[MountPointArgs]]
    """Where the service's own container finds volumes. Default: nowhere."""
    ephemeral_storage_gib: NotRequired[int]
    """GiB of a task's own disk, which images and volumes without EFS share, 21-200. Default: 20."""
    environment_files: NotRequired[list[pulumi.Input[str]]]
    """S3 objects by ARN, named .env, with lines of variables that environment wins over; ECS may read each.
    Default: none."""
    start_timeout_seconds: NotRequired[int]
    """Seconds in which a sidecar that depends on this container has to see it as it asks, 2-120. Default: 180."""
    enable_execute_command: NotRequired[bool]
    """Let `aws ecs execute-command` open a shell in a task, with what that needs: Session Manager's channels, and two
    volumes for its agent. Default: false."""
    exec_log_group_arn: NotRequired[pulumi.Input[str]]
    """Log group of the cluster's commands, as Cluster gives it, which the tasks may then write.
    Default: commands are not logged."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """Policy that bounds what the roles can ever be allowed. Default: none."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the log; its policy has to let CloudWatch Logs use it.
    Default: CloudWatch's own key."""
    deployment: NotRequired[DeploymentArgs]
    """Alarms that end a deployment and roll it back, such as one on the dead-letter queue; a worker's tasks are always
    replaced one by one. Default: the circuit breaker alone."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Name to what the tasks connect to, such as a database: they are let out to it and it lets them in, on its port
    only. Default: HTTPS alone."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds that a deployment may take before it counts as failed, 60-86400. Default: 900."""
    without_verdict: NotRequired[bool]
    """Leave the wait to the provider, which gives no reason for a rollback and asks no second time. For programs in other
    languages than Python, and for a provider with credentials of its own, where the verdict cannot run. Default: false."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
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
