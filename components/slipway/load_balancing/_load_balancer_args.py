"""Arguments of LoadBalancer, and of the load balancer that a service makes for itself.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class LoadBalancerArgs(TypedDict):
    """Arguments of LoadBalancer, and of a load balancer of a service's own."""

    vpc_id: NotRequired[pulumi.Input[str]]
    """VPC of the subnets, which LoadBalancer needs. Default: in a service, the service's."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets in two zones at least: public ones, or private ones when internal."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that may reach it; 0.0.0.0/0 opens it to the internet. Default: none."""
    allowed_prefix_list_ids: NotRequired[list[str]]
    """Prefix lists whose networks may reach it, such as CloudFront's. Default: none."""
    allowed_security_group_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Name to a security group whose members may reach it. Default: none."""
    internal: NotRequired[bool]
    """Give it private addresses only. Default: false."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate in ACM; port 443 then serves and port 80 redirects to it. Default: the one made for domain_names, else
    plain HTTP on port 80."""
    domain_names: NotRequired[list[str]]
    """Names that lead here, each with a record in hosted_zone_id; *.example.com is every name below. Without
    certificate_arn, a certificate for them is made and renewed by itself. Default: the name that AWS gives it."""
    hosted_zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone that domain_names are in: a public one, which proves a certificate, or with certificate_arn any.
    Default: none."""
    additional_certificate_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Name to a further certificate in ACM, for clients that ask for its names. Default: none."""
    tls_policy: NotRequired[str]
    """Policy of Elastic Load Balancing with TLS 1.2 at least. Default: TLS 1.3 and 1.2 with post-quantum keys,
    ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09."""
    trust_store_arn: NotRequired[pulumi.Input[str]]
    """Trust store of the authorities whose certificates clients have to show. Default: clients show none."""
    web_acl_arn: NotRequired[pulumi.Input[str]]
    """Regional web ACL of AWS WAF that requests have to pass. Default: none."""
    idle_timeout_seconds: NotRequired[int]
    """Seconds that a connection may be silent, 1-4000; WebSockets and slow answers need more. Default: 60."""
    access_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket for a line on every request; its policy has to let Elastic Load Balancing write.
    Default: no access log."""
    connection_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket, of the same kind, for a line on every TLS connection. Default: no connection log."""
    deletion_protection: NotRequired[bool]
    """Refuse to delete it until this is switched off. Default: false."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource. Default: in a service, the service's; else a Name, and the provider's own."""
