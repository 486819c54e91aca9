"""Look-ups in a network: images, VPCs, subnets, route tables, network interfaces, security groups."""

import re
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import ACCOUNT, Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.services.lookup import one

ROUTE_MEMBERS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "instanceId": "InstanceId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "odbNetworkArn": "OdbNetworkArn",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


def result(token_class: str, reply: Mapping[str, Any], exceptions: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What EC2 answers as the SDK's result class has it."""
    kinds = sdk.properties(sdk.result_class("ec2", token_class))
    found = mapping.from_reply(
        kinds, reply, Names(token_class.removeprefix("Get").removesuffix("Result"), exceptions or {})
    )
    return {**found, "tags": mapping.as_map(reply.get("Tags", []))}


def filters(scope: Scope, **own: Any) -> list[dict[str, Any]]:
    """The filters and tags of a call, with those that follow from arguments."""
    given = [{"Name": each["name"], "Values": each["values"]} for each in scope.inputs.get("filters") or []]
    given += [{"Name": f"tag:{key}", "Values": [value]} for key, value in (scope.inputs.get("tags") or {}).items()]
    given += [
        {"Name": key.replace("_", "-"), "Values": [mapping.text(value)]}
        for key, value in own.items()
        if value is not None
    ]
    return given


def get_vpc(scope: Scope) -> Mapping[str, Any]:
    """The VPC by id, state, CIDR, default or tags."""
    arguments = scope.inputs
    own = {"vpc_id": arguments.get("id"), "cidr": arguments.get("cidrBlock"), "state": arguments.get("state")}
    vpc = one(
        scope.call("describe_vpcs", Filters=filters(scope, **own, is_default=arguments.get("default")))["Vpcs"], "VPCs"
    )
    attributes = {
        name: scope.call("describe_vpc_attribute", VpcId=vpc["VpcId"], Attribute=name)[name[0].upper() + name[1:]][
            "Value"
        ]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    main = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}, {"Name": "association.main", "Values": ["true"]}]
    tables = scope.call("describe_route_tables", Filters=main)["RouteTables"]
    return {
        **result("GetVpcResult", vpc, {"id": "VpcId", "cidrBlockAssociations": "CidrBlockAssociationSet"}),
        **attributes,
        "arn": f"arn:aws:ec2:{scope.region}:{ACCOUNT}:vpc/{vpc['VpcId']}",
        "default": vpc["IsDefault"],
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "ownerId": ACCOUNT,
    }


def get_subnet(scope: Scope) -> Mapping[str, Any]:
    """The subnet by id, zone, CIDR, VPC or tags."""
    names = {"subnet_id": "id", "vpc_id": "vpcId", "cidr_block": "cidrBlock", "availability_zone": "availabilityZone"}
    own = {key: scope.inputs.get(name) for key, name in names.items()}
    own |= {"availability_zone_id": scope.inputs.get("availabilityZoneId"), "state": scope.inputs.get("state")}
    subnet = one(scope.call("describe_subnets", Filters=filters(scope, **own))["Subnets"], "subnets")
    return {**result("GetSubnetResult", subnet, {"id": "SubnetId"}), "arn": subnet["SubnetArn"], "ownerId": ACCOUNT}


def get_subnets(scope: Scope) -> Mapping[str, Any]:
    """Ids of all subnets that match."""
    subnets = scope.call("describe_subnets", Filters=filters(scope))["Subnets"]
    return {
        "id": scope.region,
        "ids": sorted(subnet["SubnetId"] for subnet in subnets),
        "tags": scope.inputs.get("tags") or {},
    }


def get_security_group(scope: Scope) -> Mapping[str, Any]:
    """The security group by id, name, VPC or tags."""
    own = {
        "group_id": scope.inputs.get("id"),
        "group_name": scope.inputs.get("name"),
        "vpc_id": scope.inputs.get("vpcId"),
    }
    group = one(
        scope.call("describe_security_groups", Filters=filters(scope, **own))["SecurityGroups"], "security groups"
    )
    found = result("GetSecurityGroupResult", group, {"id": "GroupId", "name": "GroupName"})
    return {**found, "arn": f"arn:aws:ec2:{scope.region}:{ACCOUNT}:security-group/{group['GroupId']}"}


