"""What stands in front of a service's tasks: its target group, and the load balancer that sends to it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from slipway.common import Gate, Tags
from slipway.load_balancing import (
    Balancer,
    LoadBalancerArgs,
    TargetPlan,
    application_load_balancer,
    listener_beside,
    target_group,
)

from ._strategy import Strategy
from ._traffic_shift import ALTERNATE, Shift, shift


@dataclass(frozen=True)
class Front:
    """What the service needs of what stands in front of it."""

    targets: lb.TargetGroup
    port: int
    sends: Sequence[pulumi.Resource]
    """What sends to the target group; ECS takes no target group that nothing sends to."""
    balancer_arn_suffix: pulumi.Output[str]
    """Load balancer, as metrics know it."""
    group_id: pulumi.Output[str]
    """Security group of the load balancer."""
    url: pulumi.Output[str] | None
    """Address of a load balancer of its own."""
    shift: Shift | None = None
    """What moves requests from one deployment to the next; none where tasks are replaced one by one."""

    @property
    def awaited(self) -> list[pulumi.Resource]:
        """What has to be there before the service is."""
        return [*self.sends, *(self.shift.awaited if self.shift else [])]

    @property
    def target_group_arns(self) -> list[pulumi.Input[str]]:
        """Where ECS registers tasks."""
        return [self.targets.arn, *([self.shift.alternate.arn] if self.shift else [])]


def own_front(
    name: str,
    args: LoadBalancerArgs,
    made: TargetPlan,
    strategy: Strategy,
    permissions_boundary_arn: pulumi.Input[str] | None,
    vpc_id: pulumi.Input[str],
    tasks: Gate,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Front:
    """A load balancer of the service's own, open to its tasks on their port only."""
    targets = target_group(name, made, vpc_id, tags, child)
    forward: lb.ListenerDefaultActionArgsDict = {"type": "forward", "target_group_arn": targets.arn}
    balancer = application_load_balancer(name, args, vpc_id, forward, tags, child)
    balancer.gate.let_out_to("to-tasks", made.port, "To the tasks", tasks.group_id)
    tasks.let_in_from("from-lb", made.port, "From the load balancer", balancer.gate.group_id)
    moves = None
    if strategy.shifts:
        alternate = target_group(f"{name}{ALTERNATE}", made, vpc_id, tags, child)
        probe = _probe(name, args, balancer, strategy.test_port, alternate, tags, child)
        boundary = permissions_boundary_arn
        moves = shift(name, targets, alternate, balancer.listener, probe, boundary, tags, child)
    return Front(
        targets=targets,
        port=made.port,
        sends=[balancer.listener],
        balancer_arn_suffix=balancer.resource.arn_suffix,
        group_id=balancer.gate.group_id,
        url=balancer.url,
        shift=moves,
    )


def _probe(
    name: str,
    args: LoadBalancerArgs,
    balancer: Balancer,
    port: int | None,
    alternate: lb.TargetGroup,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> lb.Listener | None:
    """Where the tasks answer that no request has moved to."""
    if port is None:
        return None
    forward: lb.ListenerDefaultActionArgsDict = {"type": "forward", "target_group_arn": alternate.arn}
    return listener_beside(name, args, balancer, port, forward, tags, child)
