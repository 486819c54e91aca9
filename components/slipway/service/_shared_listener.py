"""A service behind a listener that it shares: target group, rules, and the two security groups opened to each other.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html
"""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.proto import resource_pb2_grpc
from pulumi_aws import lb

from slipway.common import ArgumentError, Gate, Tags, named
from slipway.load_balancing import ListenerArgs, Rule, TargetPlan, priority, rule_conditions, target_group

from ._front import Front

# Who has which priority of which listener, in this run of the program: two rules that meet are refused before either is
# made. Another stack's rules AWS alone knows.
_Taken = dict[tuple[object, int], str]
_taken_by_run: WeakKeyDictionary[object, _Taken] = WeakKeyDictionary()


def take_priorities(who: str, listener_arn: pulumi.Input[str], rules: Sequence[Rule]) -> None:
    """Refuse a rule whose priority another service of this program has on the same listener."""
    taken = _taken_by_run.setdefault(pulumi.runtime.settings.get_monitor(), {})
    # The same output is the same listener; an output is kept, so its identity stays its own.
    wanted = {rule.key: (listener_arn, rule.priority) for rule in rules}
    for rule in rules:
        other = taken.get(wanted[rule.key])
        if other is not None:
            argument = f"listener.rules.{rule.key}"
            free = next(n for n in (priority(rule.asked, k) for k in range(1, 99)) if (listener_arn, n) not in taken)
            fix = f"ask for something else, or set {argument}.priority, for example to {free}"
            raise ArgumentError(f"{who}: {argument} has priority {rule.priority} on this listener like {other}; {fix}")
    taken.update({place: f"{who} listener.rules.{key}" for key, place in wanted.items()})


def shared_front(
    who: str,
    name: str,
    args: ListenerArgs,
    rules: Sequence[Rule],
    made: TargetPlan,
    vpc_id: pulumi.Input[str],
    tasks: Gate,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Front:
    """What a service adds to a listener that is there: a target group and rules that send to it."""
    targets = target_group(name, made, vpc_id, tags, child)
    balancer_group = pulumi.Output.from_input(args["security_group_id"])
    Gate(f"{name}-lb", balancer_group, tags, child).let_out_to("to-tasks", made.port, f"To {name}", tasks.group_id)
    tasks.let_in_from("from-lb", made.port, "From the load balancer", balancer_group)
    listener_arn = pulumi.Output.from_input(args["listener_arn"])
    explained = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(hooks=explain_clash(who, name, rules)))
    sends = [
        lb.ListenerRule(
            f"{name}-{rule.key}",
            listener_arn=listener_arn,
            priority=rule.priority,
            conditions=rule_conditions(rule.args),
            actions=[{"type": "forward", "target_group_arn": targets.arn}],
            tags=named(f"{name}-{rule.key}", tags),
            opts=explained,
        )
        for rule in rules
    ]
    return Front(
        targets=targets,
        port=made.port,
        sends=sends,
        balancer_arn_suffix=listener_arn.apply(balancer_suffix),
        group_id=balancer_group,
        url=None,
    )


def explain_clash(who: str, name: str, rules: Sequence[Rule]) -> pulumi.ResourceHookBinding | None:
    """What to do when AWS says that a rule of another stack has the priority, beside AWS's own words."""
    # Mocks announce hooks and then have no server that could call them.
    if not isinstance(pulumi.runtime.settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub):
        return None

    def explain(failed: pulumi.ErrorHookArgs) -> bool:
        rule = next(it for it in rules if failed.name == f"{name}-{it.key}")
        if any("PriorityInUse" in error for error in failed.errors):
            pulumi.log.error(clash(who, rule))
        return False

    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-clash", explain)])


def clash(who: str, rule: Rule) -> str:
    """A rule whose priority another stack has, in one sentence."""
    argument, free = f"listener.rules.{rule.key}", priority(rule.asked, 1)
    fix = (
        f"it asks for the same, unless set by hand: ask for something else, or set {argument}.priority, such as {free}"
    )
    return f"{who}: {argument} has priority {rule.priority} like a rule of another stack on this listener; {fix}"


def balancer_suffix(listener_arn: str) -> str:
    """ARN of a listener to its load balancer, as metrics know it: app/name/id."""
    return listener_arn.partition(":listener/")[2].rpartition("/")[0]
