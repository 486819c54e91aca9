"""Route tables, routes and associations."""

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, filter_list

DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
TARGETS = (
    "carrierGatewayId coreNetworkArn egressOnlyGatewayId gatewayId localGatewayId natGatewayId networkInterfaceId "
    "odbNetworkArn transitGatewayId vpcEndpointId vpcPeeringConnectionId"
)
OWN = "Routes[?Origin=='CreateRoute' && !(DestinationPrefixListId && starts_with(GatewayId || '', 'vpce-'))]"
"""The routes of a table, without those of gateway endpoints."""
ROUTE_NAMES = {"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"}
INLINE_NAMES = {
    "routes.cidrBlock": "DestinationCidrBlock",
    "routes.ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "routes.egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}


def sync_routes(scope: Scope) -> None:
    """Changes the table's own routes to the program's."""
    wanted = {}
    for route in blocks(scope.inputs, "routes"):
        request = scope.members("create_route", {"routes": [route]}, Names("", {"routes": "."} | INLINE_NAMES))
        wanted[destination(request)] = request
    [table] = blocks(scope.call("describe_route_tables", RouteTableIds=[scope.id]), "RouteTables")
    existing = {destination(route): route for route in blocks({OWN: mapping.search(OWN, table)}, OWN)}
    for member, value in existing.keys() - wanted.keys():
        scope.call("delete_route", RouteTableId=scope.id, **{member: value})
    for key, request in wanted.items():
        scope.call("replace_route" if key in existing else "create_route", RouteTableId=scope.id, **request)


def destination(route: Properties) -> tuple[str, str]:
    """The member with a route's destination, and its value."""
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
        if route.get(name):
            return name, text(route, name)
    raise ProviderError("a route needs cidrBlock, ipv6CidrBlock or destinationPrefixListId")


def route_request(scope: Scope) -> dict[str, Value]:
    """The route for create_route and replace_route."""
    values = {name: value for name, value in scope.inputs.items() if name in (*DESTINATIONS, *TARGETS.split())}
    return {
        "RouteTableId": scope.get("routeTableId"),
        **scope.members("create_route", values, Names("Route", ROUTE_NAMES)),
    }


def create_route(scope: Scope) -> Properties:
    """Creates a route; its id is the table's id and the destination."""
    request = route_request(scope)
    if read_route(scope) is not None:
        key = destination(request)[1]
        raise AwsError("CreateRoute", "RouteAlreadyExists", f"The route identified by {key} already exists")
    scope.call("create_route", **request)
    return {"id": f"{request['RouteTableId']}_{destination(request)[1]}"}


def read_route(scope: Scope) -> Properties | None:
    """The route in its table; None without it."""
    target = scope.get("destination") or next(scope.get(name) for name in DESTINATIONS if scope.get(name))
    [table] = blocks(scope.call("describe_route_tables", RouteTableIds=[scope.get("routeTableId")]), "RouteTables")
    table_id = table["RouteTableId"]
    for route in blocks(table, "Routes"):
        if target in route.values() and route.get("GatewayId") != "local":
            return {"RouteTableId": table_id, "id": f"{table_id}_{target}", **route}
    return None


def delete_route(scope: Scope) -> None:
    """Deletes the route from its table."""
    request = {name[0].upper() + name[1:]: scope.get(name) for name in DESTINATIONS if scope.get(name)}
    scope.call("delete_route", RouteTableId=scope.get("routeTableId"), **request)


def main_association(scope: Scope, vpc_id: Value) -> dict[str, Value]:
    """The VPC's main association, for subnets without a table of their own."""
    filters = filter_list({"vpc-id": vpc_id, "association.main": "true"})
    for table in blocks(scope.call("describe_route_tables", Filters=filters), "RouteTables"):
        for association in blocks(table, "Associations"):
            if association["Main"]:
                return association
    raise ProviderError(f"{vpc_id} has no main route table")


def set_main(scope: Scope) -> Properties:
    """Makes another table a VPC's main one."""
    before = main_association(scope, scope.get("vpcId"))
    reply = scope.call(
        "replace_route_table_association",
        AssociationId=before["RouteTableAssociationId"],
        RouteTableId=scope.get("routeTableId"),
    )
    return {"id": reply["NewAssociationId"], "OriginalRouteTableId": before["RouteTableId"]}


def read_main(scope: Scope) -> Properties | None:
    """The association while it is the VPC's main one."""
    if scope.get("vpcId") is None:  # an import: the table knows its VPC
        filters = filter_list({"association.route-table-association-id": scope.id})
        tables = blocks(scope.call("describe_route_tables", Filters=filters), "RouteTables")
        if not tables:
            return None
        scope.state = {"vpcId": tables[0]["VpcId"]}
    association = main_association(scope, scope.get("vpcId"))
    if association["RouteTableAssociationId"] != scope.id:
        return None
    return {"id": scope.id, "RouteTableId": association["RouteTableId"], "VpcId": scope.get("vpcId")}


def restore_main(scope: Scope) -> None:
    """Makes the VPC's former main table its main one again."""
    original = scope.state["originalRouteTableId"]
    scope.call("replace_route_table_association", AssociationId=scope.id, RouteTableId=original)


def validate_route(inputs: Properties) -> Failures:
    """A route has one destination and one target."""
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
