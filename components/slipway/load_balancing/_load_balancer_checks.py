"""What a load balancer cannot be: one that AWS does not make, that nobody reaches, or whose settings have no effect.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-application-load-balancer.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slipway.common import (
    ArgumentError,
    aws_arn,
    child_keys,
    child_name,
    cidr_block,
    each,
    given,
    not_empty,
    prefix_list_id,
    whole_number,
)

from ._load_balancer_args import LoadBalancerArgs

NAME_LENGTH = 32
IDLE_TIMEOUT_SECONDS = 60  # AWS's own
LONGEST_IDLE_SECONDS = 4000
LONGEST_DOMAIN = 64  # what ACM takes for the first name of a certificate
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
TLS_POLICIES = re.compile(r"ELBSecurityPolicy-[A-Za-z0-9-]+")
# Policies that speak TLS 1.0 or 1.1.
OLD_TLS = re.compile(r"ELBSecurityPolicy-(2\d{3}-\d\d|TLS-1-[01]-.*|TLS13-1-[01]-.*|FS-2018-06|FS-1-1-.*)")
DOMAIN = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
BUCKETS = ("access_logs_bucket", "connection_logs_bucket")
SOURCES = ("allowed_cidr_blocks", "allowed_prefix_list_ids", "allowed_security_group_ids")
ARNS = {
    "certificate_arn": ("(acm|iam)", "a certificate"),
    "trust_store_arn": ("elasticloadbalancing", "a trust store"),
    "web_acl_arn": ("wafv2", "a regional web ACL"),
}
# What only a listener with a certificate has.
ONLY_HTTPS = ("additional_certificate_arns", "tls_policy", "trust_store_arn", "connection_logs_bucket")


def check_load_balancer(who: str, path: str, name: str, args: LoadBalancerArgs, suffix: str = "") -> None:
    """Refuse a load balancer that AWS would not make, or that nobody can reach; `suffix` is its longest child's."""
    child_name(f"{who} {path}".rstrip(". "), name, NAME_LENGTH, suffix)
    values: Mapping[str, Any] = args
    check_sources(who, path, values)
    for key, (service, what) in ARNS.items():
        aws_arn(who, f"{path}{key}", values.get(key), service, what)
    for key in BUCKETS:
        bucket = values.get(key)
        if isinstance(bucket, str) and not BUCKET.fullmatch(bucket):
            raise ArgumentError(
                f"{who}: {path}{key} must be the name of a bucket, got {bucket!r}; write it like example-logs"
            )
    idle = args.get("idle_timeout_seconds")
    if idle is not None:
        whole_number(who, f"{path}idle_timeout_seconds", idle, 1, LONGEST_IDLE_SECONDS)
    subnets = args["subnet_ids"]
    if isinstance(subnets, Sequence) and len(subnets) < 2:
        raise ArgumentError(f"{who}: {path}subnet_ids must be of two zones at least, got {len(subnets)}")
    check_names(who, path, args)
    check_tls(who, path, args)


def check_sources(who: str, path: str, values: Mapping[str, Any]) -> None:
    """Someone has to be let in, and every source is one."""
    asked = [key for key in SOURCES if values.get(key) is not None]
    if not asked:
        fix = f"set {SOURCES[0]} to your office's network or to 0.0.0.0/0 for everyone, {SOURCES[1]} or {SOURCES[2]}"
        raise ArgumentError(f"{who}: {path}{SOURCES[0]} is required where no other source is named, got nothing; {fix}")
    for key in asked:
        example = "your office's network, or 0.0.0.0/0 for everyone" if key == SOURCES[0] else "one that you trust"
        not_empty(who, f"{path}{key}", values[key], example)
    each(who, f"{path}{SOURCES[0]}", given(values.get(SOURCES[0]), []), cidr_block)
    each(who, f"{path}{SOURCES[1]}", given(values.get(SOURCES[1]), []), prefix_list_id)
    child_keys(who, f"{path}{SOURCES[2]}", given(values.get(SOURCES[2]), {}))


def check_names(who: str, path: str, args: LoadBalancerArgs) -> None:
    """Names and their zone go together; each name is one that DNS and ACM take."""
    domains, zone = args.get("domain_names"), args.get("hosted_zone_id")
    if zone is not None and domains is None:
        raise ArgumentError(f"{who}: {path}hosted_zone_id goes with domain_names, got none; set both or neither")
    if domains is None:
        return
    if zone is None:
        fix = "set the Route 53 zone that they are in, or leave them out and make records of your own"
        raise ArgumentError(f"{who}: {path}domain_names goes with hosted_zone_id, got none; {fix}")
    not_empty(who, f"{path}domain_names", domains, "api.example.com")
    each(who, f"{path}domain_names", domains, domain_name)


def domain_name(who: str, argument: str, value: str) -> None:
    """A name in lower case, with a wildcard at most for its first label."""
    if not DOMAIN.fullmatch(value) or len(value) > LONGEST_DOMAIN:
        rule = f"must be a domain name in lower case, at most {LONGEST_DOMAIN} long, such as api.example.com"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}")


def check_tls(who: str, path: str, args: LoadBalancerArgs) -> None:
    """Settings of TLS need a certificate; old policies are refused."""
    values: Mapping[str, Any] = args
    served = args.get("certificate_arn") is not None or args.get("domain_names") is not None
    for key in ONLY_HTTPS:
        if values.get(key) is not None and not served:
            fix = "set certificate_arn, or domain_names for one that is made"
            raise ArgumentError(f"{who}: {path}{key} needs a certificate, got none; {fix}")
    more = given(args.get("additional_certificate_arns"), {})
    child_keys(who, f"{path}additional_certificate_arns", more)
    for key, arn in more.items():
        aws_arn(who, f"{path}additional_certificate_arns.{key}", arn, *ARNS["certificate_arn"])
    policy = args.get("tls_policy")
    if policy is None:
        return
    if not TLS_POLICIES.fullmatch(policy):
        rule = "must be the name of a policy of Elastic Load Balancing"
        raise ArgumentError(f"{who}: {path}tls_policy {rule}, got {policy!r}; for example {TLS_POLICY}")
    if OLD_TLS.fullmatch(policy):
        raise ArgumentError(f"{who}: {path}tls_policy must not speak TLS 1.0 or 1.1, got {policy!r}; use {TLS_POLICY}")
