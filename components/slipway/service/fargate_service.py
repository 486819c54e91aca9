"""ECS service on Fargate, behind a load balancer of its own where asked, whose deployments roll back by themselves.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import pulumi
from pulumi_aws import ecs

from slipway.common import ANYWHERE, HTTPS, check_keys, closed_group, named
from slipway.dynamic import checked_image
from slipway.task import Task, port_owner, service_connect, task, workload

from ._ecs_service import balanced, capacity, front_of, groups, verdict
from ._front import Front
from ._peers import open_to_peers
from ._scaling import scale
from ._service_args import FargateServiceArgs
from ._service_plan import plan
from ._shared_listener import take_priorities


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
        if made_of.rules:
            take_priorities(who, args["listener"]["listener_arn"], made_of.rules)
        super().__init__("slipway:index:FargateService", name, dict(args), opts)
        for doubt in made_of.doubts:
            pulumi.log.warn(doubt, resource=self)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        made = task(name, load, made_of.port, tags, child)
        checks = []
        if not made_of.roll_out.unwatched:
            own_port = made_of.port if port_owner(name, load, made_of.port) == name else None
            checks = [checked_image(who, name, load.image, load.architecture, own_port, load.user, child)]
        gate = closed_group(name, args["vpc_id"], f"Tasks of {name}", tags, child)
        gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
        open_to_peers(args, gate, made_of.port, load.volumes)
        front = front_of(who, name, args, made_of, load.permissions_boundary_arn, gate, child)
        service = ecs.Service(
            name,
            cluster=args["cluster_arn"],
            task_definition=made.definition.arn,
            **capacity(made_of.spot_percent),
            desired_count=made_of.desired_count,
            network_configuration={
                "subnets": args["subnet_ids"],
                "security_groups": groups(gate.group_id, args.get("additional_security_group_ids")),
                "assign_public_ip": False,
            },
            load_balancers=balanced(port_owner(name, load, made_of.port), front),
            service_connect_configuration=service_connect(args.get("service_connect"), made_of.port, made.log),
            health_check_grace_period_seconds=made_of.grace_seconds if front else None,
            **made_of.roll_out.service_arguments(),
            enable_execute_command=True if load.exec_enabled else None,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            availability_zone_rebalancing=made_of.roll_out.zone_rebalancing,
            tags=named(name, tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*made.grants, *checks, *(front.awaited if front else [])],
                ignore_changes=["desiredCount"] if made_of.scaling or args.get("keep_scaled_count") else None,
            ),
        )
        if made_of.scaling:
            scale(name, made_of.scaling, args["cluster_arn"], service, front, child)
        if not made_of.roll_out.unwatched:
            verdict(name, service, made, front, made_of.roll_out.timeout_seconds, child)
        self._publish(service, made, gate.group_id, front)

    def _publish(self, service: ecs.Service, made: Task, group_id: pulumi.Output[str], front: Front | None) -> None:
        nothing = pulumi.Output.from_input(None)
        self.url = front.url if front and front.url else nothing
        self.service_name = service.name
        self.task_definition_arn = made.definition.arn
        self.task_role_arn = made.role_arn
        self.log_group_name = made.log_group_name
        self.security_group_id = group_id
        self.load_balancer_security_group_id = front.group_id if front else nothing
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
