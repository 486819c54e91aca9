"""Look-ups in a network: images, VPCs, subnets, route tables, network interfaces, security groups."""

import re
from collections.abc import Mapping

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import filter_list
from slipway_sandbox.provider.services.lookup import only

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


def result(token_class: str, reply: Properties, exceptions: Mapping[str, str] | None = None) -> dict[str, Value]:
    """EC2's answer in the SDK's result class."""
    kinds = sdk.properties(sdk.result_class("ec2", token_class))
    names = Names(token_class.removeprefix("Get").removesuffix("Result"), exceptions or {})
    return {**mapping.from_reply(kinds, reply, names), "tags": mapping.as_map(reply.get("Tags", []))}


def filters(scope: Scope, own: Properties | None = None) -> list[dict[str, Value]]:
    """The `filters` and `tags` of a call; `own` holds further filters by name, without None."""
    conditions: list[dict[str, Value]] = [
        {"Name": condition["name"], "Values": condition["values"]} for condition in blocks(scope.inputs, "filters")
    ]
    conditions += [{"Name": f"tag:{key}", "Values": [value]} for key, value in block(scope.inputs, "tags").items()]
    conditions += [
        {"Name": name, "Values": [mapping.as_string(value)]} for name, value in (own or {}).items() if value is not None
    ]
    return conditions


