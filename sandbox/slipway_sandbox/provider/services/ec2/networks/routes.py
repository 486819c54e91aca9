"""Route tables, routes and what they are tied to."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
TARGETS = (
    "carrierGatewayId coreNetworkArn egressOnlyGatewayId gatewayId localGatewayId natGatewayId networkInterfaceId "
    "odbNetworkArn transitGatewayId vpcEndpointId vpcPeeringConnectionId"
)
OWN = "Routes[?Origin=='CreateRoute' && !(DestinationPrefixListId && starts_with(GatewayId || '', 'vpce-'))]"
"""The routes of a table without those that gateway endpoints put there."""
ASSOCIATION = {"Name": "association.route-table-association-id"}
ROUTE_NAMES = {"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"}
INLINE_NAMES = {
    "routes.cidrBlock": "DestinationCidrBlock",
    "routes.ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "routes.egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}


def sync_routes(scope: Scope) -> None:
    """Makes the table's own routes those that are asked for."""
    wanted = {}
    for route in scope.inputs.get("routes") or []:
        request = scope.members("create_route", {"routes": [route]}, Names("", {"routes": "."} | INLINE_NAMES))
        wanted[destination(request)] = request
    table = scope.call("describe_route_tables", RouteTableIds=[scope.id])["RouteTables"][0]
    present = {destination(route): route for route in mapping.search(OWN, table)}
    for key in present.keys() - wanted.keys():
        scope.call("delete_route", RouteTableId=scope.id, **dict([key]))
    for key, request in wanted.items():
        scope.call("replace_route" if key in present else "create_route", RouteTableId=scope.id, **request)


def destination(route: Mapping[str, Any]) -> tuple[str, str]:
    """The member that says where a route leads, and its value."""
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
        if route.get(name):
            return name, route[name]
    raise ProviderError("a route needs cidrBlock, ipv6CidrBlock or destinationPrefixListId")


def route_request(scope: Scope) -> dict[str, Any]:
    """The route as create_route and replace_route take it."""
    values = {name: value for name, value in scope.inputs.items() if name in (*DESTINATIONS, *TARGETS.split())}
    return {
        "RouteTableId": scope.get("routeTableId"),
        **scope.members("create_route", values, Names("Route", ROUTE_NAMES)),
    }


def create_route(scope: Scope) -> Mapping[str, Any]:
    """Creates a route; its id is the table's and where it leads."""
    request = route_request(scope)
    if read_route(scope) is not None:
        key = destination(request)[1]
        raise AwsError("CreateRoute", "RouteAlreadyExists", f"The route identified by {key} already exists")
    scope.call("create_route", **request)
    return {"id": f"{request['RouteTableId']}_{destination(request)[1]}"}


def read_route(scope: Scope) -> Mapping[str, Any] | None:
    """The route in its table; None when it is not there."""
    target = scope.get("destination") or next(scope.get(name) for name in DESTINATIONS if scope.get(name))
    tables = scope.call("describe_route_tables", RouteTableIds=[scope.get("routeTableId")])["RouteTables"]
    for route in tables[0]["Routes"]:
        if target in route.values() and route.get("GatewayId") != "local":
            return {"RouteTableId": tables[0]["RouteTableId"], "id": f"{tables[0]['RouteTableId']}_{target}", **route}
    return None


def delete_route(scope: Scope) -> None:
    """Deletes the route from its table."""
    given = {name[0].upper() + name[1:]: scope.get(name) for name in DESTINATIONS if scope.get(name)}
    scope.call("delete_route", RouteTableId=scope.get("routeTableId"), **given)


def main_association(scope: Scope, vpc_id: str) -> dict[str, Any]:
    """The association that subnets without a table of their own have."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
    for table in scope.call("describe_route_tables", Filters=filters)["RouteTables"]:
        for association in table["Associations"]:
            if association["Main"]:
                return dict(association)
    raise ProviderError(f"{vpc_id} has no main route table")


def set_main(scope: Scope) -> Mapping[str, Any]:
    """Makes another table a VPC's main one."""
    before = main_association(scope, scope.get("vpcId"))
    reply = scope.call(
        "replace_route_table_association",
        AssociationId=before["RouteTableAssociationId"],
        RouteTableId=scope.get("routeTableId"),
    )
    return {"id": reply["NewAssociationId"], "OriginalRouteTableId": before["RouteTableId"]}


