"""ECS service on Fargate, behind a load balancer of its own where asked, whose deployments roll back by themselves.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, ecs

from ._checks import check_keys
from ._container import ContainerHealthCheckArgs
from ._load_balancer import Front, LoadBalancerArgs, load_balancer
from ._rules import ANYWHERE, HTTPS, closed_group
from ._scaling import ScalingArgs, scale
from ._service import balanced, capacity, groups, verdict
from ._service_plan import plan
from ._tags import named
from ._task import Task, task
from ._workload import PermissionArgs, workload


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
    """Port the container listens on, 1-65535; needed with a load balancer. Default: none is opened."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """Load balancer of its own in front of container_port. Default: none, and no one can connect."""
    health_check_path: NotRequired[str]
    """Path that answers 200 while the task is well, asked every 10 s. Default: /health."""
    health_check_grace_period_seconds: NotRequired[int]
    """Seconds that a new task has before failed checks count. Default: 60."""
    deregistration_delay_seconds: NotRequired[int]
    """Seconds that requests under way get when a task goes, 0-3600; as long as your longest one. Default: 15."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120. Default: 30."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Command in the container that tells ECS whether it is well. Default: the container is well while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Path to the MiB that may be written there, in memory and empty at the start; the rest is read-only.
    Default: none."""
    enable_execute_command: NotRequired[bool]
    """Let `aws ecs execute-command` open a shell in a task, with what that needs: Session Manager's channels, and two
    volumes for its agent. Default: false."""
    exec_log_group_arn: NotRequired[pulumi.Input[str]]
    """Log group of the cluster's commands, as Cluster gives it, which the tasks may then write.
    Default: commands are not logged."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """Policy that bounds what the two roles can ever be allowed. Default: none."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the log; its policy has to let CloudWatch Logs use it.
    Default: CloudWatch's own key."""
    scaling: NotRequired[ScalingArgs]
    """Let AWS set the number of tasks, which updates then leave alone. Default: always desired_count."""
    spot_percent: NotRequired[int]
    """Share of the tasks beyond the first that run on Spot, 0-100: cheaper, and taken back at two minutes' notice; with
    100 every task does. Setting or removing it replaces the service. Default: 0."""
    minimum_healthy_percent: NotRequired[int]
    """Share of desired_count that keeps running in a deployment, 0-100. Default: 100."""
    maximum_percent: NotRequired[int]
    """Share of desired_count that may run in a deployment, 100-200. Default: 200."""
    additional_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups of yours that the tasks are also in, at most 4. Default: none."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds that a deployment may take before it counts as failed, 60-7200. Default: 900."""
    without_verdict: NotRequired[bool]
    """Leave the wait to the provider, which succeeds after a rollback. For programs in other languages than Python, and
    for a provider with credentials of its own, where the verdict cannot run. Default: false."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""


class FargateService(pulumi.ComponentResource):
    """A service that runs one container without privileges, in private subnets, and waits until it runs steadily.

    Creates a task definition, service, log group, two roles with what they need, a security group that lets in the
    load balancer only and out HTTPS only; with load_balancer also that, its target group, listeners and security group.

    Raises ArgumentError on a size that Fargate does not offer, a privileged user, a permission for a whole service,
    load balancer settings without one, one without a port, a name too long for AWS, a number out of bounds, or numbers
    that cannot work with one another.
    """

    url: pulumi.Output[str | None]
    """Address of the load balancer; none without one."""
    service_name: pulumi.Output[str]
    """Name of the service, as metrics know it."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the revision that was asked for."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies that let it in."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own such as one to a database."""
    load_balancer_security_group_id: pulumi.Output[str | None]
    """Security group of the load balancer; none without one."""
    target_group_arn: pulumi.Output[str | None]
    """Target group of the tasks; none without a load balancer."""

    def __init__(self, name: str, args: FargateServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"FargateService {name!r}"
        check_keys(who, args, FargateServiceArgs)
        load = workload(who, name, args)
        made_of = plan(who, name, args, load)
        super().__init__("slipway:index:FargateService", name, dict(args), opts)
        for doubt in made_of.doubts:
            pulumi.log.warn(doubt, resource=self)
        child = pulumi.ResourceOptions(parent=self)
        tags, wanted, port = args.get("tags"), args.get("load_balancer"), made_of.port
        made = task(name, load, port, tags, child)
        gate = closed_group(name, args["vpc_id"], f"Tasks of {name}", tags, child)
        gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
        front = None
        if wanted is not None and port is not None:
            path, delay = made_of.health_path, made_of.delay_seconds
            front = load_balancer(name, wanted, args["vpc_id"], gate, port, path, delay, tags, child)
        service = ecs.Service(
            name,
            cluster=args["cluster_arn"],
            task_definition=made.definition.arn,
            **capacity(made_of.spot_percent),
            desired_count=made_of.desired_count,
            network_configuration={
                "subnets": args["subnet_ids"],
                "security_groups": groups(gate.group, args.get("additional_security_group_ids")),
                "assign_public_ip": False,
            },
            load_balancers=balanced(name, front),
            health_check_grace_period_seconds=made_of.grace_seconds if front else None,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=made_of.minimum_healthy_percent,
            deployment_maximum_percent=made_of.maximum_percent,
            enable_execute_command=True if load.exec_enabled else None,
            # The verdict waits: it says how far the deployment is, and fails when it was rolled back.
            wait_for_steady_state=made_of.unwatched,
            # An interrupted update then goes back to what ran before, in place of going on unwatched.
            sigint_rollback=made_of.unwatched,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=named(name, tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*made.grants, *([front.listener] if front else [])],
                ignore_changes=["desiredCount"] if made_of.scaling or args.get("keep_scaled_count") else None,
            ),
        )
        if made_of.scaling:
            scale(name, made_of.scaling, args["cluster_arn"], service, front, child)
        if not made_of.unwatched:
            verdict(name, service, made, front, made_of.timeout_seconds, child)
        self._publish(service, made, gate.group, front)

    def _publish(self, service: ecs.Service, made: Task, group: ec2.SecurityGroup, front: Front | None) -> None:
        nothing = pulumi.Output.from_input(None)
        self.url = pulumi.Output.concat(front.scheme, "://", front.balancer.dns_name) if front else nothing
        self.service_name = service.name
        self.task_definition_arn = made.definition.arn
        self.task_role_arn = made.role.arn
        self.log_group_name = made.group.name
        self.security_group_id = group.id
        self.load_balancer_security_group_id = front.group.id if front else nothing
        self.target_group_arn = front.targets.arn if front else nothing
        self.register_outputs(
            {
                "url": self.url,
                "serviceName": self.service_name,
                "taskDefinitionArn": self.task_definition_arn,
                "taskRoleArn": self.task_role_arn,
                "logGroupName": self.log_group_name,
                "securityGroupId": self.security_group_id,
                "loadBalancerSecurityGroupId": self.load_balancer_security_group_id,
                "targetGroupArn": self.target_group_arn,
            }
        )
