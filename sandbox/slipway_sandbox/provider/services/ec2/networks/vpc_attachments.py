"""Attachments of a VPC: endpoints, egress-only gateways and flow logs."""

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, delete_interfaces, filter_list

MEMBERS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}
TARGETS = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def modify_endpoint(scope: Scope) -> None:
    """Adds the new items of the lists, removes the former ones, and sets the other properties."""
    request: dict[str, Value] = {}
    for name, member in MEMBERS.items():
        before, after = set(texts(scope.state, name)), set(texts(scope.inputs, name))
        request |= {f"Add{member}": sorted(after - before)} if after - before else {}
        request |= {f"Remove{member}": sorted(before - after)} if name in scope.inputs and before - after else {}
    for name, member in (("policy", "PolicyDocument"), ("privateDnsEnabled", "PrivateDnsEnabled")):
        if name in scope.changed and scope.inputs.get(name) is not None:
            request[member] = scope.inputs[name]
    if request:
        scope.call("modify_vpc_endpoint", VpcEndpointId=scope.id, **request)


def raise_first(operation: str, reply: Properties) -> None:
    """Raises AwsError for the first failure in an answer."""
    for failure in blocks(reply, "Unsuccessful"):
        error = block(failure, "Error")
        raise AwsError(operation, text(error, "Code"), text(error, "Message"))


def delete_endpoint(scope: Scope) -> None:
    """Deletes the endpoint and its network interfaces."""
    raise_first("DeleteVpcEndpoints", scope.call("delete_vpc_endpoints", VpcEndpointIds=[scope.id]))
    delete_interfaces(scope, texts(scope.state, "networkInterfaceIds"))


def prefix_list_id(scope: Scope) -> str | None:
    """The prefix list of a gateway endpoint's service, for rules and routes; None for an interface endpoint."""
    if scope.get("vpcEndpointType") != "Gateway":
        return None
    filters = filter_list({"prefix-list-name": scope.get("serviceName")})
    lists = blocks(scope.call("describe_managed_prefix_lists", Filters=filters), "PrefixLists")
    return text(lists[0], "PrefixListId") if lists else None


def ranges(scope: Scope) -> list[str] | None:
    """The addresses of a gateway endpoint's service."""
    list_id = prefix_list_id(scope)
    if list_id is None:
        return None
    reply = scope.call("get_managed_prefix_list_entries", PrefixListId=list_id)
    return sorted(text(entry, "Cidr") for entry in blocks(reply, "Entries"))


def create_flow_log(scope: Scope) -> Properties:
    """Creates a flow log on a VPC, a subnet or a network interface."""
    target = next(name for name in TARGETS if scope.get(name))
    names = {
        "DeliverLogsPermissionArn": "iamRoleArn",
        "LogDestination": "logDestination",
        "LogDestinationType": "logDestinationType",
        "LogFormat": "logFormat",
        "MaxAggregationInterval": "maxAggregationInterval",
        "TrafficType": "trafficType",
    }
    request = {member: scope.get(name) for member, name in names.items() if scope.get(name) is not None}
    reply = scope.call("create_flow_logs", ResourceIds=[scope.get(target)], ResourceType=TARGETS[target], **request)
    raise_first("CreateFlowLogs", reply)
    return {"FlowLogId": texts(reply, "FlowLogIds")[0]}


def validate_flow_log(inputs: Properties) -> Failures:
    """A flow log watches one resource."""
    if sum(name in inputs for name in TARGETS) != 1:
        return [("vpcId", f"exactly one of {', '.join(TARGETS)} is required")]
    return []


RESOURCES = (
    Resource(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "ec2",
        create=Call("create_vpc_endpoint", reply="VpcEndpoint"),
        id="VpcEndpointId",
        read=(Call("describe_vpc_endpoints", {"VpcEndpointIds": ["{id}"]}, reply="VpcEndpoints[0]"),),
        updates=(Update("policy privateDnsEnabled routeTableIds securityGroupIds subnetIds", modify_endpoint),),
        delete=delete_endpoint,
        tags=TAGS,
        names={"policy": "PolicyDocument"},
        reads={"securityGroupIds": "Groups[].GroupId"},
        computed={
            "arn": arn("vpc-endpoint"),
            "cidrBlocks": ranges,
            "ownerId": "{account}",
            "prefixListId": prefix_list_id,
        },
        defaults={"privateDnsEnabled": False, "vpcEndpointType": "Gateway"},
        policies="policy",
        echoed="autoAccept dnsOptions ipAddressType resourceConfigurationArn serviceNetworkArn serviceRegion subnetConfigurations",
        immutable={
            "an endpoint leads from one VPC to one service": "resourceConfigurationArn serviceName serviceNetworkArn "
            "serviceRegion vpcEndpointType vpcId"
        },
        replaced_when={"privateDnsEnabled": lambda _, after: after.get("vpcEndpointType") != "Interface"},
        gone="State=='deleted'",
    ),
    Resource(
        "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
        "ec2",
        create=Call("create_egress_only_internet_gateway", reply="EgressOnlyInternetGateway"),
        id="EgressOnlyInternetGatewayId",
        read=(
            Call(
                "describe_egress_only_internet_gateways",
                {"EgressOnlyInternetGatewayIds": ["{id}"]},
                reply="EgressOnlyInternetGateways[0]",
            ),
        ),
        delete=Call("delete_egress_only_internet_gateway", {"EgressOnlyInternetGatewayId": "{id}"}),
        tags=TAGS,
        reads={"vpcId": "Attachments[0].VpcId"},
        immutable={"it is attached for life": "vpcId"},
    ),
    Resource(
        "aws:ec2/flowLog:FlowLog",
        "ec2",
        create=create_flow_log,
        id="FlowLogId",
        read=(Call("describe_flow_logs", {"FlowLogIds": ["{id}"]}, reply="FlowLogs[0]"),),
        delete=Call("delete_flow_logs", {"FlowLogIds": ["{id}"]}),
        tags=TAGS,
        names={"iamRoleArn": "DeliverLogsPermissionArn"},
        reads={
            "eniId": "ResourceId && starts_with(ResourceId, 'eni-') && ResourceId || null",
            "subnetId": "ResourceId && starts_with(ResourceId, 'subnet-') && ResourceId || null",
            "vpcId": "ResourceId && starts_with(ResourceId, 'vpc-') && ResourceId || null",
        },
        computed={"arn": arn("vpc-flow-log")},
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        echoed="deliverCrossAccountRole destinationOptions tagFieldSpecifications",
        immutable={
            "EC2 has no call to change a flow log": "deliverCrossAccountRole destinationOptions eniId iamRoleArn "
            "logDestination logDestinationType logFormat maxAggregationInterval regionalNatGatewayId subnetId "
            "tagFieldSpecifications trafficType transitGatewayAttachmentId transitGatewayId vpcId",
        },
        validate=validate_flow_log,
    ),
)
