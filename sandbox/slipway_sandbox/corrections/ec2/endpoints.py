"""EC2: gateway endpoints, and EC2 Instance Connect endpoints."""

from collections.abc import Callable
from typing import TypedDict

from moto.core.responses import ActionResult
from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from slipway_sandbox.corrections._decorator import adds, corrects, sets_entry
from slipway_sandbox.corrections._keeping import kept_table

NO_ENDPOINTS = "moto has no EC2 Instance Connect endpoints; here they are kept, with their network interface, and nothing connects through them."
GATEWAY = "Gateway"  # the type of an endpoint for which none is asked for


class Tag(TypedDict):
    """A tag of EC2."""

    Key: str
    Value: str


class ConnectEndpoint(TypedDict, total=False):
    """An EC2 Instance Connect endpoint, as EC2 describes it."""

    AvailabilityZone: str
    DnsName: str
    FipsDnsName: str
    InstanceConnectEndpointArn: str
    InstanceConnectEndpointId: str
    IpAddressType: str
    NetworkInterfaceIds: list[str]
    OwnerId: str
    PreserveClientIp: bool
    SecurityGroupIds: list[str]
    State: str
    SubnetId: str
    VpcId: str
    Tags: list[Tag]


@corrects(
    EC2Backend.modify_vpc_endpoint,
    why="moto gives a route table no route when a gateway endpoint gains it later, and leaves the route of one that it loses; "
    "EC2 does both, and the table can be deleted.",
)
def modify_vpc_endpoint(
    original: Callable[..., None], self: EC2Backend, vpc_id: str, *rest: object, **named: object
) -> None:
    [endpoint] = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])
    before = set(endpoint.route_table_ids or ())
    original(self, vpc_id, *rest, **named)
    if (endpoint.vpc_endpoint_type or GATEWAY).lower() != GATEWAY.lower():
        return  # routes lead to gateway endpoints only
    after = set(endpoint.route_table_ids or ())
    prefix_list = endpoint.destination_prefix_list_id
    for table in sorted(after - before):
        self.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
    for table in sorted(before - after):
        self.delete_route(table, None, destination_prefix_list_id=prefix_list)  # type: ignore[arg-type] # as moto's own response does


sets_entry(
    utils,
    "EC2_RESOURCE_TO_PREFIX",
    "instance-connect-endpoint",
    "eice",
    why="moto takes no tags on ids that begin with eice-; EC2 does.",
)


@adds(EC2Response, why=NO_ENDPOINTS)
def create_instance_connect_endpoint(self: EC2Response) -> ActionResult:
    backend = _backend(self)
    subnet = backend.get_subnet(self._get_param("SubnetId"))
    groups: list[str] = self._get_param("SecurityGroupIds", [])
    if not groups and (default := backend.get_security_group_from_name("default", subnet.vpc_id)):
        groups = [default.id]
    endpoint_id = f"eice-{utils.random_resource_id(17)}"
    interface = backend.create_network_interface(
        subnet, [], group_ids=groups, description=f"EC2 Instance Connect Endpoint {endpoint_id}"
    )
    host, region = f"{endpoint_id}.{utils.random_resource_id(8)}", backend.region_name
    _endpoints(backend)[endpoint_id] = {
        "AvailabilityZone": subnet.availability_zone,
        "DnsName": f"{host}.ec2-instance-connect-endpoint.{region}.amazonaws.com",
        "FipsDnsName": f"{host}.fips.ec2-instance-connect-endpoint.{region}.amazonaws.com",
        "InstanceConnectEndpointArn": f"arn:aws:ec2:{region}:{backend.account_id}:instance-connect-endpoint/{endpoint_id}",
        "InstanceConnectEndpointId": endpoint_id,
        "IpAddressType": self._get_param("IpAddressType") or "ipv4",
        "NetworkInterfaceIds": [interface.id],
        "OwnerId": backend.account_id,
        "PreserveClientIp": self._get_bool_param("PreserveClientIp", False),
        "SecurityGroupIds": groups,
        "State": "create-complete",
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc_id,
    }
    for specification in self._get_param("TagSpecifications", []):
        backend.create_tags([endpoint_id], {tag["Key"]: tag["Value"] for tag in specification["Tags"]})
    return ActionResult({"InstanceConnectEndpoint": _described(backend, endpoint_id)})


@adds(EC2Response, why=NO_ENDPOINTS)
def describe_instance_connect_endpoints(self: EC2Response) -> ActionResult:
    backend = _backend(self)
    wanted = self._get_param("InstanceConnectEndpointIds", []) or list(_endpoints(backend))
    return ActionResult({"InstanceConnectEndpoints": [_described(backend, endpoint_id) for endpoint_id in wanted]})


@adds(EC2Response, why=NO_ENDPOINTS)
def delete_instance_connect_endpoint(self: EC2Response) -> ActionResult:
    backend = _backend(self)
    endpoint = _described(backend, self._get_param("InstanceConnectEndpointId"))
    del _endpoints(backend)[endpoint["InstanceConnectEndpointId"]]
    for interface_id in endpoint["NetworkInterfaceIds"]:
        backend.delete_network_interface(interface_id)
    endpoint["State"] = "delete-complete"
    return ActionResult({"InstanceConnectEndpoint": endpoint})


def _backend(response: EC2Response) -> EC2Backend:
    backend: EC2Backend = response.ec2_backend
    return backend


def _endpoints(backend: EC2Backend) -> dict[str, ConnectEndpoint]:
    none: dict[str, ConnectEndpoint] = {}
    return kept_table(backend, "connect_endpoints", none)


def _described(backend: EC2Backend, endpoint_id: str) -> ConnectEndpoint:
    """A copy with its tags. Raises EC2ClientError where there is no such endpoint."""
    if endpoint_id not in _endpoints(backend):
        reason = f"The instance connect endpoint ID '{endpoint_id}' does not exist"
        raise EC2ClientError("InvalidInstanceConnectEndpointId.NotFound", reason)
    described = _endpoints(backend)[endpoint_id].copy()
    tags = backend.describe_tags(filters={"resource-id": [endpoint_id]})
    described["Tags"] = [{"Key": tag["key"], "Value": tag["value"]} for tag in tags]
    return described
