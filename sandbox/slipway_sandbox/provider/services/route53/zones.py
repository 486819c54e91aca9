"""Hosted zones."""

import uuid

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.route53.records import bare, change, records

ZONE_ARN = "arn:aws:route53:::hostedzone/{id}"
OF_ZONE = {"ResourceType": "hostedzone", "ResourceId": "{id}"}
KEPT_BY_ROUTE53 = ("NS", "SOA")  # at the top of a zone; they go with it


def create_zone(scope: Scope) -> Properties:
    """Creates a zone; with VPCs a private one."""
    vpcs = wanted_vpcs(scope)
    config = {"Comment": scope.inputs["comment"], "PrivateZone": bool(vpcs)}
    first = {"VPC": vpcs[0]} if vpcs else {}
    delegation = {"DelegationSetId": scope.inputs["delegationSetId"]} if scope.inputs.get("delegationSetId") else {}
    request: dict[str, Value] = {
        "Name": scope.inputs["name"],
        "CallerReference": str(uuid.uuid4()),
        **first,
        **delegation,
    }
    reply = scope.call("create_hosted_zone", HostedZoneConfig=config, **request)
    scope.id = text(block(reply, "HostedZone"), "Id").rpartition("/")[2]
    sync_vpcs(scope)
    return {"id": scope.id}


def wanted_vpcs(scope: Scope) -> list[dict[str, Value]]:
    """The zone's VPCs, for Route 53."""
    return [
        {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or scope.region}
        for vpc in blocks(scope.inputs, "vpcs")
    ]


def sync_vpcs(scope: Scope) -> None:
    """Changes the zone's VPCs to the program's. New ones come first, since a private zone always has one."""
    wanted = {text(vpc, "VPCId"): vpc for vpc in wanted_vpcs(scope)}
    present = {text(vpc, "VPCId"): vpc for vpc in blocks(scope.call("get_hosted_zone", Id=scope.id), "VPCs")}
    for vpc_id in wanted.keys() - present.keys():
        scope.call("associate_vpc_with_hosted_zone", HostedZoneId=scope.id, VPC=wanted[vpc_id])
    for vpc_id in present.keys() - wanted.keys():
        scope.call("disassociate_vpc_from_hosted_zone", HostedZoneId=scope.id, VPC=present[vpc_id])


def read_zone(scope: Scope) -> Properties | None:
    """The zone with its name servers and VPCs."""
    reply = scope.call("get_hosted_zone", Id=scope.id)
    zone, servers = block(reply, "HostedZone"), texts(block(reply, "DelegationSet"), "NameServers")
    return {
        "id": scope.id,
        "Name": bare(zone["Name"]),
        "Comment": block(zone, "Config").get("Comment", ""),
        "NameServers": sorted(servers),
        "PrimaryNameServer": servers[0] if servers else "",
        "VPCs": blocks(reply, "VPCs"),
    }


def change_tags(scope: Scope) -> None:
    """Route 53 adds and removes tags in one call."""
    removed = sorted(block(scope.state, "tagsAll").keys() - scope.tags.keys())
    change: dict[str, Value] = {
        "AddTags": [{"Key": key, "Value": value} for key, value in scope.tags.items()],
        "RemoveTagKeys": removed,
    }
    request = {name: value for name, value in change.items() if value}
    scope.call("change_tags_for_resource", ResourceType="hostedzone", ResourceId=scope.id, **request)


def delete_zone(scope: Scope) -> None:
    """Deletes an empty zone; with forceDestroy any zone, its records first."""
    own = [record for record in records(scope, scope.id) if record["Type"] not in KEPT_BY_ROUTE53]
    if own and not scope.state.get("forceDestroy"):
        reason = "The specified hosted zone contains non-required resource record sets and so cannot be deleted"
        raise AwsError("DeleteHostedZone", "HostedZoneNotEmpty", reason)
    for record in own:
        change(scope, scope.id, "DELETE", record)
    scope.call("delete_hosted_zone", Id=scope.id)


def get_zone(scope: Scope) -> Properties:
    """The only zone with this name or id; with privateZone or a VPC a private one."""
    arguments = scope.inputs
    matches: list[dict[str, Value]] = []
    for listed in blocks(scope.call("list_hosted_zones"), "HostedZones"):
        scope.id = text(listed, "Id").rpartition("/")[2]
        is_private = bool(block(listed, "Config").get("PrivateZone"))
        if arguments.get("zoneId"):
            is_match = scope.id == arguments["zoneId"]
        else:
            wants_private = bool(arguments.get("privateZone") or arguments.get("vpcId"))
            is_match = bare(listed["Name"]) == bare(arguments.get("name")) and is_private == wants_private
        if is_match:
            count = listed["ResourceRecordSetCount"]
            matches.append({**(read_zone(scope) or {}), "count": count, "private": is_private})
    if vpc_id := arguments.get("vpcId"):
        matches = [zone for zone in matches if vpc_id in [vpc["VPCId"] for vpc in blocks(zone, "VPCs")]]
    if len(matches) != 1:
        wanted = arguments.get("zoneId") or arguments.get("name")
        raise ProviderError(
            f"{len(matches) or 'no'} hosted zones match {wanted!r}; create one, or name the right one with zoneId"
        )
    zone, scope.id = matches[0], text(matches[0], "id")
    reply = scope.call("list_tags_for_resource", ResourceType="hostedzone", ResourceId=scope.id)
    return {
        **arguments,
        "id": scope.id,
        "zoneId": scope.id,
        "arn": scope.fill(ZONE_ARN),
        "callerReference": "",
        "comment": zone["Comment"],
        "enableAcceleratedRecovery": False,
        "linkedServiceDescription": "",
        "linkedServicePrincipal": "",
        "name": zone["Name"],
        "nameServers": zone["NameServers"],
        "primaryNameServer": zone["PrimaryNameServer"],
        "privateZone": zone["private"],
        "resourceRecordSetCount": zone["count"],
        "tags": mapping.as_map(block(reply, "ResourceTagSet")["Tags"]),
    }


RESOURCES = (
    Resource(
        "aws:route53/zone:Zone",
        "route53",
        create=create_zone,
        id="id",
        read=read_zone,
        updates=(
            Update("comment", Call("update_hosted_zone_comment", {"Id": "{id}"})),
            Update("vpcs", sync_vpcs),
        ),
        delete=delete_zone,
        tags=Tags(set_all=change_tags, read=Call("list_tags_for_resource", OF_ZONE, reply="ResourceTagSet.Tags")),
        autoname=Autoname(),
        computed={"arn": ZONE_ARN, "zoneId": "{id}"},
        defaults={"comment": "Managed by Pulumi", "enableAcceleratedRecovery": False, "forceDestroy": False},
        echoed="enableAcceleratedRecovery forceDestroy",
        compare={"name": bare},
        immutable={"a zone is its name": "name delegationSetId"},
    ),
)
FUNCTIONS = (Function("aws:route53/getZone:getZone", "route53", get_zone),)