def get_ami(scope: Scope) -> Mapping[str, Any]:
    """The image that matches owners, filters and name; the newest with mostRecent."""
    arguments = scope.inputs
    owners = {"Owners": arguments["owners"]} if arguments.get("owners") else {}
    images = scope.call("describe_images", Filters=filters(scope), **owners)["Images"]
    if pattern := arguments.get("nameRegex"):
        images = [image for image in images if re.search(pattern, image.get("Name", ""))]
    if not images:
        raise ProviderError("Your query returned no results. Please change your search criteria and try again")
    if len(images) > 1 and not arguments.get("mostRecent"):
        raise ProviderError(
            f"Your query returned {len(images)} results. Please try a more specific search criteria, or set mostRecent to true"
        )
    image = max(images, key=lambda each: (str(each.get("CreationDate", "")), each["ImageId"]))
    found = result("GetAmiResult", image, {"id": "ImageId"})
    arn = f"arn:aws:ec2:{scope.region}::image/{image['ImageId']}"
    return {
        **arguments,
        **found,
        "id": image["ImageId"],
        "arn": arn,
        "rootSnapshotId": "",
        "productCodes": [],
        "stateReason": {},
    }


def get_route_tables(scope: Scope) -> Mapping[str, Any]:
    """Ids of all route tables that match."""
    asked = filters(scope, vpc_id=scope.inputs.get("vpcId"))
    tables = scope.call("describe_route_tables", Filters=asked)["RouteTables"]
    return {"id": scope.region, "ids": sorted(table["RouteTableId"] for table in tables), "tags": {}}


def get_route_table(scope: Scope) -> Mapping[str, Any]:
    """The route table by id, VPC, subnet or tags; its routes without the local one and those of gateway endpoints."""
    inputs = scope.inputs
    own = {"route_table_id": inputs.get("routeTableId"), "vpc_id": inputs.get("vpcId")}
    own |= {"association.subnet_id": inputs.get("subnetId"), "association.gateway_id": inputs.get("gatewayId")}
    table = one(scope.call("describe_route_tables", Filters=filters(scope, **own))["RouteTables"], "route tables")
    routes = [
        {name: route.get(member, "") for name, member in ROUTE_MEMBERS.items()}
        for route in table["Routes"]
        if route.get("GatewayId") != "local" and not route.get("GatewayId", "").startswith("vpce-")
    ]
    arn = f"arn:aws:ec2:{scope.region}:{ACCOUNT}:route-table/{table['RouteTableId']}"
    found = result("GetRouteTableResult", table, {"id": "RouteTableId"})
    return {**found, "arn": arn, "ownerId": ACCOUNT, "routes": routes}


def get_network_interfaces(scope: Scope) -> Mapping[str, Any]:
    """Ids of all network interfaces that match; moto does not know what kind each is, so it is found here."""
    asked = filters(scope)
    kinds = [value for each in asked if each["Name"] == "interface-type" for value in each["Values"]]
    rest = [each for each in asked if each["Name"] != "interface-type"]
    found = {
        each["NetworkInterfaceId"]
        for each in scope.call("describe_network_interfaces", Filters=rest)["NetworkInterfaces"]
    }
    if kinds:
        endpoints = scope.call("describe_vpc_endpoints")["VpcEndpoints"]
        gateways = scope.call("describe_nat_gateways")["NatGateways"]
        known = {
            "vpc_endpoint": {card for each in endpoints for card in each.get("NetworkInterfaceIds", [])},
            "nat_gateway": {each["NetworkInterfaceId"] for gate in gateways for each in gate["NatGatewayAddresses"]},
        }
        known["interface"] = found - known["vpc_endpoint"] - known["nat_gateway"]
        found &= {card for kind in kinds for card in known.get(kind, set())}
    return {"id": scope.region, "ids": sorted(found), "tags": {}}


FUNCTIONS = (
    Function("aws:ec2/getAmi:getAmi", "ec2", get_ami),
    Function("aws:ec2/getNetworkInterfaces:getNetworkInterfaces", "ec2", get_network_interfaces),
    Function("aws:ec2/getRouteTable:getRouteTable", "ec2", get_route_table),
    Function("aws:ec2/getRouteTables:getRouteTables", "ec2", get_route_tables),
    Function("aws:ec2/getSecurityGroup:getSecurityGroup", "ec2", get_security_group),
    Function("aws:ec2/getSubnet:getSubnet", "ec2", get_subnet),
    Function("aws:ec2/getSubnets:getSubnets", "ec2", get_subnets),
    Function("aws:ec2/getVpc:getVpc", "ec2", get_vpc),
)
