"""Endpoints: a VPC's private ways to AWS services, and the services of each component.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

import re
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import ec2

from slipway.common import HTTPS, Arguments, closed_group, different_names, distinct, one_of

from ._routing import Site

SERVICE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
# Image layers come from S3: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
IMAGE_PULL = ("ecr.api", "ecr.dkr", "logs")
# Without ec2messages: newer agents do not use it, and the role of Bastion and Host does not allow it.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
SESSION_MANAGER = ("ssm", "ssmmessages")
# https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html, without X-Ray
CLUSTER = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sts")
ENDPOINTS_FOR: Mapping[str, Sequence[str]] = {
    "Bastion": SESSION_MANAGER,
    "EksCluster": CLUSTER,
    "FanOut": ("sns", "sqs"),
    "FargateService": IMAGE_PULL,
    "Host": SESSION_MANAGER,
    "Job": IMAGE_PULL,
    "Queue": ("sqs",),
    "QueueWorker": (*IMAGE_PULL, "sqs"),
    "Topic": ("sns",),
    # Features of components: commands run in a task, KMS keys of your own, two kinds of secrets, logged sessions.
    "exec": ("ssmmessages",),
    "kms": ("kms",),
    "parameters": ("ssm",),
    "secrets": ("secretsmanager",),
    "session_logs": ("logs",),
}


def service_names(arguments: Arguments) -> list[str]:
    """Distinct services of interface endpoints, without `com.amazonaws.<region>.`, such as ecr.api."""
    services, components = arguments.texts("interface_endpoints"), arguments.texts("endpoints_for")
    for service in services:
        check_service_name(arguments, service)
    distinct(arguments.who, "interface_endpoints", services)
    for component in components:
        one_of(arguments.who, "endpoints_for", component, ENDPOINTS_FOR)
    distinct(arguments.who, "endpoints_for", components)
    different_names(arguments.who, "interface_endpoints", [(name, name.replace(".", "-")) for name in services])
    needed = [service for component in components for service in ENDPOINTS_FOR[component]]
    return list(dict.fromkeys([*services, *needed]))


def check_service_name(arguments: Arguments, service: str) -> None:
    """Refuse malformed service names, and services with a free gateway."""
    key = "interface_endpoints"
    if not SERVICE_NAME.fullmatch(service) or service.startswith("com.amazonaws."):
        fix = "leave out com.amazonaws and the region, as in ecr.api or logs"
        raise arguments.error(key, f"must be service names, got {service!r}; {fix}")
    if service == "s3":
        raise arguments.error(key, "must not name s3, which has a free gateway; remove it")
    if service == "dynamodb":
        raise arguments.error(key, "must not name dynamodb, which has a free gateway; set dynamodb_endpoint instead")


def gateway_endpoint(site: Site, service: str, tables: Sequence[ec2.RouteTable]) -> ec2.VpcEndpoint:
    """A free gateway to S3 or DynamoDB, with routes in these tables."""
    name = f"{site.context.name}-{service}"
    return ec2.VpcEndpoint(
        name,
        vpc_id=site.vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=full_service_name(site, service),
        route_table_ids=[table.id for table in tables],
        tags=site.context.tagged(name),
        opts=site.context.child,
    )


def interface_endpoints(site: Site, services: Sequence[str], subnets: Sequence[ec2.Subnet]) -> list[ec2.VpcEndpoint]:
    """An interface endpoint for each service, in every given subnet. Their security group admits the VPC only."""
    if not services:
        return []
    context = site.context
    group = closed_group(f"{context.name}-endpoints", site.vpc.id, "Interface endpoints", context.tags, context.child)
    group.let_in("https", HTTPS, "HTTPS from the VPC", site.vpc.cidr_block)
    context = context.after(group.rules)
    return [
        ec2.VpcEndpoint(
            f"{context.name}-{service.replace('.', '-')}",
            vpc_id=site.vpc.id,
            vpc_endpoint_type="Interface",
            service_name=full_service_name(site, service),
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.group_id],
            private_dns_enabled=True,
            tags=context.tagged(f"{context.name}-{service.replace('.', '-')}"),
            opts=context.child,
        )
        for service in services
    ]


def full_service_name(site: Site, service: str) -> pulumi.Output[str]:
    """The name of a service in the provider's region, such as com.amazonaws.eu-west-1.logs."""
    return pulumi.Output.concat("com.amazonaws.", site.context.region, ".", service)
