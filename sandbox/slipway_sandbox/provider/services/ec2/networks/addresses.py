"""Elastic IPs, and the NAT gateways with one."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks, text
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, delete_interfaces


def associate_address(scope: Scope) -> None:
    """Associates an address with an instance or a network interface, in place of an earlier one."""
    if association := scope.state.get("associationId"):
        scope.call("disassociate_address", AssociationId=association)
    target = {"InstanceId": scope.inputs.get("instance"), "NetworkInterfaceId": scope.inputs.get("networkInterface")}
    target |= {"PrivateIpAddress": scope.inputs.get("associateWithPrivateIp")}
    if target["InstanceId"] or target["NetworkInterfaceId"]:
        request = {name: value for name, value in target.items() if value}
        scope.call("associate_address", AllocationId=scope.id, **request)


def release_address(scope: Scope) -> None:
    """Releases an address, after the end of its association."""
    for address in blocks(scope.call("describe_addresses", AllocationIds=[scope.id]), "Addresses"):
        if association := address.get("AssociationId"):
            scope.call("disassociate_address", AssociationId=association)
    scope.call("release_address", AllocationId=scope.id)


def public_dns(scope: Scope) -> str:
    """The address's name, such as ec2-203-0-113-7.eu-west-1.compute.amazonaws.com."""
    return f"ec2-{text(scope, 'publicIp').replace('.', '-')}.{scope.region}.compute.amazonaws.com"


def delete_nat_gateway(scope: Scope) -> None:
    """Deletes the gateway and its network interface, and frees its address, since moto does not."""
    scope.call("delete_nat_gateway", NatGatewayId=scope.id)
    if allocation := scope.state.get("allocationId"):
        [address] = blocks(scope.call("describe_addresses", AllocationIds=[allocation]), "Addresses")
        if association := address.get("AssociationId"):
            scope.call("disassociate_address", AssociationId=association)
    delete_interfaces(scope, [text(scope.state, "networkInterfaceId", "")])


RESOURCES = (
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
            "publicDns": public_dns,
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
            "a changed association gets another id": "allocationId allowReassociation instanceId networkInterfaceId "
            "privateIpAddress publicIp"
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
        names={"privateIp": "PrivateIpAddress"},
        reads={
            "allocationId": "NatGatewayAddresses[0].AllocationId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "publicIp": "NatGatewayAddresses[0].PublicIp",
        },
        defaults={"connectivityType": "public"},
        echoed="secondaryAllocationIds secondaryPrivateIpAddresses",
        immutable={
            "EC2 has no call to move a NAT gateway": "allocationId availabilityMode availabilityZoneAddresses "
            "connectivityType privateIp secondaryPrivateIpAddressCount subnetId vpcId",
        },
        gone="State=='deleted'",
    ),
)
