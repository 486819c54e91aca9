"""Answers of AWS's look-ups for an existing VPC with subnets in three zones."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from tests.support.components.mocks import ANSWERS, Answer

VPC, A, B, C = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
PUBLIC_A = "subnet-1000000a"
MAIN = "rtb-00000000"
Route = Mapping[str, str]
NAT: Route = {"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}
INTERNET: Route = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
ONE_WAY: Route = {"ipv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"}
PEERING: Route = {"cidrBlock": "10.9.0.0/16", "vpcPeeringConnectionId": "pcx-1"}
EMPTY: Route = dict.fromkeys(("cidrBlock", "ipv6CidrBlock", "gatewayId", "natGatewayId"), "")


class Filter(TypedDict):
    """A filter of a look-up."""

    name: str
    values: list[str]


class TablesQuery(TypedDict):
    """Arguments of getRouteTables."""

    filters: list[Filter]


class TableQuery(TypedDict):
    """Arguments of getRouteTable."""

    routeTableId: str


def routed(tables: Mapping[str, Sequence[Route]], interface_endpoints: int = 0) -> dict[str, Answer]:
    """Answers for route tables by id. Subnet `subnet-<x>` is associated with `rtb-<x>`, if it is here, else with MAIN."""

    def table_ids(args: TablesQuery) -> dict[str, object]:
        condition = args["filters"][0]
        own = condition["values"][0].replace("subnet-", "rtb-")
        if condition["name"] == "association.main":
            return {"ids": [MAIN]}
        return {"ids": [own] if own in tables else []}

    def table(args: TableQuery) -> dict[str, object]:
        return {"routes": [{**EMPTY, **route} for route in tables.get(args["routeTableId"], [])]}

    return {
        "aws:ec2/getRouteTables:getRouteTables": table_ids,
        "aws:ec2/getRouteTable:getRouteTable": table,
        "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": {
            "ids": [f"eni-{number}" for number in range(interface_endpoints)]
        },
    }


EXISTING: Mapping[str, Answer] = {
    **ANSWERS,
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "172.31.0.0/16"},
    "aws:ec2/getSubnets:getSubnets": lambda args: {"ids": args["filters"][1]["values"]},
    "aws:ec2/getSubnet:getSubnet": lambda args: {
        "id": args["id"],
        "vpcId": VPC,
        "availabilityZone": f"eu-west-1{args['id'][-1]}",
    },
    **routed({MAIN: [NAT], "rtb-1000000a": [INTERNET], "rtb-0000000c": [INTERNET]}),
}
