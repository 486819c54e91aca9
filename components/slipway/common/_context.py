"""Context of a component for the functions that create its children."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import pulumi
import pulumi_aws as aws
from pulumi.output import UNKNOWN
from pulumi.runtime import is_dry_run

from ._tags import Tags, named

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """The component that resources are made for.

    >>> context = Context("Queue 'orders'", "orders", tags, pulumi.ResourceOptions(parent=self))
    >>> sqs.Queue(context.name, tags=context.tagged(context.name), opts=context.child)
    """

    who: str
    """Component and name, as error sentences begin."""
    name: str
    """Name of the component: the primary child's name, and the prefix of the others'."""
    tags: Tags | None
    """The caller's tags."""
    child: pulumi.ResourceOptions
    """Options of every child; the component is the parent."""

    def tagged(self, name: str) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
        """The caller's tags and a Name; the caller's own Name wins."""
        return named(name, self.tags)

    @property
    def lookup(self) -> pulumi.InvokeOutputOptions:
        """Options of a look-up, for the component's own provider."""
        return pulumi.InvokeOutputOptions(parent=self.child.parent)

    @property
    def region(self) -> pulumi.Output[str]:
        """Region of the component's provider."""
        return answered(aws.get_region_output(opts=self.lookup).region)

    @property
    def partition(self) -> pulumi.Output[str]:
        """Partition of the component's provider, such as aws."""
        return answered(aws.get_partition_output(opts=self.lookup).partition)

    @property
    def account_id(self) -> pulumi.Output[str]:
        """Account of the component's provider. It is asked once, however many components use it."""
        return provider_account_id(self.child.parent)

    def after(self, awaited: Sequence[pulumi.Resource]) -> "Context":
        """The same for children that wait for these resources."""
        return self.with_options(pulumi.ResourceOptions(depends_on=awaited))

    def with_options(self, options: pulumi.ResourceOptions) -> "Context":
        """The same for children with further options."""
        return replace(self, child=pulumi.ResourceOptions.merge(self.child, options))

    def part(self, role: str) -> "Context":
        """The same for a part of the component, whose children begin with `<name>-<role>`."""
        return replace(self, name=f"{self.name}-{role}")


def answered(value: pulumi.Output[T]) -> pulumi.Output[T]:
    """A value from a look-up's answer, unknown while the provider's configuration is: the SDK gives a preview None then.

    Source: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/provider_plugin.go
    """
    unknown: pulumi.Output[T] = pulumi.Output.from_input(cast("T", UNKNOWN))
    return value.apply(lambda known: unknown if known is None else known)


@dataclass
class _Run:
    """Answers of the providers in one run of a program, or in the component plugin, by their references."""

    loop: asyncio.AbstractEventLoop | None = None
    accounts: dict[str, pulumi.Output[str]] = field(default_factory=dict)


_run = _Run()
GET_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


def provider_account_id(component: pulumi.Resource | None) -> pulumi.Output[str]:
    """Account of a component's provider. Each look-up is a call to AWS, so it is asked once in a run."""
    provider = component.get_provider(GET_CALLER) if component is not None else None

    async def reference() -> str:
        known = [await provider.urn.future(), await provider.id.future()] if provider is not None else []
        return repr([is_dry_run(), *known])

    def asked_once(key: str) -> pulumi.Output[str]:
        loop = asyncio.get_running_loop()
        if _run.loop is not loop:
            _run.loop, _run.accounts = loop, {}
        if key not in _run.accounts:
            lookup = pulumi.InvokeOutputOptions(parent=component)
            _run.accounts[key] = answered(aws.get_caller_identity_output(opts=lookup).account_id)
        return _run.accounts[key]

    # A provider's own outputs would make whoever takes the answer depend on it.
    key: pulumi.Output[str] = pulumi.Output.from_input(reference())
    return key.apply(asked_once)
