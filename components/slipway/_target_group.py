"""How requests come to the tasks of a service: the port, the health check, how long a leaving task is drained.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import lb

from ._checks import ArgumentError, given, whole_number
from ._tags import Tags, named

HEALTH_CHECK_PATH = "/health"
HEALTH_CHECK_INTERVAL_SECONDS = 10  # AWS's 30 s finds a new task healthy 20 s later, for no gain
HEALTH_CHECK_TIMEOUT_SECONDS = 5
HEALTHY_THRESHOLD = 2
UNHEALTHY_THRESHOLD = 3
DEREGISTRATION_DELAY_SECONDS = 15  # AWS's 300 s holds every roll-out up for requests that last a second
LONGEST_DELAY_SECONDS = 3600
LONGEST_STICKINESS_SECONDS = 604800
# Arguments of a service that say nothing where no load balancer stands in front of it.
ONLY_BALANCED = (
    "health_check_path",
    "health_check_grace_period_seconds",
    "deregistration_delay_seconds",
    "stickiness_seconds",
)


@dataclass(frozen=True)
class TargetPlan:
    """A target group with every default filled in."""

    port: int
    health_path: str
    delay_seconds: int
    stickiness_seconds: int | None


def target_plan(who: str, args: Mapping[str, Any], port: int) -> TargetPlan:
    """Arguments of a service to its target group."""
    path = given(args.get("health_check_path"), HEALTH_CHECK_PATH)
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise ArgumentError(f"{who}: health_check_path must start with / and have no spaces, got {path!r}")
    delay = given(args.get("deregistration_delay_seconds"), DEREGISTRATION_DELAY_SECONDS)
    sticky = args.get("stickiness_seconds")
    return TargetPlan(
        port=port,
        health_path=path,
        delay_seconds=whole_number(who, "deregistration_delay_seconds", delay, 0, LONGEST_DELAY_SECONDS),
        stickiness_seconds=None
        if sticky is None
        else whole_number(who, "stickiness_seconds", sticky, 1, LONGEST_STICKINESS_SECONDS),
    )


def target_group(
    name: str, made: TargetPlan, vpc_id: pulumi.Input[str], tags: Tags | None, child: pulumi.ResourceOptions
) -> lb.TargetGroup:
    """The target group that ECS registers the tasks in."""
    sticky = made.stickiness_seconds
    return lb.TargetGroup(
        name,
        vpc_id=vpc_id,
        target_type="ip",
        protocol="HTTP",
        port=made.port,
        deregistration_delay=made.delay_seconds,
        stickiness=None if sticky is None else {"type": "lb_cookie", "cookie_duration": sticky},
        health_check={
            "path": made.health_path,
            "protocol": "HTTP",
            "matcher": "200",
            "interval": HEALTH_CHECK_INTERVAL_SECONDS,
            "timeout": HEALTH_CHECK_TIMEOUT_SECONDS,
            "healthy_threshold": HEALTHY_THRESHOLD,
            "unhealthy_threshold": UNHEALTHY_THRESHOLD,
        },
        tags=named(name, tags),
        opts=child,
    )
