"""Arguments of LoadBalancer, and of a service's own load balancer.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class LoadBalancerArgs(TypedDict):
    """Arguments of LoadBalancer, and of a service's own load balancer."""

    vpc_id: NotRequired[pulumi.Input[str]]
    """VPC of the subnets, required by LoadBalancer. Default: in a service, the service's VPC."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets in at least two zones: public ones, or private ones with `internal`."""
    allowed_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks with access; 0.0.0.0/0 opens it to the internet. Default: none."""
    allowed_prefix_list_ids: NotRequired[list[str]]
    """Prefix lists with access, such as CloudFront's. Default: none."""
    allowed_security_group_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Security groups with access, by a name of your choice. Default: none."""
    internal: NotRequired[bool]
    """Give it private addresses only. Default: false."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """ACM certificate. Port 443 then serves, and port 80 redirects to it. Default: a new certificate for `domain_names`;
    without these, plain HTTP on port 80."""
    domain_names: NotRequired[list[str]]
    """Names of the load balancer, each with a new record in `hosted_zone_id`; *.example.com stands for all names below.
    Without `certificate_arn` they get a new certificate, renewed by ACM. Default: the name from AWS alone."""
    hosted_zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone of `domain_names`; a new certificate needs a public zone. Default: none."""
    additional_certificate_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further ACM certificates for other names of the load balancer, by a name of your choice. Default: none."""
    tls_policy: NotRequired[str]
    """Security policy of Elastic Load Balancing with at least TLS 1.2. Default: TLS 1.3 and 1.2 with post-quantum keys,
    ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09."""
    trust_store_arn: NotRequired[pulumi.Input[str]]
    """Trust store for client certificates: clients must show a certificate of its authorities. Default: clients show
    none."""
    web_acl_arn: NotRequired[pulumi.Input[str]]
    """Regional web ACL of AWS WAF, applied to every request. Default: none."""
    idle_timeout_seconds: NotRequired[int]
    """Seconds until a silent connection ends, 1-4000; WebSockets and slow answers need more than the default.
    Default: 60."""
    access_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket for the log of requests; its policy must let Elastic Load Balancing write. Default: no access log."""
    connection_logs_bucket: NotRequired[pulumi.Input[str]]
    """S3 bucket for the log of TLS connections, with the same policy. Default: no connection log."""
    deletion_protection: NotRequired[bool]
    """Refuse to delete the load balancer until this is switched off. Default: false."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource. Default: in a service, the service's tags; else a Name, and the provider's own."""
