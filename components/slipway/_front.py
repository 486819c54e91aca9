"""What stands in front of a service's tasks: its target group, and the load balancer that sends to it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from ._load_balancer import LoadBalancerArgs, load_balancer
from ._rules import Gate
from ._tags import Tags
from ._target_group import TargetPlan, target_group


@dataclass(frozen=True)
class Front:
    """What the service needs of what stands in front of it."""

    targets: lb.TargetGroup
    port: int
    sends: pulumi.Resource
    """What sends to the target group; ECS takes no target group that nothing sends to."""
    balancer_arn_suffix: pulumi.Output[str]
    """Load balancer, as metrics know it."""
    group_id: pulumi.Output[str]
    """Security group of the load balancer."""
    url: pulumi.Output[str]


def own_front(
    name: str,
    args: LoadBalancerArgs,
    made: TargetPlan,
    vpc_id: pulumi.Input[str],
    tasks: Gate,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Front:
    """A load balancer of the service's own, open to its tasks on their port only."""
    targets = target_group(name, made, vpc_id, tags, child)
    forward: lb.ListenerDefaultActionArgsDict = {"type": "forward", "target_group_arn": targets.arn}
    balancer = load_balancer(name, args, vpc_id, forward, tags, child)
    balancer.gate.let_out_to("to-tasks", made.port, "To the tasks", tasks)
    tasks.let_in_from("from-lb", made.port, "From the load balancer", balancer.gate)
    return Front(
        targets=targets,
        port=made.port,
        sends=balancer.listener,
        balancer_arn_suffix=balancer.resource.arn_suffix,
        group_id=balancer.gate.group.id,
        url=balancer.url,
    )
