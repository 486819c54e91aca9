"""Elastic IPs of instances: new ones, or the caller's own.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
"""

import re

import pulumi
from pulumi_aws import ec2

from slipway.common import ArgumentError, Tags, named

ALLOCATION_ID = re.compile(r"eipalloc-[0-9a-f]{8}([0-9a-f]{9})?")


def check_allocation_id(who: str, argument: str, value: object) -> None:
    """Refuse what is no Elastic IP's id, as far as it is known."""
    if isinstance(value, str) and not ALLOCATION_ID.fullmatch(value):
        rule = "must be an Elastic IP's allocation id, such as eipalloc-0123456789abcdef0"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}")


def elastic_ip(
    name: str,
    instance: ec2.Instance,
    allocation_id: pulumi.Input[str] | None,
    tags: Tags | None,
    opts: pulumi.ResourceOptions,
) -> ec2.Eip | ec2.EipAssociation:
    """An address of its own for an instance, which has the `public_ip`; it goes on to another one that takes its place."""
    if allocation_id is None:
        return ec2.Eip(name, instance=instance.id, domain="vpc", tags=named(name, tags), opts=opts)
    # An address is tied once; the tie to the old instance goes before the one to the new.
    one_at_a_time = pulumi.ResourceOptions(parent=opts.parent, depends_on=opts.depends_on, delete_before_replace=True)
    return ec2.EipAssociation(name, instance_id=instance.id, allocation_id=allocation_id, opts=one_at_a_time)
