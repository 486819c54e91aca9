"""A value whose change replaces a resource reaches the engine through transforms, too."""

import asyncio

import pulumi
import pytest
from pulumi.runtime import _callbacks
from pulumi.runtime.proto import resource_pb2

from slipway.load_balancing._replacement import SDK_OPTIONS, replaced_with

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/0a1b"
SERVICER = object.__new__(_callbacks._CallbackServicer)  # noqa: SLF001 - the method asks nothing of it


def transformed(options: pulumi.ResourceOptions) -> resource_pb2.TransformResourceOptions:
    """Options that a transform returned, as the engine gets them."""
    return asyncio.run(SERVICER._transformation_resource_options(options, "web"))


def test_a_transform_keeps_the_value() -> None:
    options = replaced_with(ARN)
    assert transformed(options).replacement_trigger.string_value == ARN


def test_a_resource_without_the_value_is_as_the_sdk_has_it() -> None:
    replaced_with(ARN)
    kept = transformed(pulumi.ResourceOptions(ignore_changes=["tags"]))
    assert not kept.HasField("replacement_trigger")
    assert list(kept.ignore_changes) == ["tags"]


def test_the_sdk_still_fails() -> None:
    """Where it does not any more, `replaced_with` is ResourceOptions(replacement_trigger=...)."""
    with pytest.raises(TypeError, match="Message must be initialized with a dict"):
        asyncio.run(SDK_OPTIONS(SERVICER, pulumi.ResourceOptions(replacement_trigger=ARN), "web"))  # type: ignore[arg-type]
