"""A service on a shared listener: target group, listener rules, and the way from the load balancer to the tasks.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import pulumi
from pulumi_aws import lb

from slipway.common import ArgumentError, Context, Gate, text_output
from slipway.load_balancing import ListenerPlan, TargetPlan, clash_hooks, priority, target_group

from ._front import Front, open_way

# Priorities of every listener in this run of the program. Two services with the same one are refused before either
# exists; rules of other stacks are known to AWS alone.
_Taken = dict[tuple[object, int], str]
_taken_by_run: WeakKeyDictionary[object, _Taken] = WeakKeyDictionary()


@dataclass(frozen=True)
class SharedListener:
    """A checked shared listener, with the service's rules and target group."""

    listener: ListenerPlan
    targets: TargetPlan


def take_priorities(who: str, plan: ListenerPlan) -> None:
    """Refuse a rule whose priority another service of this program has on the same listener."""
    taken = _taken_by_run.setdefault(pulumi.runtime.settings.get_monitor(), {})
    # The same output is the same listener; the dictionary keeps it, so that its identity is never reused.
    places = {rule.key: (plan.listener_arn, rule.priority) for rule in plan.rules}
    for rule in plan.rules:
        other = taken.get(places[rule.key])
        if other is not None:
            argument = f"listener.rules.{rule.key}"
            free = next(
                number
                for number in (priority(rule.conditions.ordered(), attempt) for attempt in range(1, 99))
                if (plan.listener_arn, number) not in taken
            )
            fix = f"ask for something else, or set {argument}.priority, for example to {free}"
            raise ArgumentError(f"{who}: {argument} has priority {rule.priority} on this listener like {other}; {fix}")
    taken.update({place: f"{who} listener.rules.{key}" for key, place in places.items()})


def shared_front(context: Context, plan: SharedListener, vpc_id: pulumi.Input[str], tasks: Gate) -> Front:
    """Make a target group and its rules on an existing listener."""
    rules = plan.listener.rules
    listener_arn = text_output(context.who, "listener.listener_arn", plan.listener.listener_arn)
    targets = target_group(context, plan.targets, vpc_id, listener_arn.apply(balancer_arn))
    balancer_group = pulumi.Output.from_input(plan.listener.security_group_id)
    gate = Gate(f"{context.name}-lb", balancer_group, context.tags, context.child, tasks.rules)
    open_way(gate, tasks, plan.targets, f"To {context.name}")
    hooks = pulumi.ResourceOptions(hooks=clash_hooks(context, rules))
    senders = [
        lb.ListenerRule(
            f"{context.name}-{rule.key}",
            listener_arn=listener_arn,
            priority=rule.priority,
            conditions=rule.conditions.aws_conditions(),
            actions=[{"type": "forward", "target_group_arn": targets.arn}],
            tags=context.tagged(f"{context.name}-{rule.key}"),
            opts=pulumi.ResourceOptions.merge(context.child, hooks),
        )
        for rule in rules
    ]
    return Front(
        targets=targets,
        port=plan.targets.port,
        senders=senders,
        balancer_arn_suffix=listener_arn.apply(balancer_suffix),
        group_id=balancer_group,
        url=None,
    )


def balancer_arn(listener_arn: str) -> str:
    """The load balancer of a listener.

    >>> balancer_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0a1b/2c3d")
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/edge/0a1b'
    """
    return listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]


def balancer_suffix(listener_arn: str) -> str:
    """The load balancer of a listener in CloudWatch metrics, such as app/edge/0a1b2c3d."""
    return listener_arn.partition(":listener/")[2].rpartition("/")[0]
