"""The target group of a service: port, health check, draining of leaving tasks.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import pulumi
from pulumi_aws import lb

from slipway.common import Arguments, Context, shown

from ._replacement import replaced_with

HEALTH_CHECK_PATH = "/health"
HEALTH_CHECK_INTERVAL_SECONDS = 10  # AWS's own 30 s find a new task up to 20 s later
HEALTH_CHECK_TIMEOUT_SECONDS = 5
HEALTHY_THRESHOLD = 2
UNHEALTHY_THRESHOLD = 3
DEREGISTRATION_DELAY_SECONDS = 15  # AWS's own 300 s delay every deployment
LONGEST_DELAY_SECONDS = 3600
LONGEST_STICKINESS_SECONDS = 604800
SLOW_START_BOUNDS_SECONDS = (30, 900)
HTTP1, HTTP2, GRPC = "HTTP1", "HTTP2", "GRPC"
PROTOCOL_VERSIONS = (HTTP1, HTTP2, GRPC)
ONLY_TLS = (HTTP2, GRPC)
# Status 0 of gRPC's health service is healthy.
GRPC_HEALTH_CHECK_PATH = "/grpc.health.v1.Health/Check"
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
HEALTH_CHECK_URI = re.compile(r"/[!-~]{0,1023}")
CODE_LIST = re.compile(r"[0-9]{1,3}(-[0-9]{1,3})?(,[0-9]{1,3}(-[0-9]{1,3})?)*")
# Arguments of a service without effect where it has no load balancer.
ONLY_BALANCED = (
    "health_check_path",
    "health_check_port",
    "health_check_grace_period_seconds",
    "deregistration_delay_seconds",
    "longest_request_seconds",
    "health_check_codes",
    "stickiness_seconds",
    "slow_start_seconds",
    "protocol_version",
)


class Codes(NamedTuple):
    """Status codes for health checks with one protocol version."""

    default: str
    low: int
    high: int


# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
CODES = {HTTP1: Codes("200", 200, 499), HTTP2: Codes("200", 200, 499), GRPC: Codes("0", 0, 99)}


@dataclass(frozen=True)
class TargetPlan:
    """A checked target group with every default filled in."""

    port: int
    protocol_version: str
    health_check_path: str
    health_check_port: int | None
    """None for the port of the requests."""
    health_check_codes: str
    deregistration_delay_seconds: int
    longest_request_seconds: int
    """0 where the caller did not say."""
    stickiness_seconds: int | None
    slow_start_seconds: int | None


def target_plan(arguments: Arguments, port: int) -> TargetPlan:
    """Check the arguments of a service about its target group. Raises ArgumentError."""
    version = arguments.one_of("protocol_version", PROTOCOL_VERSIONS, HTTP1)
    path = arguments.text("health_check_path", GRPC_HEALTH_CHECK_PATH if version == GRPC else HEALTH_CHECK_PATH)
    if not HEALTH_CHECK_URI.fullmatch(path):
        rule = "must start with / and have no spaces, in at most 1024 characters of ASCII"
        raise arguments.error("health_check_path", f"{rule}, got {shown(path)}")
    check_port = arguments.optional_whole_number("health_check_port", 1, 65535)
    codes = health_check_codes(arguments, CODES[version])
    longest = arguments.optional_whole_number("longest_request_seconds", 1, LONGEST_DELAY_SECONDS) or 0
    enough = max(DEREGISTRATION_DELAY_SECONDS, longest)
    delay = arguments.whole_number("deregistration_delay_seconds", 0, LONGEST_DELAY_SECONDS, enough)
    if delay < longest:
        rule = f"must cover longest_request_seconds, {longest}, got {delay}"
        raise arguments.error("deregistration_delay_seconds", f"{rule}; make it {longest} or more, or leave it out")
    return TargetPlan(
        port=port,
        protocol_version=version,
        health_check_path=path,
        health_check_port=None if check_port == port else check_port,
        health_check_codes=codes,
        deregistration_delay_seconds=delay,
        longest_request_seconds=longest,
        stickiness_seconds=arguments.optional_whole_number("stickiness_seconds", 1, LONGEST_STICKINESS_SECONDS),
        slow_start_seconds=arguments.optional_whole_number("slow_start_seconds", *SLOW_START_BOUNDS_SECONDS),
    )


def health_check_codes(arguments: Arguments, codes: Codes) -> str:
    """Codes of a healthy task, one by one or in ranges, within the load balancer's bounds."""
    text = arguments.text("health_check_codes", codes.default)
    low, high = codes.low, codes.high
    if not CODE_LIST.fullmatch(text) or not all(is_code_range(part, codes) for part in text.split(",")):
        rule = f"must be codes {low}-{high}, such as {low}, {low},{low + 2} or {low}-{high}"
        raise arguments.error("health_check_codes", f"{rule}, got {shown(text)}")
    return text


def is_code_range(text: str, codes: Codes) -> bool:
    """Whether `200`, or the ends of `200-299` in this order, are within the bounds."""
    first, _, last = text.partition("-")
    return codes.low <= int(first) <= int(last or first) <= codes.high


def target_group(
    context: Context, plan: TargetPlan, vpc_id: pulumi.Input[str], balancer_arn: pulumi.Input[str]
) -> lb.TargetGroup:
    """The target group for the tasks of a service, replaced with its load balancer: AWS lets it belong to one."""
    cookie, check_port = plan.stickiness_seconds, plan.health_check_port
    return lb.TargetGroup(
        context.name,
        vpc_id=vpc_id,
        target_type="ip",
        protocol="HTTP",
        # Without a value it is HTTP1; setting that value would replace the target group.
        protocol_version=None if plan.protocol_version == HTTP1 else plan.protocol_version,
        port=plan.port,
        deregistration_delay=plan.deregistration_delay_seconds,
        stickiness=None if cookie is None else {"enabled": True, "type": "lb_cookie", "cookie_duration": cookie},
        slow_start=plan.slow_start_seconds,
        health_check={
            "path": plan.health_check_path,
            "port": None if check_port is None else str(check_port),
            "protocol": "HTTP",
            "matcher": plan.health_check_codes,
            "interval": HEALTH_CHECK_INTERVAL_SECONDS,
            "timeout": HEALTH_CHECK_TIMEOUT_SECONDS,
            "healthy_threshold": HEALTHY_THRESHOLD,
            "unhealthy_threshold": UNHEALTHY_THRESHOLD,
        },
        tags=context.tagged(context.name),
        opts=context.with_options(replaced_with(balancer_arn)).child,
    )
