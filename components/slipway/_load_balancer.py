"""Application load balancer in front of one service: who may reach it, what it checks, where it sends.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, lb

from ._checks import ArgumentError, child_name, cidr_block, each, given, not_empty, whole_number
from ._rules import HTTPS, Gate, block_name, closed_group
from ._tags import Tags, named

HTTP = 80
NAME_LENGTH = 32
LONGEST_DELAY_SECONDS = 3600
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
HEALTH_CHECK_PATH = "/health"
HEALTH_CHECK_INTERVAL_SECONDS = 10  # AWS's 30 s finds a new task healthy 20 s later, for no gain
HEALTH_CHECK_TIMEOUT_SECONDS = 5
HEALTHY_THRESHOLD = 2
UNHEALTHY_THRESHOLD = 3
DEREGISTRATION_DELAY_SECONDS = 15  # AWS's 300 s holds every roll-out up for requests that last a second
LONGEST_IDLE_SECONDS = 4000
LONGEST_STICKINESS_SECONDS = 604800
ACM_ARN = re.compile(r"arn:aws[a-z-]*:(acm|iam):.+")


class LoadBalancerArgs(TypedDict):
    """A load balancer of the service's own."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets in two zones at least: public ones, or private ones when internal."""
    allowed_cidr_blocks: list[str]
    """IPv4 networks that may reach it, at least one; 0.0.0.0/0 opens it to the internet."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate in ACM; port 443 then serves and port 80 redirects to it. Default: plain HTTP on port 80."""
    internal: NotRequired[bool]
    """Give it private addresses only. Default: false."""
    idle_timeout_seconds: NotRequired[int]
    """Seconds that a connection may be silent, 1-4000; WebSockets and slow answers need more. Default: 60."""
    stickiness_seconds: NotRequired[int]
    """Seconds that a cookie keeps a client at one task, 1-604800. Default: each request goes to any task."""
    access_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket for a line on every request; its policy has to let Elastic Load Balancing write.
    Default: no access log."""
    deletion_protection: NotRequired[bool]
    """Refuse to delete it until this is switched off. Default: false."""


@dataclass(frozen=True)
class Front:
    """What the service needs of its load balancer."""

    balancer: lb.LoadBalancer
    targets: lb.TargetGroup
    listener: lb.Listener
    group: ec2.SecurityGroup
    port: int
    scheme: str


def check_load_balancer(who: str, name: str, args: LoadBalancerArgs) -> None:
    """Refuse a load balancer that AWS would not make, or that is open by oversight."""
    child_name(f"{who} load_balancer", name, NAME_LENGTH)
    allowed = args["allowed_cidr_blocks"]
    not_empty(who, "load_balancer.allowed_cidr_blocks", allowed, "your office's network, or 0.0.0.0/0 for everyone")
    each(who, "load_balancer.allowed_cidr_blocks", allowed, cidr_block)
    certificate = args.get("certificate_arn")
    if isinstance(certificate, str) and not ACM_ARN.fullmatch(certificate):
        raise ArgumentError(
            f"{who}: load_balancer.certificate_arn must be the ARN of a certificate, got {certificate!r}"
        )
    idle, sticky = args.get("idle_timeout_seconds"), args.get("stickiness_seconds")
    if idle is not None:
        whole_number(who, "load_balancer.idle_timeout_seconds", idle, 1, LONGEST_IDLE_SECONDS)
    if sticky is not None:
        whole_number(who, "load_balancer.stickiness_seconds", sticky, 1, LONGEST_STICKINESS_SECONDS)
    subnets = args["subnet_ids"]
    if isinstance(subnets, Sequence) and len(subnets) < 2:
        raise ArgumentError(f"{who}: load_balancer.subnet_ids must be of two zones at least, got {len(subnets)}")


def health_check_path(who: str, value: str | None) -> str:
    """Path that answers 200 while the task is well."""
    path = given(value, HEALTH_CHECK_PATH)
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise ArgumentError(f"{who}: health_check_path must start with / and have no spaces, got {path!r}")
    return path


def deregistration_delay(who: str, value: float | None) -> int:
    """Seconds that requests under way get."""
    seconds = given(value, DEREGISTRATION_DELAY_SECONDS)
    return whole_number(who, "deregistration_delay_seconds", seconds, 0, LONGEST_DELAY_SECONDS)


def load_balancer(
    name: str,
    args: LoadBalancerArgs,
    vpc_id: pulumi.Input[str],
    tasks: Gate,
    port: int,
    health_path: str,
    delay_seconds: int,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Front:
    """Security group, load balancer, target group and listeners of one service, open to its tasks on their port only."""
    certificate, bucket = args.get("certificate_arn"), args.get("access_logs_bucket")
    idle, sticky = args.get("idle_timeout_seconds"), args.get("stickiness_seconds")
    gate = closed_group(f"{name}-lb", vpc_id, f"Load balancer of {name}", tags, child)
    for served in (HTTP,) if certificate is None else (HTTP, HTTPS):
        for block in args["allowed_cidr_blocks"]:
            gate.let_in(f"{served}-{block_name(block)}", served, f"Port {served} from {block}", block)
    gate.let_out_to("to-tasks", port, "To the tasks", tasks)
    tasks.let_in_from("from-lb", port, "From the load balancer", gate)
    balancer = lb.LoadBalancer(
        name,
        load_balancer_type="application",
        internal=given(args.get("internal"), False),
        subnets=args["subnet_ids"],
        security_groups=[gate.group.id],
        drop_invalid_header_fields=True,
        idle_timeout=None if idle is None else int(idle),
        access_logs={"bucket": bucket, "enabled": True, "prefix": name} if bucket is not None else None,
        enable_deletion_protection=given(args.get("deletion_protection"), False),
        tags=named(name, tags),
        opts=child,
    )
    targets = lb.TargetGroup(
        name,
        vpc_id=vpc_id,
        target_type="ip",
        protocol="HTTP",
        port=port,
        deregistration_delay=delay_seconds,
        stickiness=None if sticky is None else {"type": "lb_cookie", "cookie_duration": int(sticky)},
        health_check={
            "path": health_path,
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
    forward: lb.ListenerDefaultActionArgsDict = {"type": "forward", "target_group_arn": targets.arn}
    if certificate is None:
        listener = _listener(f"{name}-http", balancer, HTTP, "HTTP", forward, tags, child)
        return Front(balancer, targets, listener, gate.group, port, "http")
    redirect: lb.ListenerDefaultActionArgsDict = {
        "type": "redirect",
        "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
    }
    _listener(f"{name}-http", balancer, HTTP, "HTTP", redirect, tags, child)
    listener = _listener(f"{name}-https", balancer, HTTPS, "HTTPS", forward, tags, child, certificate)
    return Front(balancer, targets, listener, gate.group, port, "https")


def _listener(
    name: str,
    balancer: lb.LoadBalancer,
    port: int,
    protocol: str,
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
    certificate: pulumi.Input[str] | None = None,
) -> lb.Listener:
    return lb.Listener(
        name,
        load_balancer_arn=balancer.arn,
        port=port,
        protocol=protocol,
        certificate_arn=certificate,
        ssl_policy=None if certificate is None else TLS_POLICY,
        default_actions=[action],
        tags=named(name, tags),
        opts=child,
    )
