"""A rule whose priority another stack has on the listener: found in the preview, and explained in an update.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
"""

from collections.abc import Mapping, Sequence

import grpc
import pulumi

from slipway.common import Context
from slipway.hooks import cause, error_hook, has_engine, look_up, resource_hook

from ._listener_rule import Rule
from ._rule_priority import priority

LOOK_UP = "aws:lb/getListenerRule:getListenerRule"
NO_RULE = ("empty result", "couldn't find resource")  # the provider's words where no rule has the priority


def clash_hooks(context: Context, rules: Sequence[Rule]) -> pulumi.ResourceHookBinding | None:
    """Hooks of the rules of a service; the engine calls them only for a rule that it makes or changes."""
    if not has_engine():
        return None

    def rule_of(name: str) -> Rule:
        return next(rule for rule in rules if name == f"{context.name}-{rule.key}")

    async def look(args: pulumi.ResourceHookArgs) -> None:
        if pulumi.runtime.is_dry_run():
            await check_free(context, rule_of(args.name), args.new_inputs or {}, args.old_inputs or {})

    def explain(failed: pulumi.ErrorHookArgs) -> bool:
        if any("PriorityInUse" in error for error in failed.errors):
            pulumi.log.error(clash(context.who, rule_of(failed.name)))
        return False

    in_preview = resource_hook(f"{context.name}-free", look, on_dry_run=True)
    return pulumi.ResourceHookBinding(
        before_create=[in_preview],
        before_update=[in_preview],
        on_error=[error_hook(f"{context.name}-clash", explain)],
    )


async def check_free(context: Context, rule: Rule, new: Mapping[str, object], old: Mapping[str, object]) -> None:
    """Refuse a rule, in its inputs of a preview, whose priority another rule of the listener has."""
    listener_arn = new.get("listenerArn")
    # Without an ARN the listener is made in this update, and has no rules yet.
    if not isinstance(listener_arn, str) or old.get("priority") == new.get("priority"):
        return
    try:
        other = await look_up(context, LOOK_UP, {"listenerArn": listener_arn, "priority": rule.priority})
    except grpc.RpcError as error:
        reason = cause(error)
        if not any(words in reason for words in NO_RULE):
            pulumi.log.warn(
                f"{context.who}: listener.rules.{rule.key} cannot be compared with the rules of other stacks: {reason}; "
                "allow elasticloadbalancing:DescribeRules and DescribeTags, or the update shows a clash"
            )
        return
    raise pulumi.RunError(clash(context.who, rule, (other.get("tags") or {}).get("Name")))


def clash(who: str, rule: Rule, other: str | None = None) -> str:
    """One sentence about a rule whose priority another stack has; `other` is the name of its rule."""
    argument, free = f"listener.rules.{rule.key}", priority(rule.conditions.ordered(), 1)
    named = f"rule {other!r}" if other else "a rule"
    fix = (
        f"it asks for the same, unless set by hand: ask for something else, or set {argument}.priority, such as {free}"
    )
    return f"{who}: {argument} has priority {rule.priority} like {named} of another stack on this listener; {fix}"
