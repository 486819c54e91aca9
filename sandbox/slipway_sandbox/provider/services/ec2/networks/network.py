"""VPCs, subnets and internet gateways."""

from slipway_sandbox.provider.aws.declaration import Call, Failures, Resource, Template, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import as_block, blocks
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, one_by_one

IPV6 = "Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State!='disassociated'] | [0]"
IPV6_RANGE = "ipv6CidrBlock ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength"
IPAM = "the address range is allotted once"


def attach_gateway(scope: Scope) -> None:
    """Attaches an internet gateway to its VPC, after detaching it from an earlier one."""
    before, after = scope.state.get("vpcId"), scope.inputs.get("vpcId")
    if before and before != after:
        scope.call("detach_internet_gateway", InternetGatewayId=scope.id, VpcId=before)
    if after:
        scope.call("attach_internet_gateway", InternetGatewayId=scope.id, VpcId=after)


def delete_gateway(scope: Scope) -> None:
    """Detaches and deletes the gateway: EC2 does not delete an attached one."""
    reply = scope.call("describe_internet_gateways", InternetGatewayIds=[scope.id])
    for attachment in blocks(blocks(reply, "InternetGateways")[0], "Attachments"):
        scope.call("detach_internet_gateway", InternetGatewayId=scope.id, VpcId=attachment["VpcId"])
    scope.call("delete_internet_gateway", InternetGatewayId=scope.id)


def set_ipv6(scope: Scope) -> None:
    """Replaces the VPC's IPv6 range: with one of Amazon's, one from a pool, or none."""
    [vpc] = blocks(scope.call("describe_vpcs", VpcIds=[scope.id]), "Vpcs")
    if association := mapping.search(IPV6, vpc):
        scope.call("disassociate_vpc_cidr_block", AssociationId=as_block(association, IPV6)["AssociationId"])
    values = {name: scope.inputs[name] for name in IPV6_RANGE.split() if scope.inputs.get(name)}
    is_generated = bool(scope.inputs.get("assignGeneratedIpv6CidrBlock"))
    if is_generated or "ipv6IpamPoolId" in values:
        request = scope.members("associate_vpc_cidr_block", values, Names("Vpc", {}))
        scope.call("associate_vpc_cidr_block", VpcId=scope.id, AmazonProvidedIpv6CidrBlock=is_generated, **request)


def set_subnet_ipv6(scope: Scope) -> None:
    """Gives the subnet another IPv6 range, or none."""
    if association := scope.state.get("ipv6CidrBlockAssociationId"):
        scope.call("disassociate_subnet_cidr_block", AssociationId=association)
    if block := scope.inputs.get("ipv6CidrBlock"):
        scope.call("associate_subnet_cidr_block", SubnetId=scope.id, Ipv6CidrBlock=block)


def validate_vpc(inputs: Properties) -> Failures:
    """A VPC takes its range from one place."""
    if "cidrBlock" not in inputs and "ipv4IpamPoolId" not in inputs:
        return [("cidrBlock", "one of 'cidrBlock' and 'ipv4IpamPoolId' is required")]
    return []


def of_vpc(operation: str, key: str, name: str, reply: str) -> Call:
    """The call for a part of a new VPC: EC2 makes a group, a route table and an ACL with it."""
    filters: Template = [{"Name": "vpc-id", "Values": ["{id}"]}, {"Name": key, "Values": [name]}]
    return Call(operation, {"Filters": filters}, reply=reply)


