"""Arguments of FargateService, described where they are typed.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.load_balancing import ListenerArgs, LoadBalancerArgs
from slipway.task import (
    ContainerHealthCheckArgs,
    MountPointArgs,
    PermissionArgs,
    ServiceConnectArgs,
    SidecarArgs,
    VolumeArgs,
)

from ._peers import PeerArgs
from ._scaling import ScalingArgs
from ._strategy import DeploymentArgs


class FargateServiceArgs(TypedDict):
    """Arguments of FargateService."""

    cluster_arn: pulumi.Input[str]
    """Cluster to run in."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets for the tasks, which get no public address; they need a way to the registry and the log."""
    image: pulumi.Input[str]
    """Image to run, best by digest, as ContainerImage gives it."""
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
    """Variables, readable to whoever may describe the task; nothing secret. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variable to the ARN of a Secrets Manager secret or an SSM parameter, each of which ECS is allowed to read.
    Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """What the code may do in AWS. Default: nothing."""
    desired_count: NotRequired[int]
    """Tasks to run, 0-5000. Default: 2."""
    keep_scaled_count: NotRequired[bool]
    """Leave the number of tasks alone on updates since scaling of yours sets it; desired_count is where it starts.
    Default: false."""
    container_port: NotRequired[int]
    """Port the container listens on, 1-65535; needed with load_balancer or listener. Default: none is opened."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """Load balancer of its own in front of container_port. Default: none, and no one can connect."""
    listener: NotRequired[ListenerArgs]
    """Listener of a load balancer that services share, in place of one of its own. Default: none."""
    health_check_path: NotRequired[str]
    """Path that answers health_check_codes while the task is well, asked every 10 s: AWS's 30 find a new task up to
    20 s later. Default: /health; with GRPC, /grpc.health.v1.Health/Check."""
    health_check_codes: NotRequired[str]
    """Codes of a task that is well, such as 200,204 or 200-299, within 200-499; with GRPC 0-99. Default: 200; with GRPC
    0."""
    health_check_grace_period_seconds: NotRequired[int]
    """Seconds that a new task has before failed checks count. Default: 60, or the start period of its own check where
    that is longer: enough for most programs, and a task that never comes up is found out in a minute."""
    deregistration_delay_seconds: NotRequired[int]
    """Seconds that requests under way get when a task goes, 0-3600. Default: 15, or longest_request_seconds where that is
    more; AWS's 300 hold up every roll-out for requests that last a second."""
    longest_request_seconds: NotRequired[int]
    """Seconds that your slowest request takes, 1-3600, checked against what ends one early: deregistration delay, stop
    timeout and the load balancer's idle timeout. Default: not checked."""
    stickiness_seconds: NotRequired[int]
    """Seconds that a cookie keeps a client at one task, 1-604800. Default: each request goes to any task."""
    slow_start_seconds: NotRequired[int]
    """Seconds in which a new task's share of the requests grows to that of the others, 30-900. Default: at once."""
    protocol_version: NotRequired[str]
    """What the tasks speak: HTTP1, HTTP2 without TLS, or GRPC; the latter two need a certificate on the load balancer.
    Changing it replaces the target group. Default: HTTP1."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30, as ECS has it; a program that ends on SIGTERM takes none of
    them."""
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
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """Role that ECS starts the tasks as, allowed to pull the images, read the secrets and write the log.
    Default: one is made that may do exactly this."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """Role of the code, in place of one with permissions. Default: one is made."""
    log_group_arn: NotRequired[pulumi.Input[str]]
    """Log group of the tasks that is there already. Default: one is made."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the log; its policy has to let CloudWatch Logs use it.
    Default: CloudWatch's own key."""
    scaling: NotRequired[ScalingArgs]
    """Let AWS set the number of tasks, which updates then leave alone. Default: always desired_count."""
    spot_percent: NotRequired[int]
    """Share of the tasks beyond the first that run on Spot, 0-100: cheaper, and taken back at two minutes' notice; with
    100 every task does. Setting or removing it replaces the service. Default: 0."""
    deployment: NotRequired[DeploymentArgs]
    """How requests come to new tasks, and alarms that roll back. Default: rolling, task by task, by the circuit breaker."""
    minimum_healthy_percent: NotRequired[int]
    """Share of desired_count that keeps running in a deployment, 0-100. Default: 100."""
    maximum_percent: NotRequired[int]
    """Share of desired_count that may run in a deployment, 100-200. Default: 200."""
    service_connect: NotRequired[ServiceConnectArgs]
    """Take part in a namespace of Service Connect. Default: no part."""
    allow_from: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Name to the security group of a caller, such as another service's security_group_id: it is let out to the tasks
    and they let it in, on container_port only. Default: the load balancer alone."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Name to what the tasks connect to, such as a database: they are let out to it and it lets them in, on its port
    only. Default: HTTPS alone."""
    additional_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups of yours that the tasks are also in, at most 4. Default: none."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds that a deployment may take before it counts as failed, 60-86400. Default: 900, in which a circuit
    breaker on failing health checks has opened, and the minutes that deployment spends looking."""
    without_verdict: NotRequired[bool]
    """Leave the wait to the provider, which gives no reason for a rollback and asks no second time. For programs in other
    languages than Python, and for a provider with credentials of its own, where the verdict cannot run. Default: false."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""