def read_main(scope: Scope) -> Mapping[str, Any] | None:
    """The association while it is the VPC's main one."""
    if scope.get("vpcId") is None:  # an import, which says the table
        tables = scope.call("describe_route_tables", Filters=[ASSOCIATION | {"Values": [scope.id]}])["RouteTables"]
        if not tables:
            return None
        scope.state = {"vpcId": tables[0]["VpcId"]}
    found = main_association(scope, scope.get("vpcId"))
    if found["RouteTableAssociationId"] != scope.id:
        return None
    return {"id": scope.id, "RouteTableId": found["RouteTableId"], "VpcId": scope.get("vpcId")}


def restore_main(scope: Scope) -> None:
    """Makes the table that was the VPC's main one so again."""
    original = scope.state["originalRouteTableId"]
    scope.call("replace_route_table_association", AssociationId=scope.id, RouteTableId=original)


def validate_route(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A route leads from one place to one place."""
    failures = []
    if sum(name in inputs for name in DESTINATIONS) != 1:
        failures.append(("destinationCidrBlock", f"exactly one of {', '.join(DESTINATIONS)} is required"))
    if sum(name in inputs for name in TARGETS.split()) != 1:
        failures.append(("gatewayId", f"exactly one of {', '.join(TARGETS.split())} is required"))
    return failures


RESOURCES = (
    Resource(
        "aws:ec2/routeTable:RouteTable",
        "ec2",
        create=Call("create_route_table", reply="RouteTable"),
        id="RouteTableId",
        read=(Call("describe_route_tables", {"RouteTableIds": ["{id}"]}, reply="RouteTables[0]"),),
        updates=(Update("routes", sync_routes),),
        delete=Call("delete_route_table", {"RouteTableId": "{id}"}),
        tags=TAGS,
        names=INLINE_NAMES,
        reads={"routes": OWN},
        computed={"arn": arn("route-table"), "ownerId": "{account}"},
        echoed="propagatingVgws",
        immutable={"a route table belongs to one VPC": "vpcId"},
    ),
    Resource(
        "aws:ec2/route:Route",
        "ec2",
        create=create_route,
        id="id",
        import_pattern=r"(?P<routeTableId>rtb-[^_]+)_(?P<destination>.+)",
        read=read_route,
        updates=(Update(TARGETS, lambda scope: scope.call("replace_route", **route_request(scope))),),
        delete=delete_route,
        names=ROUTE_NAMES,
        handled=" ".join(("routeTableId", *DESTINATIONS)),
        immutable={"where a route leads is its key": " ".join(("routeTableId", *DESTINATIONS))},
        validate=validate_route,
    ),
    Resource(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "ec2",
        create=Call("associate_route_table"),
        id="AssociationId || RouteTableAssociationId",
        import_pattern=r"(?P<subnetId>subnet-[^/]+)/(?P<routeTableId>.+)",
        read=(
            Call(
                "describe_route_tables",
                {"RouteTableIds": ["{routeTableId}"]},
                reply="RouteTables[0].Associations[?RouteTableAssociationId=='{id}' || SubnetId=='{subnetId}'] | [0]",
            ),
        ),
        delete=Call("disassociate_route_table", {"AssociationId": "{id}"}),
        immutable={"a changed association gets another id": "routeTableId subnetId gatewayId"},
        exclusive=True,  # a subnet has one
    ),
    Resource(
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "ec2",
        create=set_main,
        id="id",
        read=read_main,
        delete=restore_main,
        immutable={"a changed association gets another id": "routeTableId vpcId"},
        exclusive=True,  # a VPC has one
    ),
)
