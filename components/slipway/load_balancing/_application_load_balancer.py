"""Application load balancer: who may reach it, what it serves under which names, and where it keeps its logs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import lb, wafv2

from slipway.common import HTTPS, Gate, Tags, block_name, closed_group, given, named

from ._certificate import alias_records, validated_certificate
from ._load_balancer_args import LoadBalancerArgs
from ._load_balancer_checks import TLS_POLICY

HTTP = 80


@dataclass(frozen=True)
class Balancer:
    """A load balancer with the listener that serves."""

    resource: lb.LoadBalancer
    listener: lb.Listener
    gate: Gate
    served: dict[str, Any]
    """How the listener serves: protocol, and with a certificate what TLS is told."""
    url: pulumi.Output[str]
    """Where it answers: under the first of its names that is no wildcard, else the one AWS gives it."""


def application_load_balancer(
    name: str,
    args: LoadBalancerArgs,
    vpc_id: pulumi.Input[str],
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Balancer:
    """Security group, load balancer, names and listeners; `action` is for requests that no rule of the listener takes."""
    tags = given(args.get("tags"), tags)
    domains, zone = given(args.get("domain_names"), []), args.get("hosted_zone_id")
    secure = args.get("certificate_arn") is not None or bool(domains)
    gate = closed_group(f"{name}-lb", vpc_id, f"Load balancer of {name}", tags, child)
    for port in (HTTP, HTTPS) if secure else (HTTP,):
        let_sources_in(gate, port, args)
    idle = args.get("idle_timeout_seconds")
    balancer = lb.LoadBalancer(
        name,
        load_balancer_type="application",
        internal=given(args.get("internal"), False),
        subnets=args["subnet_ids"],
        security_groups=[gate.group_id],
        drop_invalid_header_fields=True,
        idle_timeout=None if idle is None else int(idle),
        access_logs=logs_to(name, args.get("access_logs_bucket")),
        connection_logs=logs_to(name, args.get("connection_logs_bucket")),
        enable_deletion_protection=given(args.get("deletion_protection"), False),
        tags=named(name, tags),
        opts=child,
    )
    certificate = args.get("certificate_arn")
    if zone is not None:
        if certificate is None:
            certificate = validated_certificate(name, domains, zone, tags, child)
        alias_records(name, domains, zone, balancer, child)
    if (web_acl := args.get("web_acl_arn")) is not None:
        wafv2.WebAclAssociation(name, resource_arn=balancer.arn, web_acl_arn=web_acl, opts=child)
    host = pulumi.Output.from_input(next((it for it in domains if "*" not in it), balancer.dns_name))
    if certificate is None:
        served: dict[str, Any] = {"protocol": "HTTP"}
        listener = _listener(f"{name}-http", balancer, HTTP, action, tags, child, **served)
        return Balancer(balancer, listener, gate, served, pulumi.Output.concat("http://", host))
    redirect: lb.ListenerDefaultActionArgsDict = {
        "type": "redirect",
        "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
    }
    _listener(f"{name}-http", balancer, HTTP, redirect, tags, child, protocol="HTTP")
    trust = args.get("trust_store_arn")
    served = {
        "protocol": "HTTPS",
        "certificate_arn": certificate,
        "ssl_policy": given(args.get("tls_policy"), TLS_POLICY),
        "mutual_authentication": None if trust is None else {"mode": "verify", "trust_store_arn": trust},
    }
    listener = _listener(f"{name}-https", balancer, HTTPS, action, tags, child, **served)
    for key, arn in given(args.get("additional_certificate_arns"), {}).items():
        lb.ListenerCertificate(f"{name}-{key}", listener_arn=listener.arn, certificate_arn=arn, opts=child)
    return Balancer(balancer, listener, gate, served, pulumi.Output.concat("https://", host))


def listener_beside(
    name: str,
    args: LoadBalancerArgs,
    balancer: Balancer,
    port: int,
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> lb.Listener:
    """One more listener, for the same sources and with the same certificate."""
    let_sources_in(balancer.gate, port, args)
    tags = given(args.get("tags"), tags)
    return _listener(f"{name}-{port}", balancer.resource, port, action, tags, child, **balancer.served)


def let_sources_in(gate: Gate, port: int, args: LoadBalancerArgs) -> None:
    """Admit everyone who is named to one port."""
    for block in given(args.get("allowed_cidr_blocks"), []):
        gate.let_in(f"{port}-{block_name(block)}", port, f"Port {port} from {block}", block)
    for prefix_list in given(args.get("allowed_prefix_list_ids"), []):
        gate.let_in_listed(f"{port}-{prefix_list}", port, f"Port {port} from {prefix_list}", prefix_list)
    for key, group_id in given(args.get("allowed_security_group_ids"), {}).items():
        gate.let_in_from(f"{port}-{key}", port, f"Port {port} from {key}", group_id)


def logs_to(name: str, bucket: pulumi.Input[str] | None) -> Any:
    """Where a log of the load balancer goes, below its name."""
    return None if bucket is None else {"bucket": bucket, "enabled": True, "prefix": name}


def _listener(
    name: str,
    balancer: lb.LoadBalancer,
    port: int,
    action: lb.ListenerDefaultActionArgsDict,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
    **served: Any,
) -> lb.Listener:
    return lb.Listener(
        name,
        load_balancer_arn=balancer.arn,
        port=port,
        default_actions=[action],
        tags=named(name, tags),
        opts=child,
        **served,
    )
