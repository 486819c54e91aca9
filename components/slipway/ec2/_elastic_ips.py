"""Elastic IPs: fixed public addresses for single instances.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
"""

import pulumi
from pulumi_aws import ec2

from slipway.common import ALLOCATION_ID, Context


def check_allocation_id(who: str, argument: str, value: pulumi.Input[str] | None) -> None:
    """Refuse a plain value without the form of an allocation id; outputs pass."""
    if isinstance(value, str):
        ALLOCATION_ID.check(who, argument, value)


def elastic_ip(
    context: Context,
    instance: ec2.Instance,
    allocation_id: pulumi.Input[str] | None,
    depends_on: pulumi.Resource | None = None,
) -> ec2.Eip | ec2.EipAssociation:
    """An Elastic IP on an instance, a new one or the caller's; a replaced instance hands it on. It has `public_ip`."""
    parent, wait_for = context.child.parent, [depends_on] if depends_on else None
    if allocation_id is None:
        return ec2.Eip(
            context.name,
            instance=instance.id,
            domain="vpc",
            tags=context.tagged(context.name),
            opts=pulumi.ResourceOptions(parent=parent, depends_on=wait_for),
        )
    return ec2.EipAssociation(
        context.name,
        instance_id=instance.id,
        allocation_id=allocation_id,
        # An address has one association at a time, so the old one goes first.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=wait_for, delete_before_replace=True),
    )
