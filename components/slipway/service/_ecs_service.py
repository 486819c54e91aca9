"""The parts of an ECS service that its component puts together: capacity, groups, targets, verdict.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_aws import ecs

from slipway.common import Gate
from slipway.dynamic import Verdict
from slipway.task import Task

from ._capacity import ON_DEMAND, strategies
from ._front import Front, own_front
from ._service_args import FargateServiceArgs
from ._service_plan import Plan
from ._shared_listener import shared_front


def capacity(spot_percent: int) -> dict[str, Any]:
    """Share on Spot to the service's arguments."""
    if not spot_percent:
        return {"launch_type": ON_DEMAND}
    # The provider replaces a service whose mix changes, unless this is set.
    return {"capacity_provider_strategies": strategies(spot_percent), "force_new_deployment": True}


def groups(own: pulumi.Input[str], more: Sequence[pulumi.Input[str]] | None) -> list[pulumi.Input[str]]:
    """Security groups of the tasks: the service's own first."""
    return [own, *(more or [])]


def front_of(
    who: str,
    name: str,
    args: FargateServiceArgs,
    made: Plan,
    boundary_arn: pulumi.Input[str] | None,
    tasks: Gate,
    child: pulumi.ResourceOptions,
) -> Front | None:
    """What stands in front of the tasks: a load balancer of its own, a listener that it shares, or nothing."""
    if made.targets is None:
        return None
    vpc_id, tags = args["vpc_id"], args.get("tags")
    if "listener" in args and made.rules:
        return shared_front(who, name, args["listener"], made.rules, made.targets, vpc_id, tasks, tags, child)
    strategy = made.roll_out.strategy
    return own_front(name, args["load_balancer"], made.targets, strategy, boundary_arn, vpc_id, tasks, tags, child)


def verdict(
    name: str, service: ecs.Service, made: Task, front: Front | None, limit: int, child: pulumi.ResourceOptions
) -> None:
    """Wait for the deployment of what was asked for, and fail when the service does not run it in the end."""
    asked: dict[str, Any] = {
        "who": f"service {name!r}",
        "service": service.arn,
        "cluster": service.cluster,
        "service_urn": service.urn,
        "task_definition_arn": made.definition.arn,
        "container": name,
        "log_group": made.log_group_name,
        "target_group_arns": front.target_group_arns if front else [],
        "timeout_seconds": limit,
    }
    Verdict(name, asked, child)


def balanced(container: str, front: Front | None) -> list[ecs.ServiceLoadBalancerArgsDict] | None:
    """Where ECS registers the tasks."""
    if front is None:
        return None
    entry: ecs.ServiceLoadBalancerArgsDict = {
        "target_group_arn": front.targets.arn,
        "container_name": container,
        "container_port": front.port,
    }
    if front.shift:
        entry["advanced_configuration"] = front.shift.advanced()
    return [entry]
