"""ECS service on Fargate, with an optional load balancer; a failed deployment rolls back and fails the update.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import pulumi

from slipway.common import Arguments
from slipway.links import linked
from slipway.load_balancing import ListenerPlan
from slipway.task import workload

from ._planned_service import build_service
from ._service_args import FargateServiceArgs
from ._service_plan import service_plan
from ._shared_listener import take_priorities


class FargateService(pulumi.ComponentResource):
    """An ECS service on Fargate with unprivileged containers in private subnets; an update waits until it is steady.

    Creates a task definition, a service, a log group, two roles with minimal rights, and a security group: closed but for
    HTTPS out, and open to the load balancer only. With `load_balancer` it also creates a load balancer with target group,
    listeners and security group.

    Example::

        from slipway import FargateService

        api = FargateService(
            "api",
            {
                "cluster_arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
                "vpc_id": "vpc-0123456789abcdef0",
                "subnet_ids": ["subnet-0000000a", "subnet-0000000b"],
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api:1",
                "container_port": 8080,
                "load_balancer": {
                    "subnet_ids": ["subnet-1000000a", "subnet-1000000b"],
                    "allowed_cidr_blocks": ["203.0.113.0/24"],
                },
            },
        )

    Raises ArgumentError on a size without an offer by Fargate, a privileged user, a permission for a whole service,
    settings of a load balancer without one, a load balancer without a port, a name too long for AWS, a number out of
    bounds, or numbers that contradict one another.
    """

    url: pulumi.Output[str | None]
    """Address of the service's own load balancer; null without one."""
    service_name: pulumi.Output[str]
    """Name of the service, as in CloudWatch metrics."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the declared revision of the task definition."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies of your own."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own, such as the one of a database."""
    load_balancer_security_group_id: pulumi.Output[str | None]
    """Security group of the load balancer; null without one."""
    target_group_arn: pulumi.Output[str | None]
    """Target group of the tasks; null without a load balancer."""

    def __init__(self, name: str, args: FargateServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("FargateService", name, args, FargateServiceArgs)
        plan = service_plan(arguments, linked(arguments, workload(arguments, name)))
        if plan.front is not None and isinstance(plan.front.sender, ListenerPlan):
            take_priorities(arguments.who, plan.front.sender)
        super().__init__("slipway:index:FargateService", name, dict(args), opts)
        service = build_service(self, plan)
        self.url = service.url
        self.service_name = service.service_name
        self.task_definition_arn = service.task_definition_arn
        self.task_role_arn = service.task_role_arn
        self.log_group_name = service.log_group_name
        self.security_group_id = service.security_group_id
        self.load_balancer_security_group_id = service.load_balancer_security_group_id
        self.target_group_arn = service.target_group_arn
