"""A hub network with a way out, and spokes that share what is in it: components, tiers, routes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

NAME = pulumi.get_stack()


@dataclass
class NetworkArgs:
    cidr: pulumi.Input[str]
    zones: Sequence[str]
    is_hub: bool = False


class Network(pulumi.ComponentResource):
    """Subnets in every zone; in the hub public ones with a NAT gateway, too."""

    vpc_id: pulumi.Output[str]
    private_subnet_ids: pulumi.Output[list[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("wild:index:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {"Name": f"{NAME}-{name}"}
        self.vpc = aws.ec2.Vpc(
            name, cidr_block=args.cidr, enable_dns_hostnames=True, enable_dns_support=True, tags=tags, opts=child
        )
        aws.ec2.DefaultSecurityGroup(name, vpc_id=self.vpc.id, opts=child)
        table = aws.ec2.RouteTable(f"{name}-private", vpc_id=self.vpc.id, tags=tags, opts=child)
        ids = []
        for index, zone in enumerate(args.zones):
            block = self.vpc.cidr_block.apply(lambda cidr, index=index: f"{cidr.rsplit('.', 2)[0]}.{index}.0/24")
            subnet = aws.ec2.Subnet(
                f"{name}-private-{index}",
                vpc_id=self.vpc.id,
                cidr_block=block,
                availability_zone=zone,
                opts=pulumi.ResourceOptions(parent=self.vpc),
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-private-{index}", route_table_id=table.id, subnet_id=subnet.id, opts=child
            )
            ids.append(subnet.id)
        if args.is_hub:
            self._add_way_out(name, args, table, child)
        self.vpc_id = self.vpc.id
        self.private_subnet_ids = pulumi.Output.all(*ids).apply(sorted)
        self.register_outputs({"vpc_id": self.vpc_id, "private_subnet_ids": self.private_subnet_ids})

    def _add_way_out(
        self, name: str, args: NetworkArgs, table: aws.ec2.RouteTable, child: pulumi.ResourceOptions
    ) -> None:
        gateway = aws.ec2.InternetGateway(name, vpc_id=self.vpc.id, opts=child)
        public = aws.ec2.RouteTable(
            f"{name}-public",
            vpc_id=self.vpc.id,
            routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
            opts=child,
        )
        subnet = aws.ec2.Subnet(
            f"{name}-public",
            vpc_id=self.vpc.id,
            cidr_block=self.vpc.cidr_block.apply(lambda cidr: f"{cidr.rsplit('.', 2)[0]}.200.0/24"),
            map_public_ip_on_launch=True,
            availability_zone=args.zones[0],
            opts=child,
        )
        aws.ec2.RouteTableAssociation(
            f"{name}-public",
            aws.ec2.RouteTableAssociationArgs(route_table_id=public.id, subnet_id=subnet.id),
            opts=child,
        )
        address = aws.ec2.Eip(name, domain="vpc", opts=child)
        nat = aws.ec2.NatGateway(
            name,
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[gateway])),
        )
        aws.ec2.Route(
            f"{name}-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
            opts=child,
        )
        self.nat = nat


zones = aws.get_availability_zones(state="available").names[:2]
hub = Network("hub", NetworkArgs("10.0.0.0/16", zones, is_hub=True))
spokes = [Network(f"spoke{number}", NetworkArgs(f"10.{number}.0.0/16", zones)) for number in (1, 2)]

logs = aws.cloudwatch.LogGroup("flow", retention_in_days=7)
may_log = aws.iam.Role(
    "flow",
    assume_role_policy=aws.iam.get_policy_document_output(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["vpc-flow-logs.amazonaws.com"]}],
            }
        ]
    ).json,
    inline_policies=[
        aws.iam.RoleInlinePolicyArgs(
            name="write",
            policy=logs.arn.apply(
                lambda arn: (
                    aws.iam.get_policy_document(
                        statements=[
                            aws.iam.GetPolicyDocumentStatementArgs(
                                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[f"{arn}:*"]
                            )
                        ]
                    ).json
                )
            ),
        )
    ],
)
for name, each in {"hub": hub, "spoke1": spokes[0], "spoke2": spokes[1]}.items():
    aws.ec2.FlowLog(
        f"flow-{name}",
        vpc_id=each.vpc_id,
        traffic_type="ALL",
        iam_role_arn=may_log.arn,
        log_destination=logs.arn,
        opts=pulumi.ResourceOptions(parent=each),
    )

pulumi.export("hub_subnets", hub.private_subnet_ids.apply(len))
pulumi.export("out", hub.nat.public_ip)
pulumi.export("spokes", [spoke.vpc_id for spoke in spokes])
