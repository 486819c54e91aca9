"""Checks of a load balancer's arguments: sources, names, certificates, TLS, logs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-application-load-balancer.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments, Tags, aws_arn, child_name, each, not_empty, prefix_list_id

NAME_LENGTH = 32
IDLE_TIMEOUT_SECONDS = 60  # AWS's own
LONGEST_IDLE_SECONDS = 4000
LONGEST_DOMAIN = 64  # of the first name of a certificate in ACM
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
TLS_POLICIES = re.compile(r"ELBSecurityPolicy-[A-Za-z0-9-]+")
# Policies with TLS 1.0 or 1.1.
OLD_TLS = re.compile(r"ELBSecurityPolicy-(2[0-9]{3}-[0-9]{2}|TLS-1-[01]-.*|TLS13-1-[01]-.*|FS-2018-06|FS-1-1-.*)")
DOMAIN = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SOURCES = ("allowed_cidr_blocks", "allowed_prefix_list_ids", "allowed_security_group_ids")
CERTIFICATE = ("(acm|iam)", "a certificate")
# These need a listener with a certificate.
ONLY_HTTPS = ("additional_certificate_arns", "tls_policy", "trust_store_arn", "connection_logs_bucket")


@dataclass(frozen=True)
class Sources:
    """Networks and security groups with access to a load balancer."""

    cidr_blocks: Sequence[str]
    prefix_list_ids: Sequence[str]
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """Name to security group."""


@dataclass(frozen=True)
class DomainNames:
    """Names of a load balancer and their Route 53 zone; both or neither."""

    names: Sequence[str]
    zone_id: pulumi.Input[str] | None


@dataclass(frozen=True)
class Tls:
    """Certificates and TLS settings of a load balancer."""

    certificate_arn: pulumi.Input[str] | None
    """None for plain HTTP, or for a new certificate of the domain names."""
    additional_certificate_arns: Mapping[str, pulumi.Input[str]]
    policy: str
    trust_store_arn: pulumi.Input[str] | None


@dataclass(frozen=True)
class LoadBalancerPlan:
    """A checked load balancer with every default filled in."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    sources: Sources
    domains: DomainNames
    tls: Tls
    internal: bool
    web_acl_arn: pulumi.Input[str] | None
    idle_timeout_seconds: int | None
    """None for AWS's own 60 seconds."""
    access_logs_bucket: pulumi.Input[str] | None
    connection_logs_bucket: pulumi.Input[str] | None
    deletion_protection: bool
    tags: Tags | None

    @property
    def is_secure(self) -> bool:
        """Port 443 serves, with a certificate."""
        return self.tls.certificate_arn is not None or bool(self.domains.names)


def load_balancer_plan(arguments: Arguments, name: str, suffix: str = "") -> LoadBalancerPlan:
    """Check the arguments of a load balancer; `suffix` is the one of its longest child's name. Raises ArgumentError."""
    who, path = arguments.who, arguments.path
    child_name(f"{who} {path}".rstrip(". "), name, NAME_LENGTH, suffix)
    sources = checked_sources(arguments)
    certificate = arguments.arn("certificate_arn", *CERTIFICATE)
    trust_store = arguments.arn("trust_store_arn", "elasticloadbalancing", "a trust store")
    web_acl = arguments.arn("web_acl_arn", "wafv2", "a regional web ACL")
    access_logs, connection_logs = bucket(arguments, "access_logs_bucket"), bucket(arguments, "connection_logs_bucket")
    idle = arguments.optional_whole_number("idle_timeout_seconds", 1, LONGEST_IDLE_SECONDS)
    subnets = arguments.required_inputs("subnet_ids")
    if isinstance(subnets, Sequence) and len(subnets) < 2:
        raise arguments.error("subnet_ids", f"must be of two zones at least, got {len(subnets)}")
    domains = domain_names(arguments)
    return LoadBalancerPlan(
        subnet_ids=subnets,
        sources=sources,
        domains=domains,
        tls=Tls(certificate, additional_certificates(arguments), tls_policy(arguments), trust_store),
        internal=arguments.flag("internal"),
        web_acl_arn=web_acl,
        idle_timeout_seconds=idle,
        access_logs_bucket=access_logs,
        connection_logs_bucket=connection_logs,
        deletion_protection=arguments.flag("deletion_protection"),
        tags=arguments.tags(),
    )


