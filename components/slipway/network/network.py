"""VPC with public, private and isolated subnets at fixed addresses, NAT and endpoints.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
"""

from collections.abc import Sequence

import pulumi

from slipway.common import Arguments, Context, child_name

from ._existing_network import ExistingSpec, existing_network, existing_spec
from ._network_args import NetworkArgs
from ._network_parts import new_network
from ._network_spec import network_spec


class Network(pulumi.ComponentResource):
    """A VPC over 1-6 zones with a public and a private subnet in each, a closed default security group and flow logs.

    Creates for each zone one subnet per tier and a private route table. For the VPC it creates an internet gateway, NAT,
    the S3 gateway endpoint, interface endpoints, network ACLs, and a log group with its role. With vpc_id it creates
    nothing and has the same outputs.

    Example::

        import pulumi
        from slipway import Network

        network = Network("main", {"nat": "none", "endpoints_for": ["FargateService", "QueueWorker"]})
        pulumi.export("privateSubnets", network.private_subnet_ids)
        pulumi.export("costs", network.cost_drivers)

    Raises ArgumentError on a range too small for the plan or in overlap with a connected network, blocks outside of the
    range or in overlap, unknown or repeated tiers and zones, nat without both of its tiers, arguments of another nat,
    unknown endpoints or none of the tiers for them, network ACLs that deny the VPC or admit everyone to administration,
    and subnets of an existing VPC in one zone only, of another VPC, or with routes of another tier.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    cidr_block: pulumi.Output[str]
    """IPv4 range of the VPC."""
    ipv6_cidr_block: pulumi.Output[str | None]
    """IPv6 range of the VPC; none without ipv6, and none for an existing VPC."""
    availability_zones: pulumi.Output[Sequence[str]]
    """Names of the zones, in the order of the subnets."""
    public_subnet_ids: pulumi.Output[Sequence[str]]
    """Public subnets, one per zone; known once their route to the internet exists."""
    first_public_subnet_id: pulumi.Output[str]
    """Public subnet of the first zone, for a single instance. A preview that adds a zone knows it, unlike entries of the
    list. Null without the tier."""
    private_subnet_ids: pulumi.Output[Sequence[str]]
    """Private subnets, one per zone; known once their way out exists, so a task started in them can pull its image."""
    first_private_subnet_id: pulumi.Output[str]
    """Private subnet of the first zone. Null without the tier."""
    isolated_subnet_ids: pulumi.Output[Sequence[str]]
    """Isolated subnets, one per zone; empty without the tier."""
    nat_public_ips: pulumi.Output[Sequence[str]]
    """Public addresses of the NAT, for other people's allow lists; empty without NAT, and for an existing VPC."""
    flow_log_group_name: pulumi.Output[str | None]
    """Log group of the flow logs; none for an existing VPC."""
    cost_drivers: pulumi.Output[Sequence[str]]
    """Billed parts of the network, a line for each, such as `1 NAT gateway: by the hour, and by each GB through it`;
    empty for an existing VPC."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Network", name, args, NetworkArgs)
        child_name(arguments.who, name, limit=64, suffix="-flow")
        spec = existing_spec(arguments) or network_spec(arguments)
        super().__init__("slipway:index:Network", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        parts = existing_network(context, spec) if isinstance(spec, ExistingSpec) else new_network(context, spec)
        self.vpc_id = parts.vpc_id
        self.cidr_block = parts.cidr_block
        self.ipv6_cidr_block = parts.ipv6_cidr_block
        self.availability_zones = parts.zones
        self.public_subnet_ids = parts.all_of("public")
        self.first_public_subnet_id = parts.first_of("public")
        self.private_subnet_ids = parts.all_of("private")
        self.first_private_subnet_id = parts.first_of("private")
        self.isolated_subnet_ids = parts.all_of("isolated")
        self.nat_public_ips = parts.nat_public_ips
        self.flow_log_group_name = parts.flow_log_group_name
        self.cost_drivers = pulumi.Output.from_input(parts.cost_drivers)
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "cidrBlock": self.cidr_block,
                "ipv6CidrBlock": self.ipv6_cidr_block,
                "availabilityZones": self.availability_zones,
                "publicSubnetIds": self.public_subnet_ids,
                "firstPublicSubnetId": self.first_public_subnet_id,
                "privateSubnetIds": self.private_subnet_ids,
                "firstPrivateSubnetId": self.first_private_subnet_id,
                "isolatedSubnetIds": self.isolated_subnet_ids,
                "natPublicIps": self.nat_public_ips,
                "flowLogGroupName": self.flow_log_group_name,
                "costDrivers": self.cost_drivers,
            }
        )
