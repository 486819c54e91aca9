"""Application load balancer: who may reach it, what it serves, and where it keeps its logs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import lb

from ._checks import ArgumentError, child_name, cidr_block, each, given, not_empty, whole_number
from ._rules import HTTPS, Gate, block_name, closed_group
from ._tags import Tags, named

HTTP = 80
NAME_LENGTH = 32
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
LONGEST_IDLE_SECONDS = 4000
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
    access_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket for a line on every request; its policy has to let Elastic Load Balancing write.
    Default: no access log."""
    deletion_protection: NotRequired[bool]
    """Refuse to delete it until this is switched off. Default: false."""


@dataclass(frozen=True)
class Balancer:
    """A load balancer with the listener that serves."""

    resource: lb.LoadBalancer
    listener: lb.Listener
    gate: Gate
    scheme: str

    @property
    def url(self) -> pulumi.Output[str]:
        """Where it answers."""
        return pulumi.Output.concat(self.scheme, "://", self.resource.dns_name)


def check_load_balancer(who: str, name: str, args: LoadBalancerArgs, suffix: str = "") -> None:
    """Refuse a load balancer that AWS would not make, or that is open by oversight; `suffix` is its longest child's."""
    child_name(f"{who} load_balancer", name, NAME_LENGTH, suffix)
    allowed = args["allowed_cidr_blocks"]
    not_empty(who, "load_balancer.allowed_cidr_blocks", allowed, "your office's network, or 0.0.0.0/0 for everyone")
    each(who, "load_balancer.allowed_cidr_blocks", allowed, cidr_block)
    certificate = args.get("certificate_arn")
    if isinstance(certificate, str) and not ACM_ARN.fullmatch(certificate):
        raise ArgumentError(
            f"{who}: load_balancer.certificate_arn must be the ARN of a certificate, got {certificate!r}"
        )
    idle = args.get("idle_timeout_seconds")
    if idle is not None:
        whole_number(who, "load_balancer.idle_timeout_seconds", idle, 1, LONGEST_IDLE_SECONDS)
    subnets = args["subnet_ids"]
    if isinstance(subnets, Sequence) and len(subnets) < 2:
        raise ArgumentError(f"{who}: load_balancer.subnet_ids must be of two zones at least, got {len(subnets)}")


def load_balancer(
    name: str,
    args: LoadBalancerArgs,
    vpc_id: pulumi.Input[str],
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Balancer:
    """Security group, load balancer and listeners; `action` is for requests that no rule of the listener takes."""
    certificate, bucket = args.get("certificate_arn"), args.get("access_logs_bucket")
    idle = args.get("idle_timeout_seconds")
    gate = closed_group(f"{name}-lb", vpc_id, f"Load balancer of {name}", tags, child)
    for served in (HTTP,) if certificate is None else (HTTP, HTTPS):
        for block in args["allowed_cidr_blocks"]:
            gate.let_in(f"{served}-{block_name(block)}", served, f"Port {served} from {block}", block)
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
    if certificate is None:
        listener = _listener(f"{name}-http", balancer, HTTP, "HTTP", action, tags, child)
        return Balancer(balancer, listener, gate, "http")
    redirect: lb.ListenerDefaultActionArgsDict = {
        "type": "redirect",
        "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
    }
    _listener(f"{name}-http", balancer, HTTP, "HTTP", redirect, tags, child)
    listener = _listener(f"{name}-https", balancer, HTTPS, "HTTPS", action, tags, child, certificate)
    return Balancer(balancer, listener, gate, "https")


def listener_beside(
    name: str,
    args: LoadBalancerArgs,
    balancer: Balancer,
    port: int,
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> lb.Listener:
    """One more listener, for the same networks and with the same certificate."""
    for block in args["allowed_cidr_blocks"]:
        balancer.gate.let_in(f"{port}-{block_name(block)}", port, f"Port {port} from {block}", block)
    protocol, certificate = balancer.scheme.upper(), args.get("certificate_arn")
    return _listener(f"{name}-{port}", balancer.resource, port, protocol, action, tags, child, certificate)


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