RESOURCES = (
    Resource(
        "aws:ec2/vpc:Vpc",
        "ec2",
        create=Call("create_vpc", reply="Vpc"),
        id="VpcId",
        read=(
            Call("describe_vpcs", {"VpcIds": ["{id}"]}, reply="Vpcs[0]"),
            Call("describe_vpc_attribute", {"VpcId": "{id}", "Attribute": "enableDnsSupport"}),
            Call("describe_vpc_attribute", {"VpcId": "{id}", "Attribute": "enableDnsHostnames"}),
            of_vpc(
                "describe_security_groups",
                "group-name",
                "default",
                "{defaultSecurityGroupId: SecurityGroups[0].GroupId}",
            ),
            of_vpc(
                "describe_route_tables",
                "association.main",
                "true",
                "{mainRouteTableId: RouteTables[0].RouteTableId}",
            ),
            of_vpc("describe_network_acls", "default", "true", "{defaultNetworkAclId: NetworkAcls[0].NetworkAclId}"),
        ),
        updates=(
            *one_by_one(
                "modify_vpc_attribute",
                {"VpcId": "{id}"},
                "enableDnsSupport enableDnsHostnames enableNetworkAddressUsageMetrics",
            ),
            Update("instanceTenancy", Call("modify_vpc_tenancy", {"VpcId": "{id}"})),
            Update(f"assignGeneratedIpv6CidrBlock {IPV6_RANGE}", set_ipv6),
        ),
        delete=Call("delete_vpc", {"VpcId": "{id}"}),
        tags=TAGS,
        names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        reads={
            "assignGeneratedIpv6CidrBlock": f"({IPV6}.Ipv6Pool) == 'Amazon'",
            "ipv6CidrBlock": f"{IPV6}.Ipv6CidrBlock",
            "ipv6AssociationId": f"{IPV6}.AssociationId",
        },
        computed={"arn": arn("vpc"), "defaultRouteTableId": "{mainRouteTableId}", "ownerId": "{account}"},
        defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        immutable={
            IPAM: "cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
        },
        replaced_when={"instanceTenancy": lambda _, after: after.get("instanceTenancy") != "default"},
        validate=validate_vpc,
    ),
    Resource(
        "aws:ec2/subnet:Subnet",
        "ec2",
        create=Call("create_subnet", reply="Subnet"),
        id="SubnetId",
        read=(Call("describe_subnets", {"SubnetIds": ["{id}"]}, reply="Subnets[0]"),),
        updates=(
            Update("ipv6CidrBlock", set_subnet_ipv6),
            *one_by_one(
                "modify_subnet_attribute",
                {"SubnetId": "{id}"},
                "assignIpv6AddressOnCreation enableDns64 enableLniAtDeviceIndex enableResourceNameDnsARecordOnLaunch "
                "enableResourceNameDnsAaaaRecordOnLaunch mapCustomerOwnedIpOnLaunch mapPublicIpOnLaunch "
                "privateDnsHostnameTypeOnLaunch customerOwnedIpv4Pool",
            ),
        ),
        delete=Call("delete_subnet", {"SubnetId": "{id}"}),
        tags=TAGS,
        reads={
            "ipv6CidrBlock": f"{IPV6}.Ipv6CidrBlock",
            "ipv6CidrBlockAssociationId": f"{IPV6}.AssociationId",
        },
        computed={"arn": arn("subnet"), "ownerId": "{account}"},
        defaults={
            "assignIpv6AddressOnCreation": False,
            "enableDns64": False,
            "enableResourceNameDnsARecordOnLaunch": False,
            "enableResourceNameDnsAaaaRecordOnLaunch": False,
            "ipv6Native": False,
            "mapPublicIpOnLaunch": False,
        },
        immutable={
            IPAM: "cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId ipv6NetmaskLength ipv6Native",
            "a subnet stays where it was made": "vpcId availabilityZone availabilityZoneId outpostArn",
        },
    ),
    Resource(
        "aws:ec2/internetGateway:InternetGateway",
        "ec2",
        create=Call("create_internet_gateway", reply="InternetGateway"),
        id="InternetGatewayId",
        read=(Call("describe_internet_gateways", {"InternetGatewayIds": ["{id}"]}, reply="InternetGateways[0]"),),
        updates=(Update("vpcId", attach_gateway),),
        delete=delete_gateway,
        tags=TAGS,
        reads={"vpcId": "Attachments[0].VpcId"},
        computed={"arn": arn("internet-gateway"), "ownerId": "{account}"},
    ),
)
