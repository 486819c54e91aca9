"""VPCs, subnets and the ways out of them."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.declaration import Call, Resource, Update
from sandbox.provider.scope import Scope
from sandbox.provider.services.ec2.common import TAGS, arn, delete_interfaces, one_by_one

IPV6 = "Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State!='disassociated'] | [0]"
IPAM = "the address range is allotted once"


def attach_gateway(scope: Scope) -> None:
    """Attaches an internet gateway to its VPC, away from an earlier one."""
    before, after = scope.state.get("vpcId"), scope.inputs.get("vpcId")
    if before and before != after:
        scope.call("detach_internet_gateway", InternetGatewayId=scope.id, VpcId=before)
    if after:
        scope.call("attach_internet_gateway", InternetGatewayId=scope.id, VpcId=after)


def delete_gateway(scope: Scope) -> None:
    """An attached gateway cannot be deleted, so it is detached first."""
    gateways = scope.call("describe_internet_gateways", InternetGatewayIds=[scope.id])["InternetGateways"]
    for attachment in gateways[0]["Attachments"]:
        scope.call("detach_internet_gateway", InternetGatewayId=scope.id, VpcId=attachment["VpcId"])
    scope.call("delete_internet_gateway", InternetGatewayId=scope.id)


def associate_address(scope: Scope) -> None:
    """Ties an address to an instance or a network interface, away from an earlier one."""
    if association := scope.state.get("associationId"):
        scope.call("disassociate_address", AssociationId=association)
    target = {"InstanceId": scope.inputs.get("instance"), "NetworkInterfaceId": scope.inputs.get("networkInterface")}
    target |= {"PrivateIpAddress": scope.inputs.get("associateWithPrivateIp")}
    if target["InstanceId"] or target["NetworkInterfaceId"]:
        given = {name: value for name, value in target.items() if value}
        scope.call("associate_address", AllocationId=scope.id, **given)


def release_address(scope: Scope) -> None:
    """An address in use is taken from its holder first."""
    for address in scope.call("describe_addresses", AllocationIds=[scope.id])["Addresses"]:
        if association := address.get("AssociationId"):
            scope.call("disassociate_address", AssociationId=association)
    scope.call("release_address", AllocationId=scope.id)


def delete_nat_gateway(scope: Scope) -> None:
    """Deletes the gateway and its network interface; its address is free again, which moto forgets."""
    scope.call("delete_nat_gateway", NatGatewayId=scope.id)
    if allocation := scope.state.get("allocationId"):
        [address] = scope.call("describe_addresses", AllocationIds=[allocation])["Addresses"]
        if association := address.get("AssociationId"):
            scope.call("disassociate_address", AssociationId=association)
    delete_interfaces(scope, [scope.state.get("networkInterfaceId")])


def set_ipv6(scope: Scope) -> None:
    """Gives the VPC an IPv6 range of Amazon's, or takes it back."""
    if scope.inputs.get("assignGeneratedIpv6CidrBlock"):
        scope.call("associate_vpc_cidr_block", VpcId=scope.id, AmazonProvidedIpv6CidrBlock=True)
    elif association := scope.state.get("ipv6AssociationId"):
        scope.call("disassociate_vpc_cidr_block", AssociationId=association)


def set_subnet_ipv6(scope: Scope) -> None:
    """Gives the subnet another IPv6 range, or none."""
    if association := scope.state.get("ipv6CidrBlockAssociationId"):
        scope.call("disassociate_subnet_cidr_block", AssociationId=association)
    if block := scope.inputs.get("ipv6CidrBlock"):
        scope.call("associate_subnet_cidr_block", SubnetId=scope.id, Ipv6CidrBlock=block)


