"""Context of a component for the functions that create its children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from ._tags import Tags, named


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

    def after(self, awaited: Sequence[pulumi.Resource]) -> "Context":
        """The same for children that wait for these resources."""
        return self.with_options(pulumi.ResourceOptions(depends_on=awaited))

    def with_options(self, options: pulumi.ResourceOptions) -> "Context":
        """The same for children with further options."""
        return replace(self, child=pulumi.ResourceOptions.merge(self.child, options))

    def part(self, role: str) -> "Context":
        """The same for a part of the component, whose children begin with `<name>-<role>`."""
        return replace(self, name=f"{self.name}-{role}")
