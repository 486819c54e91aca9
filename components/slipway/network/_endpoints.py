"""Endpoints through which a VPC reaches AWS services without leaving it, and which of them each component needs.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

import re
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from slipway.common import HTTPS, ArgumentError, closed_group, distinct, named, one_of

from ._routing import Site

SERVICE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
# Image layers come from S3: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
PULLED_TASK = ("ecr.api", "ecr.dkr", "logs")
# Not ec2messages: newer agents do without, and the role of Bastion and Host does not allow it.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
SESSION_MANAGER = ("ssm", "ssmmessages")
ENDPOINTS_FOR: Mapping[str, Sequence[str]] = {
    "Bastion": SESSION_MANAGER,
    "FanOut": ("sns", "sqs"),
    "FargateService": PULLED_TASK,
    "Host": SESSION_MANAGER,
    "Queue": ("sqs",),
    "QueueWorker": (*PULLED_TASK, "sqs"),
    "Topic": ("sns",),
    # Not components, but switches of theirs: commands run in a task, its two kinds of secrets, keys of one's own, what is
    # typed on a bastion.
    "exec": ("ssmmessages",),
    "kms": ("kms",),
    "parameters": ("ssm",),
    "secrets": ("secretsmanager",),
    "session_logs": ("logs",),
}


def service_names(who: str, services: Sequence[str], components: Sequence[str]) -> list[str]:
    """Services of interface endpoints, by their name in AWS's list without `com.amazonaws.<region>.`, once each."""
    for service in services:
        if not SERVICE_NAME.fullmatch(service) or service.startswith("com.amazonaws."):
            fix = "leave out com.amazonaws and the region, as in ecr.api or logs"
            raise ArgumentError(f"{who}: interface_endpoints must be service names, got {service!r}; {fix}")
        if service == "s3":
            raise ArgumentError(f"{who}: interface_endpoints must not name s3, which has a free gateway; remove it")
        if service == "dynamodb":
            fix = "set dynamodb_endpoint instead"
            raise ArgumentError(f"{who}: interface_endpoints must not name dynamodb, which has a free gateway; {fix}")
    distinct(who, "interface_endpoints", services)
    for component in components:
        one_of(who, "endpoints_for", component, ENDPOINTS_FOR)
    distinct(who, "endpoints_for", components)
    return list(dict.fromkeys([*services, *(name for it in components for name in ENDPOINTS_FOR[it])]))


def gateway_endpoint(site: Site, service: str, tables: Sequence[ec2.RouteTable]) -> ec2.VpcEndpoint:
    """Routes to S3 or DynamoDB, which cost nothing."""
    name = f"{site.name}-{service}"
    return ec2.VpcEndpoint(
        name,
        vpc_id=site.vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=pulumi.Output.concat("com.amazonaws.", region(site), ".", service),
        route_table_ids=[table.id for table in tables],
        tags=named(name, site.tags),
        opts=site.child,
    )


def interface_endpoints(site: Site, services: Sequence[str], subnets: Sequence[ec2.Subnet]) -> list[ec2.VpcEndpoint]:
    """One interface endpoint per service, in every subnet given, behind a group that admits the VPC only."""
    if not services:
        return []
    shared = f"{site.name}-endpoints"
    gate = closed_group(shared, site.vpc.id, f"Interface endpoints of {site.name}", site.tags, site.child)
    gate.let_in("https", HTTPS, "HTTPS from the VPC", site.vpc.cidr_block)
    return [
        ec2.VpcEndpoint(
            f"{site.name}-{service.replace('.', '-')}",
            vpc_id=site.vpc.id,
            vpc_endpoint_type="Interface",
            service_name=pulumi.Output.concat("com.amazonaws.", region(site), ".", service),
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[gate.group_id],
            private_dns_enabled=True,
            tags=named(f"{site.name}-{service.replace('.', '-')}", site.tags),
            opts=site.child,
        )
        for service in services
    ]


def region(site: Site) -> pulumi.Output[str]:
    """The region of the provider."""
    return aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=site.child.parent)).region
