"""A question that an update asks once: a resource of the engine's own keeps what was asked, a hook asks it.

The hook runs before the resource is created or changed: not at other runs, and never in a preview. A bad answer fails the
resource, which is then not recorded, so the next run asks again. Under mocks nobody asks.
Source: https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pulumi

from slipway.common import Context

from ._hook import resource_hook
from ._look_up import has_engine

Ask = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Asks about the properties, and raises RunError on a bad answer."""


def question(context: Context, role: str, props: Mapping[str, pulumi.Input[object]], ask: Ask) -> pulumi.Resource:
    """The resource `<name>-<role>` of a question, to wait for."""

    async def before(args: pulumi.ResourceHookArgs) -> None:
        await ask((args.new_inputs or {})["input"])

    name, hooks = f"{context.name}-{role}", None
    if has_engine():
        hook = resource_hook(name, before)
        hooks = pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])
    return pulumi.Stash(name, context.with_options(pulumi.ResourceOptions(hooks=hooks)).child, dict(props))
