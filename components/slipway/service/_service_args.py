"""Arguments of FargateService, described where they are typed.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.links import LinkArgs
from slipway.load_balancing import ListenerArgs, LoadBalancerArgs
from slipway.run_before import RunBeforeArgs
from slipway.task import (
    ContainerHealthCheckArgs,
    MountPointArgs,
    PermissionArgs,
    ServiceConnectArgs,
    SidecarArgs,
    VolumeArgs,
)
from slipway.words import Architecture, DependencyCondition, ProtocolVersion

from ._peers import PeerArgs
from ._scaling import ScalingArgs
from ._strategy import DeploymentArgs


class FargateServiceArgs(TypedDict):
    """Arguments of FargateService."""

    cluster_arn: pulumi.Input[str]
    """ECS cluster of the service."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets of the tasks. Tasks get no public address: the subnets need a route to the registry and to
    CloudWatch Logs."""
    image: pulumi.Input[str]
    """Image of the main container, best by digest, such as the output image_uri of ContainerImage."""
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
    desired_count: NotRequired[int]
    """Number of tasks, 0-5000. Default: 2."""
    keep_scaled_count: NotRequired[bool]
    """Keep the current number of tasks on updates, for a scaling of your own; `desired_count` is the first number.
    Default: false."""
    container_port: NotRequired[int]
    """Port of the container, 1-65535; needed with `load_balancer` or `listener`. Default: no port is open."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """Load balancer for this service alone, in front of `container_port`. Default: none, and nobody can connect."""
    listener: NotRequired[ListenerArgs]
    """Shared listener in front of `container_port`, in place of a load balancer for this service alone. Default:
    none."""
    health_check_path: NotRequired[str]
    """Path of the load balancer's health check, asked every 10 s (AWS's own 30 s find a new task up to 20 s later).
    Default: /health; with GRPC, /grpc.health.v1.Health/Check."""
    health_check_port: NotRequired[int]
    """Port of the load balancer's health check, 1-65535, opened to the tasks in both security groups. Default:
    `container_port`."""
    health_check_codes: NotRequired[str]
    """Status codes of a healthy task, such as 200,204 or 200-299, within 200-499; with GRPC 0-99. Default: 200; with
    GRPC 0."""
    health_check_grace_period_seconds: NotRequired[int]
    """Seconds after a task's start during which failed health checks do not count. Default: 60, or the start period
    of `container_health_check` where it is longer. A task with a broken start is found within a minute."""
    deregistration_delay_seconds: NotRequired[int]
    """Seconds for open requests of a leaving task, 0-3600. Default: 15, or `longest_request_seconds` where it is
    more; AWS's own 300 delay every deployment."""
    longest_request_seconds: NotRequired[int]
    """Duration of your slowest request in seconds, 1-3600. The deregistration delay, the stop timeout and the load
    balancer's idle timeout must cover it. Default: not checked."""
    stickiness_seconds: NotRequired[int]
    """Seconds during which a cookie keeps a client at one task, 1-604800. Default: each request goes to any task."""
    slow_start_seconds: NotRequired[int]
    """Seconds during which a new task's share of the requests grows to a full share, 30-900. Default: a full share at
    once."""
    protocol_version: NotRequired[ProtocolVersion]
    """Protocol of the tasks: HTTP1, HTTP2 without TLS, or GRPC. HTTP2 and GRPC need a certificate on the load
    balancer. A change replaces the target group. Default: HTTP1."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30, as in ECS; a program that ends on SIGTERM needs none of
    them."""
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
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """Existing role for ECS, with the rights to pull the images, read the secrets and write the log. Default: a new
    role with exactly these rights."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """Existing role for the code, in place of `permissions`. Default: a new role."""
    log_group_arn: NotRequired[pulumi.Input[str]]
    """Existing log group for the tasks. Default: a new log group."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own for the log; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""
    scaling: NotRequired[ScalingArgs]
    """Automatic scaling of the number of tasks; updates keep the current number. Default: always `desired_count`."""
    spot_percent: NotRequired[int]
    """Share of the tasks on Spot in percent, 0-100: cheaper, but AWS takes them back at two minutes' notice. The
    first task is on demand, except with 100. Setting or removing it replaces the service. Default: 0."""
    deployment: NotRequired[DeploymentArgs]
    """Strategy of deployments, and alarms that roll them back. Default: rolling, with the circuit breaker."""
    minimum_healthy_percent: NotRequired[int]
    """Share of `desired_count` that keeps running during a deployment, 0-100 percent. Default: 100."""
    maximum_percent: NotRequired[int]
    """Share of `desired_count` that may run during a deployment, 100-200 percent. Default: 200."""
    service_connect: NotRequired[ServiceConnectArgs]
    """Membership in a Service Connect namespace. Default: none."""
    allow_from: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Callers: a name of your choice to a security group, such as another service's security_group_id. Opens
    `container_port` from the callers to the tasks, in both groups. Default: the load balancer alone."""
    allow_to: NotRequired[Mapping[str, PeerArgs]]
    """Peers that the tasks may call, such as a database, by a name of your choice. Opens the peer's port from the
    tasks, in both groups. Default: HTTPS to everywhere, and nothing else."""
    additional_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Further security groups of the tasks, at most 4. Default: none."""
    run_before: NotRequired[RunBeforeArgs]
    """A command that runs as a task before each roll-out, such as a migration of the database: whenever the task definition
    changes, and before the first one. Default: nothing runs before."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds until a deployment counts as failed, 60-86400. Default: 900, enough for the circuit breaker to act on
    failing health checks, plus the minutes of `deployment`."""
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
