"""What stands at a VPC: endpoints, egress-only gateways and flow logs."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, delete_interfaces

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
    """Adds and removes what the lists gained and lost, and sets the rest."""
    request: dict[str, Any] = {}
    for name, member in MEMBERS.items():
        before, after = set(scope.state.get(name) or ()), set(scope.inputs.get(name) or ())
        request |= {f"Add{member}": sorted(after - before)} if after - before else {}
        request |= {f"Remove{member}": sorted(before - after)} if name in scope.inputs and before - after else {}
    for name, member in (("policy", "PolicyDocument"), ("privateDnsEnabled", "PrivateDnsEnabled")):
        if name in scope.changed and scope.inputs.get(name) is not None:
            request[member] = scope.inputs[name]
    if request:
        scope.call("modify_vpc_endpoint", VpcEndpointId=scope.id, **request)


def delete_endpoint(scope: Scope) -> None:
    """Deletes the endpoint and its network interfaces."""
    reply = scope.call("delete_vpc_endpoints", VpcEndpointIds=[scope.id])
    for failure in reply.get("Unsuccessful", []):
        raise AwsError("DeleteVpcEndpoints", failure["Error"]["Code"], failure["Error"]["Message"])
    delete_interfaces(scope, scope.state.get("networkInterfaceIds") or [])


def prefix_list(scope: Scope) -> dict[str, Any] | None:
    """The list of a gateway endpoint's service, which rules and routes name; an interface endpoint has none."""
    if scope.get("vpcEndpointType") != "Gateway":
        return None
    filters = [{"Name": "prefix-list-name", "Values": [scope.get("serviceName")]}]
    found = scope.call("describe_managed_prefix_lists", Filters=filters)["PrefixLists"]
    return found[0] if found else None


def ranges(scope: Scope) -> list[str] | None:
    """The addresses of a gateway endpoint's service."""
    found = prefix_list(scope)
    if found is None:
        return None
    entries = scope.call("get_managed_prefix_list_entries", PrefixListId=found["PrefixListId"])["Entries"]
    return sorted(entry["Cidr"] for entry in entries)


def create_flow_log(scope: Scope) -> Mapping[str, Any]:
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
    for failure in reply.get("Unsuccessful", []):
        raise AwsError("CreateFlowLogs", failure["Error"]["Code"], failure["Error"]["Message"])
    return {"FlowLogId": reply["FlowLogIds"][0]}


def validate_flow_log(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A flow log watches one thing."""
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
            "prefixListId": lambda scope: (prefix_list(scope) or {}).get("PrefixListId"),
        },
        defaults={"privateDnsEnabled": False, "vpcEndpointType": "Gateway"},
        documents="policy",
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