def checked_sources(arguments: Arguments) -> Sources:
    """At least one source, each well-formed."""
    present = [key for key in SOURCES if arguments.has(key)]
    if not present:
        fix = f"set {SOURCES[0]} to your office's network or to 0.0.0.0/0 for everyone, {SOURCES[1]} or {SOURCES[2]}"
        raise arguments.error(SOURCES[0], f"is required where no other source is named, got nothing; {fix}")
    counts = {SOURCES[0]: arguments.texts(SOURCES[0]), SOURCES[1]: arguments.texts(SOURCES[1])}
    groups = arguments.input_map(SOURCES[2])
    for key in present:
        example = "your office's network, or 0.0.0.0/0 for everyone" if key == SOURCES[0] else "one that you trust"
        not_empty(arguments.who, arguments.label(key), counts.get(key, groups), example)
    blocks = arguments.cidr_blocks(SOURCES[0])
    each(arguments.who, arguments.label(SOURCES[1]), counts[SOURCES[1]], prefix_list_id)
    arguments.child_keys(SOURCES[2])
    return Sources(blocks, counts[SOURCES[1]], groups)


def bucket(arguments: Arguments, key: str) -> pulumi.Input[str] | None:
    """The name of an S3 bucket."""
    name = arguments.input(key)
    if isinstance(name, str) and not BUCKET.fullmatch(name):
        raise arguments.error(key, f"must be the name of a bucket, got {name!r}; write it like example-logs")
    return name


def domain_names(arguments: Arguments) -> DomainNames:
    """Domain names with their zone: both or neither, and each name acceptable to DNS and ACM."""
    zone = arguments.input("hosted_zone_id")
    if not arguments.has("domain_names"):
        if zone is not None:
            raise arguments.error("hosted_zone_id", "needs domain_names, got none; set both or neither")
        return DomainNames((), None)
    if zone is None:
        fix = "set the Route 53 zone of these names, or leave them out and create records of your own"
        raise arguments.error("domain_names", f"needs hosted_zone_id, got none; {fix}")
    names = arguments.texts("domain_names")
    not_empty(arguments.who, arguments.label("domain_names"), names, "api.example.com")
    each(arguments.who, arguments.label("domain_names"), names, check_domain_name)
    return DomainNames(names, zone)


def check_domain_name(who: str, argument: str, value: str) -> None:
    """Refuse text that is no domain name in lower case; the first label may be *."""
    if not DOMAIN.fullmatch(value) or len(value) > LONGEST_DOMAIN:
        rule = f"must be a domain name in lower case, at most {LONGEST_DOMAIN} long, such as api.example.com"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}")


def additional_certificates(arguments: Arguments) -> Mapping[str, pulumi.Input[str]]:
    """Further certificates by name; these and all other TLS settings need a certificate."""
    for key in ONLY_HTTPS:
        if arguments.has(key) and not (arguments.has("certificate_arn") or arguments.has("domain_names")):
            fix = "set certificate_arn, or domain_names for a new one"
            raise arguments.error(key, f"needs a certificate, got none; {fix}")
    arguments.child_keys("additional_certificate_arns")
    certificates = arguments.input_map("additional_certificate_arns")
    for key, arn in certificates.items():
        aws_arn(arguments.who, arguments.label(f"additional_certificate_arns.{key}"), arn, *CERTIFICATE)
    return certificates


def tls_policy(arguments: Arguments) -> str:
    """A policy of Elastic Load Balancing with TLS 1.2 at least."""
    policy = arguments.text("tls_policy", TLS_POLICY)
    if not TLS_POLICIES.fullmatch(policy):
        rule = "must be the name of a policy of Elastic Load Balancing"
        raise arguments.error("tls_policy", f"{rule}, got {policy!r}; for example {TLS_POLICY}")
    if OLD_TLS.fullmatch(policy):
        raise arguments.error("tls_policy", f"must not allow TLS 1.0 or 1.1, got {policy!r}; use {TLS_POLICY}")
    return policy
