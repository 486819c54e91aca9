"""A rule whose priority another stack has on the listener: found in the preview, and explained in an update.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc
from pulumi_aws import _utilities

from slipway.common import Context

from ._listener_rule import Rule
from ._rule_priority import priority

LOOK_UP = "aws:lb/getListenerRule:getListenerRule"
THREAD = ThreadPoolExecutor(1, "rule-clash")  # makes its thread with the first look-up
NO_RULE = ("empty result", "couldn't find resource")  # the provider's words where no rule has the priority
RETURNED = "returned an error: "


def clash_hooks(context: Context, rules: Sequence[Rule]) -> pulumi.ResourceHookBinding | None:
    """Hooks of the rules of a service; the engine calls them only for a rule that it makes or changes."""
    # Mocks announce hooks, but have no server to call them.
    if not isinstance(pulumi.runtime.settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub):
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

    in_preview = pulumi.ResourceHook(f"{context.name}-free", look, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(
        before_create=[in_preview],
        before_update=[in_preview],
        on_error=[pulumi.ErrorHook(f"{context.name}-clash", explain)],
    )


async def check_free(context: Context, rule: Rule, new: Mapping[str, object], old: Mapping[str, object]) -> None:
    """Refuse a rule, in its inputs of a preview, whose priority another rule of the listener has."""
    listener_arn = new.get("listenerArn")
    # Without an ARN the listener is made in this update, and has no rules yet.
    if not isinstance(listener_arn, str) or old.get("priority") == new.get("priority"):
        return
    try:
        other = await rule_at(context, listener_arn, rule.priority)
    except grpc.RpcError as error:
        cause = " ".join(str(error.details()).rpartition(RETURNED)[2].split())
        if not any(words in cause for words in NO_RULE):
            pulumi.log.warn(
                f"{context.who}: listener.rules.{rule.key} cannot be compared with the rules of other stacks: {cause}; "
                "allow elasticloadbalancing:DescribeRules and DescribeTags, or the update shows a clash"
            )
        return
    raise pulumi.RunError(clash(context.who, rule, (other.get("tags") or {}).get("Name")))


async def rule_at(context: Context, listener_arn: str, at_priority: int) -> Mapping[str, Any]:
    """The rule of a listener with this priority, by the component's own provider. Raises grpc.RpcError.

    The SDK's own look-up waits for one of its 32 threads. They may all wait for resources, which wait for the engine,
    which waits for the hooks that look up; so this look-up has a thread of its own.
    """
    parent = context.child.parent
    provider = parent.get_provider(LOOK_UP) if parent is not None else None
    reference = f"{await provider.urn.future()}::{await provider.id.future() or rpc.UNKNOWN}" if provider else ""
    args = Struct()
    args.update({"listenerArn": listener_arn, "priority": at_priority})
    # The version of the rule's own default provider: another one would have to be made first.
    version = _utilities.get_version()  # type: ignore[no-untyped-call]
    request = resource_pb2.ResourceInvokeRequest(
        tok=LOOK_UP, args=args, provider=reference, version=version, acceptResources=True
    )
    monitor = cast("resource_pb2_grpc.ResourceMonitorStub", pulumi.runtime.settings.get_monitor())
    answer = await asyncio.get_running_loop().run_in_executor(THREAD, monitor.Invoke, request)
    found: Mapping[str, Any] = rpc.deserialize_properties(getattr(answer, "return"))
    return found


def clash(who: str, rule: Rule, other: str | None = None) -> str:
    """One sentence about a rule whose priority another stack has; `other` is the name of its rule."""
    argument, free = f"listener.rules.{rule.key}", priority(rule.conditions.ordered(), 1)
    named = f"rule {other!r}" if other else "a rule"
    fix = (
        f"it asks for the same, unless set by hand: ask for something else, or set {argument}.priority, such as {free}"
    )
    return f"{who}: {argument} has priority {rule.priority} like {named} of another stack on this listener; {fix}"