def get_vpc(scope: Scope) -> Properties:
    """The VPC by id, state, CIDR, default or tags."""
    arguments = scope.inputs
    own = {
        "vpc-id": arguments.get("id"),
        "cidr": arguments.get("cidrBlock"),
        "state": arguments.get("state"),
        "is-default": arguments.get("default"),
    }
    vpc = only(blocks(scope.call("describe_vpcs", Filters=filters(scope, own)), "Vpcs"), "VPCs")
    vpc_id = text(vpc, "VpcId")
    attributes = {
        name: block(scope.call("describe_vpc_attribute", VpcId=vpc_id, Attribute=name), name[0].upper() + name[1:])[
            "Value"
        ]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    main = filter_list({"vpc-id": vpc_id, "association.main": "true"})
    tables = blocks(scope.call("describe_route_tables", Filters=main), "RouteTables")
    return {
        **result("GetVpcResult", vpc, {"id": "VpcId", "cidrBlockAssociations": "CidrBlockAssociationSet"}),
        **attributes,
        "arn": f"arn:aws:ec2:{scope.region}:{scope.account}:vpc/{vpc_id}",
        "default": vpc["IsDefault"],
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "ownerId": scope.account,
    }


def get_subnet(scope: Scope) -> Properties:
    """The subnet by id, zone, CIDR, VPC or tags."""
    names = {
        "subnet-id": "id",
        "vpc-id": "vpcId",
        "cidr-block": "cidrBlock",
        "availability-zone": "availabilityZone",
        "availability-zone-id": "availabilityZoneId",
        "state": "state",
    }
    own = {name: scope.inputs.get(argument) for name, argument in names.items()}
    subnet = only(blocks(scope.call("describe_subnets", Filters=filters(scope, own)), "Subnets"), "subnets")
    return {
        **result("GetSubnetResult", subnet, {"id": "SubnetId"}),
        "arn": subnet["SubnetArn"],
        "ownerId": scope.account,
    }


def get_subnets(scope: Scope) -> Properties:
    """Ids of all matching subnets."""
    subnets = blocks(scope.call("describe_subnets", Filters=filters(scope)), "Subnets")
    return {
        "id": scope.region,
        "ids": sorted(text(subnet, "SubnetId") for subnet in subnets),
        "tags": scope.inputs.get("tags") or {},
    }


def get_security_group(scope: Scope) -> Properties:
    """The security group by id, name, VPC or tags."""
    names = {"group-id": "id", "group-name": "name", "vpc-id": "vpcId"}
    own = {name: scope.inputs.get(argument) for name, argument in names.items()}
    groups = blocks(scope.call("describe_security_groups", Filters=filters(scope, own)), "SecurityGroups")
    group = only(groups, "security groups")
    values = result("GetSecurityGroupResult", group, {"id": "GroupId", "name": "GroupName"})
    return {**values, "arn": f"arn:aws:ec2:{scope.region}:{scope.account}:security-group/{group['GroupId']}"}


def get_ami(scope: Scope) -> Properties:
    """The image by owners, filters and name; the newest with mostRecent."""
    arguments = scope.inputs
    owners = {"Owners": arguments["owners"]} if arguments.get("owners") else {}
    images = blocks(scope.call("describe_images", Filters=filters(scope), **owners), "Images")
    if pattern := text(arguments, "nameRegex", ""):
        images = [image for image in images if re.search(pattern, text(image, "Name", ""))]
    if not images:
        raise ProviderError("Your query returned no results. Please change your search criteria and try again")
    if len(images) > 1 and not arguments.get("mostRecent"):
        raise ProviderError(
            f"Your query returned {len(images)} results. Please try a more specific search criteria, or set mostRecent to true"
        )
    image = max(images, key=lambda candidate: (str(candidate.get("CreationDate", "")), text(candidate, "ImageId")))
    return {
        **arguments,
        **result("GetAmiResult", image, {"id": "ImageId"}),
        "id": image["ImageId"],
        "arn": f"arn:aws:ec2:{scope.region}::image/{image['ImageId']}",
        "rootSnapshotId": "",
        "productCodes": [],
        "stateReason": {},
    }


def get_route_tables(scope: Scope) -> Properties:
    """Ids of all matching route tables."""
    own = filters(scope, {"vpc-id": scope.inputs.get("vpcId")})
    tables = blocks(scope.call("describe_route_tables", Filters=own), "RouteTables")
    return {"id": scope.region, "ids": sorted(text(table, "RouteTableId") for table in tables), "tags": {}}


def get_route_table(scope: Scope) -> Properties:
    """The route table by id, VPC, subnet or tags. Its local route and the routes of gateway endpoints are left out."""
    names = {
        "route-table-id": "routeTableId",
        "vpc-id": "vpcId",
        "association.subnet-id": "subnetId",
        "association.gateway-id": "gatewayId",
    }
    own = {name: scope.inputs.get(argument) for name, argument in names.items()}
    table = only(
        blocks(scope.call("describe_route_tables", Filters=filters(scope, own)), "RouteTables"), "route tables"
    )
    routes = [
        {name: route.get(member, "") for name, member in ROUTE_MEMBERS.items()}
        for route in blocks(table, "Routes")
        if route.get("GatewayId") != "local" and not text(route, "GatewayId", "").startswith("vpce-")
    ]
    arn = f"arn:aws:ec2:{scope.region}:{scope.account}:route-table/{table['RouteTableId']}"
    values = result("GetRouteTableResult", table, {"id": "RouteTableId"})
    return {**values, "arn": arn, "ownerId": scope.account, "routes": routes}


def get_network_interfaces(scope: Scope) -> Properties:
    """Ids of all matching network interfaces. moto knows no interface types, so this function tells them apart."""
    wanted = filters(scope)
    kinds = [
        kind for condition in wanted if condition["Name"] == "interface-type" for kind in texts(condition, "Values")
    ]
    rest = [condition for condition in wanted if condition["Name"] != "interface-type"]
    interfaces = blocks(scope.call("describe_network_interfaces", Filters=rest), "NetworkInterfaces")
    ids = {text(interface, "NetworkInterfaceId") for interface in interfaces}
    if kinds:
        endpoints = blocks(scope.call("describe_vpc_endpoints"), "VpcEndpoints")
        gateways = blocks(scope.call("describe_nat_gateways"), "NatGateways")
        known = {
            "vpc_endpoint": {card for endpoint in endpoints for card in texts(endpoint, "NetworkInterfaceIds")},
            "nat_gateway": {
                text(address, "NetworkInterfaceId")
                for gateway in gateways
                for address in blocks(gateway, "NatGatewayAddresses")
            },
        }
        known["interface"] = ids - known["vpc_endpoint"] - known["nat_gateway"]
        ids &= {card for kind in kinds for card in known.get(kind, set())}
    return {"id": scope.region, "ids": sorted(ids), "tags": {}}


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
