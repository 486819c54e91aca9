"""Tags: the caller's own, and a Name for the AWS console."""

from collections.abc import Mapping

import pulumi

Tags = pulumi.Input[Mapping[str, pulumi.Input[str]]]


def named(name: str, tags: Tags | None) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
    """The caller's tags and a Name; a Name of the caller's own wins."""
    return pulumi.Output.from_input(tags or {}).apply(lambda own: {"Name": name, **own})
