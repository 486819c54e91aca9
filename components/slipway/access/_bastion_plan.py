"""Checked arguments of a bastion."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from slipway.common import Arguments
from slipway.ec2 import InstanceSpec, check_allocation_id, instance_spec

from ._instance_hours import Hours, hours
from ._session_logs import SessionLogSpec, session_log_spec
from ._targets import Target, targets
from ._ways_in import WaysIn, ways_in


@dataclass(frozen=True)
class BastionPlan:
    """A bastion's arguments, with every default filled in."""

    vpc_id: pulumi.Input[str]
    vpc_cidr_block: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    ways_in: WaysIn
    instance: InstanceSpec
    allocation_id: pulumi.Input[str] | None
    """The caller's Elastic IP; None for a new one."""
    targets: Mapping[str, Target]
    session_logs: SessionLogSpec | None
    hours: Hours | None


def bastion_plan(arguments: Arguments, name: str) -> BastionPlan:
    """Check the arguments. Raises ArgumentError."""
    ways = ways_in(arguments)
    allocation_id = arguments.input("elastic_ip_allocation_id")
    check_allocation_id(arguments.who, "elastic_ip_allocation_id", allocation_id)
    has_elastic_ip = arguments.flag("elastic_ip", default=allocation_id is not None or ways.opens_ssh)
    if allocation_id is not None and not has_elastic_ip:
        rule = "is an Elastic IP, got elastic_ip false"
        raise arguments.error("elastic_ip_allocation_id", f"{rule}; remove one of them")
    return BastionPlan(
        vpc_id=arguments.required_input("vpc_id"),
        vpc_cidr_block=arguments.required_input("vpc_cidr_block"),
        subnet_id=arguments.required_input("subnet_id"),
        ways_in=ways,
        instance=instance_spec(arguments, has_elastic_ip=has_elastic_ip),
        allocation_id=allocation_id,
        targets=targets(arguments, name, ways.access),
        session_logs=session_log_spec(arguments, ways.access),
        hours=hours(arguments),
    )
