"""The front of a service: the load balancer or the shared listener that sends requests to its tasks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import ecs, lb

from slipway.common import Context, Gate
from slipway.load_balancing import LoadBalancerPlan, TargetPlan, application_load_balancer, target_group

from ._peers import HEALTH_CHECK, LOAD_BALANCER
from ._strategy import Strategy
from ._traffic_shift import ALTERNATE, Shift, TargetGroups, shift


@dataclass(frozen=True)
class Front:
    """The front of a service."""

    targets: lb.TargetGroup
    port: int
    """Port of the tasks."""
    senders: Sequence[pulumi.Resource]
    """Listener or rules; ECS accepts a target group only when one of them sends to it."""
    balancer_arn_suffix: pulumi.Output[str]
    """Load balancer in CloudWatch metrics, such as app/edge/0a1b2c3d."""
    group_id: pulumi.Output[str]
    """Security group of the load balancer."""
    url: pulumi.Output[str] | None
    """Address of a load balancer for this service alone."""
    shift: Shift | None = None
    """Traffic shift; None with rolling deployments."""

    @property
    def awaited(self) -> list[pulumi.Resource]:
        """Resources that the service waits for."""
        return [*self.senders, *(self.shift.awaited if self.shift else [])]

    @property
    def target_groups(self) -> list[lb.TargetGroup]:
        """All target groups with tasks of the service."""
        return [self.targets, *([self.shift.alternate] if self.shift else [])]

    def registration(self, container_name: str) -> ecs.ServiceLoadBalancerArgsDict:
        """The target group in an ECS service, which registers this container of each task there."""
        registration: ecs.ServiceLoadBalancerArgsDict = {
            "target_group_arn": self.targets.arn,
            "container_name": container_name,
            "container_port": self.port,
        }
        if self.shift is not None:
            registration["advanced_configuration"] = self.shift.configuration()
        return registration


@dataclass(frozen=True)
class OwnLoadBalancer:
    """A checked load balancer for one service alone."""

    load_balancer: LoadBalancerPlan
    targets: TargetPlan
    strategy: Strategy
    permissions_boundary_arn: pulumi.Input[str] | None


def own_front(context: Context, plan: OwnLoadBalancer, vpc_id: pulumi.Input[str], tasks: Gate) -> Front:
    """Make a load balancer with a way to the tasks' port, and a traffic shift where the strategy needs one."""
    balancer = application_load_balancer(context, plan.load_balancer, vpc_id)
    if plan.strategy.shifts:
        balancer = balancer.with_old_listeners_deleted_first()
    arn = balancer.resource.arn
    targets = target_group(context, plan.targets, vpc_id, arn)
    listener = balancer.main_listener(forward_to(targets))
    open_way(replace(balancer.gate, rules=tasks.rules), tasks, plan.targets, "To the tasks")
    moves = None
    if plan.strategy.shifts:
        groups = TargetGroups(targets, target_group(context.part(ALTERNATE), plan.targets, vpc_id, arn))
        test_listener = None
        if plan.strategy.test_port is not None:
            test_listener = balancer.further_listener(plan.strategy.test_port, forward_to(groups.alternate))
        moves = shift(context, groups, listener, test_listener, plan.permissions_boundary_arn)
    return Front(
        targets=targets,
        port=plan.targets.port,
        senders=[listener],
        balancer_arn_suffix=balancer.resource.arn_suffix,
        group_id=balancer.gate.group_id,
        url=balancer.url,
        shift=moves,
    )


def open_way(balancer: Gate, tasks: Gate, targets: TargetPlan, purpose: str) -> None:
    """Let a load balancer connect to the tasks, on the port of the requests and on the one of the health check."""
    balancer.let_out_to("to-tasks", targets.port, purpose, tasks.group_id)
    tasks.let_in_from(f"from-{LOAD_BALANCER}", targets.port, "From the load balancer", balancer.group_id)
    if targets.health_check_port is not None:
        check = targets.health_check_port
        balancer.let_out_to("to-tasks-check", check, f"{purpose}, health check", tasks.group_id)
        tasks.let_in_from(f"from-{HEALTH_CHECK}", check, "Health check of the load balancer", balancer.group_id)


def forward_to(targets: lb.TargetGroup) -> lb.ListenerDefaultActionArgsDict:
    """An action that sends requests to a target group."""
    return {"type": "forward", "target_group_arn": targets.arn}
