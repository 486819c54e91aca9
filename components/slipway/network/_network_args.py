"""Arguments of Network, as its schema describes them.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc-options.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from slipway.words import EndpointUser, Nat, Tier

from ._network_acls import NetworkAclArgs


class NetworkArgs(TypedDict):
    """Arguments of Network."""

    cidr_block: NotRequired[str]
    """Private IPv4 range of the VPC, /16 to /24; a /23 has room for 4 zones, a /24 for 2. A change replaces everything.
    Default: 10.20.0.0/16."""
    connected_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks to peer or route with, such as the office's; none may overlap cidr_block. Default: none."""
    tiers: NotRequired[list[Tier]]
    """Kinds of subnets, each once per zone: public (routed to the internet), private (out through nat and endpoints),
    isolated (no way out but interface endpoints, for databases). Default: public and private."""
    subnet_cidr_blocks: NotRequired[Mapping[Tier, list[str]]]
    """Your own blocks by tier, one per zone in the order of the zones. Default: the block reserved for tier and zone."""
    zone_count: NotRequired[int]
    """Number of availability zones, 1-6: the region's first ones by name. Default: 2 zones."""
    availability_zones: NotRequired[list[str]]
    """Names of the zones, in place of zone_count. Their last letters choose the address blocks, so naming them later moves
    subnets where the region's zones skip letters. Default: the zones are looked up."""
    ipv6: NotRequired[bool]
    """Add IPv6 to every subnet: a /56 of Amazon's for the VPC, a /64 for each tier and zone. Private subnets reach out
    through an egress-only gateway, and nothing reaches in. Default: false."""
    nat: NotRequired[Nat]
    """Way out of private subnets over IPv4: none, single (one gateway), per_zone (survives the loss of a zone) or instance
    (one small instance, for stacks that may be offline for minutes). Default: single; none without public or private
    tier."""
    nat_elastic_ip_allocation_ids: NotRequired[list[pulumi.Input[str]]]
    """Your own Elastic IPs by allocation id, one per gateway or instance in the order of the zones. Default: new ones."""
    nat_instance_type: NotRequired[str]
    """Instance type with nat instance; the image is for its processor. Default: t4g.nano (arm64)."""
    refresh_nat_ami: NotRequired[bool]
    """Replace the NAT instance at the next update when a newer Amazon Linux image exists. Default: false, the instance
    keeps its first image and set-up."""
    interface_endpoints: NotRequired[list[str]]
    """Services to reach without leaving the VPC, such as ecr.api, ecr.dkr, logs, sqs. Default: the S3 gateway only."""
    endpoints_for: NotRequired[list[EndpointUser]]
    """Workloads of this network, for exactly their interface endpoints: the components Bastion, EksCluster, FanOut,
    FargateService, Host, Job, Queue, QueueWorker, Topic, and the features exec, kms, parameters, secrets, session_logs.
    Default: none."""
    dynamodb_endpoint: NotRequired[bool]
    """Let private subnets reach DynamoDB through its free gateway. Default: false."""
    eks_subnet_tags: NotRequired[bool]
    """Tag public and private subnets for the load balancers of an EKS cluster. Default: false."""
    network_acls: NotRequired[NetworkAclArgs]
    """Network ACLs in front of the security groups. Isolated subnets talk to the VPC only, private ones accept answers,
    public ones answers and ports 80 and 443. Default: AWS's own ACL, which allows everything."""
    flow_log_retention_days: NotRequired[int]
    """Days to keep flow logs, a number offered by CloudWatch Logs. Default: 30 days."""
    vpc_id: NotRequired[str]
    """Id of an existing VPC. Nothing is created, and only subnet ids may be set beside it. Default: a new VPC."""
    public_subnet_ids: NotRequired[list[str]]
    """Public subnets of vpc_id, in at least two zones. Default: none."""
    private_subnet_ids: NotRequired[list[str]]
    """Private subnets of vpc_id, in at least two zones. Default: none."""
    isolated_subnet_ids: NotRequired[list[str]]
    """Isolated subnets of vpc_id, in at least two zones. Default: none."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every taggable resource. Default: a Name, and the provider's own."""
