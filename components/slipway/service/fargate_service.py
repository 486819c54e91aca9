"""ECS service on Fargate, behind a load balancer of its own where asked, whose deployments roll back by themselves.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import pulumi

from slipway.common import Arguments
from slipway.task import workload

from ._planned_service import build_service
from ._service_args import FargateServiceArgs
from ._service_plan import service_plan
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
        arguments = Arguments.of(f"FargateService {name!r}", args, FargateServiceArgs)
        plan = service_plan(arguments, workload(arguments, name))
        if plan.rules:
            take_priorities(arguments.who, args["listener"]["listener_arn"], plan.rules)
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
