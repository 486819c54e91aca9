"""What makes a resource of a load balancer new: a value whose change replaces it, also where a program has transforms."""

from collections.abc import Awaitable, Callable

import pulumi
from pulumi.runtime import _callbacks, rpc
from pulumi.runtime.proto import resource_pb2

Options = Callable[
    [_callbacks._CallbackServicer, pulumi.ResourceOptions, str],  # noqa: SLF001 - the SDK has no other place
    Awaitable[resource_pb2.TransformResourceOptions],
]
SDK_OPTIONS: Options = _callbacks._CallbackServicer._transformation_resource_options  # noqa: SLF001


def replaced_with(value: pulumi.Input[str]) -> pulumi.ResourceOptions:
    """Options of a resource that is replaced when the value changes.

    The SDK fails at such a resource where a transform sees it ("Message must be initialized with a dict"): it gives the
    engine the plain value in place of a message. From the first such resource on that is mended, for this process.
    """
    _callbacks._CallbackServicer._transformation_resource_options = _with_trigger  # type: ignore[assignment,method-assign] # noqa: SLF001
    return pulumi.ResourceOptions(replacement_trigger=value)


async def _with_trigger(
    servicer: _callbacks._CallbackServicer,
    options: pulumi.ResourceOptions,
    name: str,
) -> resource_pb2.TransformResourceOptions:
    """A transform's options as the engine takes them."""
    trigger, options.replacement_trigger = options.replacement_trigger, None
    result = await SDK_OPTIONS(servicer, options, name)
    if trigger is not None:
        value = await rpc.serialize_property(trigger, [], "replacement_trigger", return_protobuf_value=True)
        result.replacement_trigger.CopyFrom(value)
    return result
