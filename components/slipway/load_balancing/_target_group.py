"""How requests come to the tasks of a service: the port, the health check, how long a leaving task is drained.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import lb

from slipway.common import ArgumentError, Tags, given, named, one_of, whole_number

HEALTH_CHECK_PATH = "/health"
HEALTH_CHECK_INTERVAL_SECONDS = 10  # AWS's 30 s finds a new task healthy 20 s later, for no gain
HEALTH_CHECK_TIMEOUT_SECONDS = 5
HEALTHY_THRESHOLD = 2
UNHEALTHY_THRESHOLD = 3
DEREGISTRATION_DELAY_SECONDS = 15  # AWS's 300 s holds every roll-out up for requests that last a second
LONGEST_DELAY_SECONDS = 3600
LONGEST_STICKINESS_SECONDS = 604800
SLOW_START_BOUNDS_SECONDS = (30, 900)
HTTP1, HTTP2, GRPC = "HTTP1", "HTTP2", "GRPC"
PROTOCOL_VERSIONS = (HTTP1, HTTP2, GRPC)
ONLY_TLS = (HTTP2, GRPC)
# A gRPC server answers to its health service with status 0.
GRPC_HEALTH_CHECK_PATH = "/grpc.health.v1.Health/Check"
# Codes that a health check may answer with: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
CODES = {HTTP1: ("200", 200, 499), HTTP2: ("200", 200, 499), GRPC: ("0", 0, 99)}
CODE_LIST = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
# Arguments of a service that say nothing where no load balancer stands in front of it.
ONLY_BALANCED = (
    "health_check_path",
    "health_check_grace_period_seconds",
    "deregistration_delay_seconds",
    "longest_request_seconds",
    "health_check_codes",
    "stickiness_seconds",
    "slow_start_seconds",
    "protocol_version",
)


@dataclass(frozen=True)
class TargetPlan:
    """A target group with every default filled in."""

    port: int
    protocol_version: str
    health_path: str
    health_codes: str
    delay_seconds: int
    stickiness_seconds: int | None
    slow_start_seconds: int | None


def target_plan(who: str, args: Mapping[str, Any], port: int) -> TargetPlan:
    """Arguments of a service to its target group."""

    def seconds(key: str, low: int, high: int, default: int | None = None) -> int | None:
        value = given(args.get(key), default)
        return None if value is None else whole_number(who, key, value, low, high)

    version = one_of(who, "protocol_version", given(args.get("protocol_version"), HTTP1), PROTOCOL_VERSIONS)
    path = given(args.get("health_check_path"), GRPC_HEALTH_CHECK_PATH if version == GRPC else HEALTH_CHECK_PATH)
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise ArgumentError(f"{who}: health_check_path must start with / and have no spaces, got {path!r}")
    codes = given(args.get("health_check_codes"), CODES[version][0])
    check_codes(who, codes, *CODES[version][1:])
    longest = seconds("longest_request_seconds", 1, LONGEST_DELAY_SECONDS) or 0
    enough = max(DEREGISTRATION_DELAY_SECONDS, longest)
    delay = seconds("deregistration_delay_seconds", 0, LONGEST_DELAY_SECONDS, enough) or 0
    if delay < longest:
        fix = f"make it {longest} or more, or leave it out"
        raise ArgumentError(
            f"{who}: deregistration_delay_seconds must cover longest_request_seconds, {longest}, got {delay}; {fix}"
        )
    return TargetPlan(
        port=port,
        protocol_version=version,
        health_path=path,
        health_codes=codes,
        delay_seconds=delay,
        stickiness_seconds=seconds("stickiness_seconds", 1, LONGEST_STICKINESS_SECONDS),
        slow_start_seconds=seconds("slow_start_seconds", *SLOW_START_BOUNDS_SECONDS),
    )


def check_codes(who: str, codes: str, low: int, high: int) -> None:
    """Codes one by one or in ranges, each within what a load balancer looks for."""
    numbers = [int(number) for number in re.findall(r"\d+", codes)]
    if not CODE_LIST.fullmatch(codes) or not all(low <= number <= high for number in numbers):
        rule = f"must be codes {low}-{high}, such as {low}, {low},{low + 2} or {low}-{high}"
        raise ArgumentError(f"{who}: health_check_codes {rule}, got {codes!r}")


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
        # Absent it is HTTP1, and setting it replaces the target group.
        protocol_version=None if made.protocol_version == HTTP1 else made.protocol_version,
        port=made.port,
        deregistration_delay=made.delay_seconds,
        stickiness=None if sticky is None else {"enabled": True, "type": "lb_cookie", "cookie_duration": sticky},
        slow_start=made.slow_start_seconds,
        health_check={
            "path": made.health_path,
            "protocol": "HTTP",
            "matcher": made.health_codes,
            "interval": HEALTH_CHECK_INTERVAL_SECONDS,
            "timeout": HEALTH_CHECK_TIMEOUT_SECONDS,
            "healthy_threshold": HEALTHY_THRESHOLD,
            "unhealthy_threshold": UNHEALTHY_THRESHOLD,
        },
        tags=named(name, tags),
        opts=child,
    )
