"""The parts of a platform that its guard asks about, and the resources of the same stack that are no user of another one."""

import asyncio
import gc
from collections.abc import Iterator, Sequence

import pulumi
import pulumi_aws as aws
from pulumi_aws import alb, ec2, ecs, lb, sns

from slipway.common import answered, provider_account_id
from slipway.dynamic import PlatformGuard

PARTS: dict[str, tuple[tuple[type[pulumi.Resource], ...], str]] = {
    "clusters": ((ecs.Cluster,), "arn"),
    "load_balancers": ((lb.LoadBalancer, alb.LoadBalancer), "arn"),
    "listeners": ((lb.Listener, alb.Listener), "arn"),
    "topics": ((sns.Topic,), "arn"),
    "vpcs": ((ec2.Vpc,), "id"),
}
"""Kind of part to its resources, and their property with the id for AWS."""
OWN: dict[type[pulumi.Resource], str] = {
    ecs.Service: "arn",
    ec2.SecurityGroup: "id",
    lb.Listener: "arn",
    alb.Listener: "arn",
    lb.ListenerRule: "arn",
    alb.ListenerRule: "arn",
    sns.TopicSubscription: "arn",
}
"""Resources that use a part, and their property with the id for AWS."""


def guard_platform(
    who: str, name: str, components: Sequence[pulumi.ComponentResource], role_arn: pulumi.Input[str]
) -> None:
    """Make the guard of what these components created; none where they adopted everything."""
    children = [it for component in components for it in descendants(component)]
    parts = {
        kind: [getattr(it, key) for it in children if isinstance(it, classes)] for kind, (classes, key) in PARTS.items()
    }
    if not any(parts.values()):
        return
    stack = stack_resources()
    own = [getattr(it, key) for it in stack for kind, key in OWN.items() if isinstance(it, kind)]
    lookup = pulumi.InvokeOutputOptions(parent=components[0])
    PlatformGuard(
        name,
        {
            "who": who,
            "urn": f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::pulumi-python:dynamic/slipway:PlatformGuard::{name}",
            "account_id": provider_account_id(components[0]),
            "region": answered(aws.get_region_output(opts=lookup).region),
            "role_arn": role_arn,
            **parts,
            "own": pulumi.Output.all(*own).apply(sorted),
        },
        # Whatever exists goes after the guard.
        pulumi.ResourceOptions(depends_on=stack),
    )


def descendants(component: pulumi.Resource) -> Iterator[pulumi.Resource]:
    """Every resource below a component."""
    left = [component]
    while left:
        children = left.pop()._childResources  # noqa: SLF001 - the SDK has no other list of them
        yield from children
        left += children


def stack_resources() -> list[pulumi.Resource]:
    """Every resource that this program has made so far; components have no counterpart at AWS, and are left out.

    The SDK lists the children of a component, and not what has no parent. The garbage collector knows every object, also
    those of constructions before this one under mocks, which had an event loop of their own.
    """
    loop = asyncio.get_event_loop()
    found = [it for it in gc.get_objects() if issubclass(type(it), pulumi.CustomResource)]
    return [it for it in found if all(it.get_loop() is loop for it in vars(it.urn).values() if asyncio.isfuture(it))]