def validate_vpc(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A VPC takes its range from one place."""
    if "cidrBlock" not in inputs and "ipv4IpamPoolId" not in inputs:
        return [("cidrBlock", "one of 'cidrBlock' and 'ipv4IpamPoolId' is required")]
    return []


def of_vpc(key: str, reply: str, name: str) -> dict[str, Any]:
    """Parameters that find what EC2 made together with a VPC."""
    return {
        "params": {"Filters": [{"Name": "vpc-id", "Values": ["{id}"]}, {"Name": key, "Values": [name]}]},
        "reply": reply,
    }


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
            Call(
                "describe_security_groups",
                **of_vpc("group-name", "{defaultSecurityGroupId: SecurityGroups[0].GroupId}", "default"),
            ),
            Call(
                "describe_route_tables",
                **of_vpc("association.main", "{mainRouteTableId: RouteTables[0].RouteTableId}", "true"),
            ),
            Call(
                "describe_network_acls",
                **of_vpc("default", "{defaultNetworkAclId: NetworkAcls[0].NetworkAclId}", "true"),
            ),
        ),
        updates=(
            *one_by_one(
                "modify_vpc_attribute",
                {"VpcId": "{id}"},
                "enableDnsSupport enableDnsHostnames enableNetworkAddressUsageMetrics",
            ),
            Update("assignGeneratedIpv6CidrBlock", set_ipv6),
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
            IPAM: "cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock ipv6IpamPoolId ipv6NetmaskLength "
            "ipv6CidrBlockNetworkBorderGroup",
            "EC2 only ever changes dedicated to default": "instanceTenancy",
        },
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
    Resource(
        "aws:ec2/eip:Eip",
        "ec2",
        create=Call("allocate_address", {"Domain": "vpc"}),
        id="AllocationId",
        read=(Call("describe_addresses", {"AllocationIds": ["{id}"]}, reply="Addresses[0]"),),
        updates=(Update("instance networkInterface associateWithPrivateIp", associate_address),),
        delete=release_address,
        tags=TAGS,
        names={"instance": "InstanceId", "networkInterface": "NetworkInterfaceId", "privateIp": "PrivateIpAddress"},
        computed={
            "arn": arn("elastic-ip"),
            "publicDns": lambda scope: (
                f"ec2-{scope.get('publicIp').replace('.', '-')}.{scope.region}.compute.amazonaws.com"
            ),
        },
        defaults={"domain": "vpc"},
        immutable={
            "an address is allocated once": "address customerOwnedIpv4Pool domain ipamPoolId networkBorderGroup publicIpv4Pool"
        },
    ),
    Resource(
        "aws:ec2/eipAssociation:EipAssociation",
        "ec2",
        create=Call("associate_address", {"AllowReassociation": "{allowReassociation}"}),
        id="AssociationId",
        read=(
            Call(
                "describe_addresses",
                {"Filters": [{"Name": "association-id", "Values": ["{id}"]}]},
                reply="Addresses[0]",
            ),
        ),
        delete=Call("disassociate_address", {"AssociationId": "{id}"}),
        echoed="allowReassociation",
        immutable={
            "a changed association gets another id": "allocationId instanceId networkInterfaceId privateIpAddress publicIp"
        },
        exclusive=True,  # an address has one
    ),
    Resource(
        "aws:ec2/natGateway:NatGateway",
        "ec2",
        create=Call("create_nat_gateway", reply="NatGateway"),
        id="NatGatewayId",
        read=(Call("describe_nat_gateways", {"NatGatewayIds": ["{id}"]}, reply="NatGateways[0]"),),
        delete=delete_nat_gateway,
        tags=TAGS,
        names={"privateIp": "PrivateIpAddress", "secondaryPrivateIpAddresses": "SecondaryPrivateIpAddresses"},
        reads={
            "allocationId": "NatGatewayAddresses[0].AllocationId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "publicIp": "NatGatewayAddresses[0].PublicIp",
        },
        defaults={"connectivityType": "public"},
        immutable={
            "EC2 has no call to move a NAT gateway": "allocationId availabilityMode availabilityZoneAddresses "
            "connectivityType privateIp secondaryAllocationIds secondaryPrivateIpAddressCount "
            "secondaryPrivateIpAddresses subnetId vpcId",
        },
        gone="State=='deleted'",
    ),
)
