"""ECS service on Fargate, behind a load balancer of its own where asked, whose deployments roll back by themselves.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, ecs

from ._checks import ArgumentError, check_keys, given, whole_number
from ._load_balancer import (
    Front,
    LoadBalancerArgs,
    check_load_balancer,
    deregistration_delay,
    health_check_path,
    load_balancer,
)
from ._rules import ANYWHERE, HTTPS, closed_group
from ._tags import named
from ._task import Task, task
from ._verdict import Verdict
from ._workload import PermissionArgs, workload

DESIRED_COUNT = 2  # one task in each of two zones
MOST_TASKS = 5000  # per service
GRACE_SECONDS = 60
LONGEST_GRACE_SECONDS = 2147483647
DEPLOYMENT_TIMEOUT_SECONDS = 900  # a circuit breaker on failing health checks takes some minutes to open
TIMEOUT_BOUNDS_SECONDS = (60, 7200)


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
    """Leave the number of tasks alone on updates since scaling sets it; desired_count is where it starts.
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
    load balancer settings without one, one without a port, a name too long for AWS, or a number out of bounds.
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
        count = whole_number(who, "desired_count", given(args.get("desired_count"), DESIRED_COUNT), 0, MOST_TASKS)
        port = container_port(who, args)
        check_front(who, name, args)
        path = health_check_path(who, args.get("health_check_path"))
        delay = deregistration_delay(who, args.get("deregistration_delay_seconds"))
        grace = given(args.get("health_check_grace_period_seconds"), GRACE_SECONDS)
        grace = whole_number(who, "health_check_grace_period_seconds", grace, 0, LONGEST_GRACE_SECONDS)
        limit = given(args.get("deployment_timeout_seconds"), DEPLOYMENT_TIMEOUT_SECONDS)
        limit = whole_number(who, "deployment_timeout_seconds", limit, *TIMEOUT_BOUNDS_SECONDS)
        unwatched = given(args.get("without_verdict"), False)
        super().__init__("slipway:index:FargateService", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags, wanted = args.get("tags"), args.get("load_balancer")
        made = task(name, load, port, tags, child)
        gate = closed_group(name, args["vpc_id"], f"Tasks of {name}", tags, child)
        gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
        front = None
        if wanted is not None and port is not None:
            front = load_balancer(name, wanted, args["vpc_id"], gate, port, path, delay, tags, child)
        after: list[pulumi.Resource] = [*made.grants, *([front.listener] if front else [])]
        service = ecs.Service(
            name,
            cluster=args["cluster_arn"],
            task_definition=made.definition.arn,
            launch_type="FARGATE",
            desired_count=count,
            network_configuration={
                "subnets": args["subnet_ids"],
                "security_groups": [gate.group.id],
                "assign_public_ip": False,
            },
            load_balancers=balanced(name, front),
            health_check_grace_period_seconds=grace if front else None,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            # The verdict waits: it says how far the deployment is, and fails when it was rolled back.
            wait_for_steady_state=unwatched,
            # An interrupted update then goes back to what ran before, in place of going on unwatched.
            sigint_rollback=unwatched,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=named(name, tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=after,
                ignore_changes=["desiredCount"] if given(args.get("keep_scaled_count"), False) else None,
            ),
        )
        if not unwatched:
            verdict(name, service, made, front, limit, child)
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


def container_port(who: str, args: FargateServiceArgs) -> int | None:
    """Port of the container, if it has one."""
    port = args.get("container_port")
    return None if port is None else whole_number(who, "container_port", port, 1, 65535)


def check_front(who: str, name: str, args: FargateServiceArgs) -> None:
    """Refuse what only works with a load balancer, and a load balancer without a port to send to."""
    wanted = args.get("load_balancer")
    if wanted is not None:
        check_load_balancer(who, name, wanted)
        if args.get("container_port") is None:
            raise ArgumentError(
                f"{who}: load_balancer needs container_port, got none; set the port the image listens on"
            )
        return
    for key in ("health_check_path", "health_check_grace_period_seconds", "deregistration_delay_seconds"):
        if args.get(key) is not None:
            raise ArgumentError(f"{who}: {key} needs load_balancer, got none; set load_balancer or leave {key} out")


def verdict(
    name: str, service: ecs.Service, made: Task, front: Front | None, limit: int, child: pulumi.ResourceOptions
) -> None:
    """Wait for the deployment of what was asked for, and fail when the service does not run it in the end."""
    asked: dict[str, pulumi.Input[str | int]] = {
        "who": f"service {name!r}",
        "service": service.arn,
        "cluster": service.cluster,
        "service_urn": service.urn,
        "task_definition_arn": made.definition.arn,
        "container": name,
        "log_group": made.group.name,
        "target_group_arn": front.targets.arn if front else "",
        "timeout_seconds": limit,
    }
    Verdict(name, asked, child)


def balanced(name: str, front: Front | None) -> list[ecs.ServiceLoadBalancerArgsDict] | None:
    """Where ECS registers the tasks."""
    if front is None:
        return None
    return [{"target_group_arn": front.targets.arn, "container_name": name, "container_port": front.port}]
